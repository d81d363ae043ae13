"""DEPTHWISE_CONV_2D with filters of 3 x 3 by ``ef_depthwise_3x3_s8_dsp``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.geometry import Window, windows
from edgeflow.ops.lowering import Params, activation_limits, quant_of, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

# Output rows of a step, when not the whole plane of a channel is gathered at once: the fewer, the more
# input rows are gathered again in the next step.
LINES_PER_STEP = (1, 2, 4, 8)

# Instructions of the inner loops, counted: of a pair of outputs (stride 1), of an output (stride 2), and
# around each line with its gathering.
_PAIR_COST, _OUTPUT_COST, _LINE_COST = 42, 27, 40


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
        """Pairs of elements that the outputs of a line read."""
        return self._starts + 1

    @property
    def _starts(self) -> int:
        return -(-self.output_length // 2) if self.along.stride == 1 else self.output_length

    @property
    def is_possible(self) -> bool:
        """Whether the kernel takes this way."""
        return self.along.stride in {1, 2} and self.along.pad_before(self.input_length) <= 1

    @property
    def cost(self) -> int:
        """Instructions of a channel, about."""
        each = _PAIR_COST if self.along.stride == 1 else _OUTPUT_COST
        return self.output_lines * (self._starts * each + _LINE_COST)

    def gathered_lines(self, count: int) -> int:
        """Input lines that ``count`` output lines read."""
        return (count - 1) * self.across.stride + 3


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The calls, by growing numbers of lines gathered at a time; none where the kernel cannot do it."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    rows, columns = windows(op, *weights.shape[1:3])
    if source.dtype != "int8" or (rows.kernel, columns.kernel) != (3, 3):
        return ()
    filters = np.moveaxis(np.asarray(weights.data, np.int8)[0], 2, 0)
    constants = channel_rows(graph, op, filters.reshape(len(filters), -1).astype(np.int64))
    if constants is None or not rows.dilation == columns.dilation == 1:
        return ()
    ways = _ways(source.shape, output.shape, rows, columns)
    return tuple(_call(graph, op, lines, per_step, filters, constants) for lines, per_step in ways)


def _call(
    graph: Graph,
    op: Op,
    lines: _Lines,
    per_step: int,
    filters: npt.NDArray[np.int8],
    constants: npt.NDArray[np.int32],
) -> KernelCall:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    turned = filters.transpose(0, 2, 1) if lines.turned else filters
    distance, in_place = _sharing(lines, source.shape, output.shape, per_step)
    return KernelCall(
        function="ef_depthwise_3x3_s8_dsp",
        header="ef_depthwise_3x3_dsp.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", np.ascontiguousarray(turned)),
            ConstArray("bias", constants),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type="ef_depthwise_3x3_dsp_params",
        params=(
            *_steps(lines, source.shape, output.shape),
            ("zero_point", quant_of(source).zero_point),
            *activation_limits(op, output),
            ("lines_per_step", per_step),
            ("pairs", lines.pairs),
        ),
        scratch_bytes=lines.pairs * lines.gathered_lines(per_step) * 4,
        overlaps=overlap.overlap(source, output, distance, in_place=in_place),
    )


def _ways(
    input_shape: tuple[int, ...], output_shape: tuple[int, ...], rows: Window, columns: Window
) -> list[tuple[_Lines, int]]:
    """The possible ways with their lines of a step: some rows at a time, then the cheapest whole plane."""
    _, input_h, input_w, _ = input_shape
    _, output_h, output_w, _ = output_shape
    by_rows = _Lines(rows, columns, input_h, input_w, output_h, output_w, turned=False)
    by_columns = _Lines(columns, rows, input_w, input_h, output_w, output_h, turned=True)
    parts = [(by_rows, n) for n in LINES_PER_STEP if n < output_h and by_rows.is_possible]
    planes = sorted((lines for lines in (by_rows, by_columns) if lines.is_possible), key=lambda way: way.cost)
    return parts + [(lines, lines.output_lines) for lines in planes[:1]]


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
        ("input_length", lines.input_length),
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


def _sharing(
    lines: _Lines, input_shape: tuple[int, ...], output_shape: tuple[int, ...], per_step: int
) -> tuple[int, bool]:
    """The least distance, and whether the output may also begin where the input does.

    A step gathers its lines of an input channel, then writes its output channels. In the same place an
    output channel only takes bytes of its own input channel, which is gathered, as long as no step
    reaches the lines of the next one.
    """
    batches, input_h, input_w, input_c = input_shape
    _, output_h, output_w, output_c = output_shape
    if per_step == lines.output_lines:  # the whole image, whichever way
        first_lines, ends = np.zeros(1, np.int64), np.array([output_h], np.int64)
    else:
        first = np.arange(0, output_h, per_step, dtype=np.int64)
        pad = lines.across.pad_before(input_h)
        first_lines = np.clip(first * lines.across.stride - pad, 0, input_h - 1)
        ends = np.minimum(first + per_step, output_h)
    multiplier = output_c // input_c
    batch, channel = np.arange(batches, dtype=np.int64)[:, None, None], np.arange(input_c, dtype=np.int64)
    reads = (batch * input_h + first_lines[:, None]) * input_w * input_c + channel
    writes = (batch * output_h + ends[:, None]) * output_w * output_c - output_c
    writes = writes + channel * multiplier + multiplier - 1
    is_behind = bool((ends[:-1] * output_w <= first_lines[1:] * input_w).all())
    is_smaller = output_h * output_w <= input_h * input_w
    in_place = multiplier == 1 and is_behind and is_smaller
    return overlap.step_distance(reads.reshape(-1), writes.reshape(-1)), in_place
