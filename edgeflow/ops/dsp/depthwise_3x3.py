"""DEPTHWISE_CONV_2D with filters of 3 x 3 by ``ef_depthwise_3x3_s8_dsp``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.dsp.fields import fits
from edgeflow.ops.geometry import Window, windows
from edgeflow.ops.lowering import Params, activation_limits, quant_of, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

# Output rows of a step, when not the whole plane of a channel is gathered at once: the fewer, the more
# input rows are gathered again in the next step.
LINES_PER_STEP = (1, 2, 4, 8)

# Instructions of the inner loops, counted: of two outputs by stride, and around each line with its
# gathering.
_TWO_COST, _LINE_COST = {1: 31, 2: 33}, 30

# Where the taps of a filter, line by line, stand in memory: pairs of bytes that one instruction expands.
_TAP_ORDER = (0, 3, 1, 4, 6, 2, 7, 5, 8)


@dataclass(frozen=True, slots=True)
class _Lines:
    """One way to see an image as lines: by rows, or turned, by columns."""

    across: Window
    along: Window
    input_lines: int
    input_length: int
    output_lines: int
    output_length: int
    turned: bool

    @property
    def pairs(self) -> int:
        """Pairs of elements that the outputs of a line read, an even number of them."""
        return self._twos * self.along.stride + 1

    @property
    def whole_pairs(self) -> int:
        """Of these the ones that lie in the image."""
        return min(self._behind_padding // 2, self._room)

    @property
    def half_pairs(self) -> int:
        """Whether after them comes one whose first half lies in the image."""
        return self._behind_padding % 2 if self.whole_pairs < self._room else 0

    @property
    def _behind_padding(self) -> int:
        return self.input_length - self.along.pad_before(self.input_length)

    @property
    def _room(self) -> int:
        return self.pairs - self.along.pad_before(self.input_length)

    @property
    def _twos(self) -> int:
        return -(-self.output_length // 2)

    @property
    def is_possible(self) -> bool:
        """Whether the kernel takes this way."""
        is_padded = self.along.pad_before(self.input_length) <= 1
        return self.along.stride in {1, 2} and is_padded and self.output_length > 1

    @property
    def cost(self) -> int:
        """Instructions of a channel, about."""
        return self.output_lines * (self._twos * _TWO_COST[self.along.stride] + _LINE_COST)

    def gathered_lines(self, count: int) -> int:
        """Input lines that ``count`` output lines read."""
        return (count - 1) * self.across.stride + 3


@dataclass(frozen=True, slots=True)
class _Step:
    """What is gathered at once: so many output lines' inputs of one channel or of two."""

    seen: _Lines
    lines: int
    channels: int


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The calls from the least memory to the fastest; none where the kernel cannot do it."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    rows, columns = windows(op, *weights.shape[1:3])
    if source.dtype != "int8" or (rows.kernel, columns.kernel) != (3, 3):
        return ()
    filters = np.moveaxis(np.asarray(weights.data, np.int8)[0], 2, 0)
    constants = channel_rows(graph, op, filters.reshape(len(filters), -1).astype(np.int64))
    if constants is None or not rows.dilation == columns.dilation == 1:
        return ()
    constants[:, 0] *= 2
    ways = _ways(source.shape, output.shape, rows, columns)
    calls = [call for step in ways if fits(call := _call(graph, op, step, filters, constants))]
    return tuple(calls[least_memory(calls) :])


def least_memory(calls: Sequence[KernelCall]) -> int:
    """Which of the calls needs the least memory."""
    return min(range(len(calls)), key=lambda at: _footprint_bytes(calls[at]), default=0)


def _footprint_bytes(call: KernelCall) -> int:
    """What the call needs beside its input or its output, whichever is larger, if these may share memory."""
    distances = [0 if each.in_place else max(0, each.distance_bytes) for each in call.overlaps]
    return call.scratch_bytes + max(distances, default=0)


def _call(
    graph: Graph,
    op: Op,
    step: _Step,
    filters: npt.NDArray[np.int8],
    constants: npt.NDArray[np.int32],
) -> KernelCall:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    lines = step.seen
    turned = filters.transpose(0, 2, 1) if lines.turned else filters
    taps = turned.reshape(-1, 9)[:, _TAP_ORDER]
    distance, in_place = _sharing(step, source.shape, output.shape)
    return KernelCall(
        function="ef_depthwise_3x3_s8_dsp",
        header="ef_depthwise_3x3_dsp.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", np.ascontiguousarray(taps)),
            ConstArray("bias", constants),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type="ef_depthwise_3x3_dsp_params",
        params=(
            *_steps(lines, source.shape, output.shape),
            ("zero_point", quant_of(source).zero_point),
            *activation_limits(op, output),
            ("lines_per_step", step.lines),
            ("channels_per_step", step.channels),
            ("pairs", lines.pairs),
            ("whole_pairs", lines.whole_pairs),
            ("half_pairs", lines.half_pairs),
        ),
        scratch_bytes=step.channels * lines.pairs * lines.gathered_lines(step.lines) * 4,
        overlaps=overlap.overlap(source, output, distance, in_place=in_place),
    )


def _ways(
    input_shape: tuple[int, ...], output_shape: tuple[int, ...], rows: Window, columns: Window
) -> list[_Step]:
    """The possible ways by growing speed: some rows at a time, then the cheapest whole plane."""
    _, input_h, input_w, input_c = input_shape
    _, output_h, output_w, _ = output_shape
    by_rows = _Lines(rows, columns, input_h, input_w, output_h, output_w, turned=False)
    by_columns = _Lines(columns, rows, input_w, input_h, output_w, output_h, turned=True)
    planes = sorted((lines for lines in (by_rows, by_columns) if lines.is_possible), key=lambda way: way.cost)
    parts = [n for n in LINES_PER_STEP if n < output_h and by_rows.is_possible]
    found = [_Step(by_rows, n, channels) for n in parts for channels in (1, 2)]
    found += [_Step(lines, lines.output_lines, channels) for lines in planes[:1] for channels in (1, 2)]
    return [step for step in found if step.channels <= input_c]


def _steps(lines: _Lines, input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Params:
    batches, input_h, input_w, input_c = input_shape
    _, output_h, output_w, output_c = output_shape
    input_steps, output_steps = (input_w * input_c, input_c), (output_w * output_c, output_c)
    if lines.turned:
        input_steps, output_steps = input_steps[::-1], output_steps[::-1]
    return (
        ("batches", batches),
        ("input_c", input_c),
        ("depth_multiplier", output_c // input_c),
        ("input_size", input_h * input_w * input_c),
        ("input_lines", lines.input_lines),
        ("input_line_step", input_steps[0]),
        ("input_step", input_steps[1]),
        ("output_size", output_h * output_w * output_c),
        ("output_lines", lines.output_lines),
        ("output_length", lines.output_length),
        ("output_line_step", output_steps[0]),
        ("output_step", output_steps[1]),
        ("line_stride", lines.across.stride),
        ("stride", lines.along.stride),
        ("pad_lines", lines.across.pad_before(lines.input_lines)),
        ("pad", lines.along.pad_before(lines.input_length)),
    )


def _sharing(step: _Step, input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> tuple[int, bool]:
    """The least distance, and whether the output may also begin where the input does.

    A step gathers its lines of its input channels, then writes their output channels. In the same place
    an output channel only takes bytes of its own input channel, which is gathered, as long as no step
    reaches the lines of the next one.
    """
    batches, input_h, input_w, input_c = input_shape
    _, output_h, output_w, output_c = output_shape
    if step.lines == step.seen.output_lines:  # the whole image, whichever way
        first_lines, ends = np.zeros(1, np.int64), np.array([output_h], np.int64)
    else:
        first = np.arange(0, output_h, step.lines, dtype=np.int64)
        pad = step.seen.across.pad_before(input_h)
        first_lines = np.clip(first * step.seen.across.stride - pad, 0, input_h - 1)
        ends = np.minimum(first + step.lines, output_h)
    multiplier = output_c // input_c
    batch = np.arange(batches, dtype=np.int64)[:, None, None]
    channel = np.arange(0, input_c, step.channels, dtype=np.int64)
    reads = (batch * input_h + first_lines[:, None]) * input_w * input_c + channel
    writes = (batch * output_h + ends[:, None]) * output_w * output_c - output_c
    writes = writes + np.minimum(channel + step.channels, input_c) * multiplier - 1
    is_behind = bool((ends[:-1] * output_w <= first_lines[1:] * input_w).all())
    is_smaller = output_h * output_w <= input_h * input_w
    in_place = multiplier == 1 and is_behind and is_smaller
    return overlap.step_distance(reads.reshape(-1), writes.reshape(-1)), in_place
