"""DEPTHWISE_CONV_2D of multiplier 1 by ``ef_depthwise_lines_s8_mve``: lines go through a ring of four."""

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

_MOST_TAPS = 4  # along each side
_MOST_STEP = 9362  # seven of them fit 16 bits
_OUTPUTS = 4  # at a time
_GATHERED = 8  # at a time
_LITTLE_BYTES = 128  # of scratch memory: lines of 25 instead of 5 outputs halve the instructions for 80

# Instructions, counted: four outputs, eight inputs gathered, around an output line, around a gathered one.
_FOUR_COST, _EIGHT_COST, _LINE_COST, _GATHER_COST = 24, 5, 60, 20


@dataclass(frozen=True, slots=True)
class Lines:
    """An image as lines, which are its rows or its columns, and where these lie."""

    across: Window
    along: Window
    input_lines: int
    input_length: int
    input_line_step: int
    input_step: int
    output_lines: int
    output_length: int
    output_line_step: int
    output_step: int
    turned: bool

    @property
    def words(self) -> int:
        """Of the ring: the windows of whole fours of outputs."""
        filled = -(-self.output_length // _OUTPUTS) * _OUTPUTS
        return (filled - 1) * self.along.stride + _MOST_TAPS

    @property
    def pad(self) -> int:
        """Places before the input along a line."""
        return self.along.pad_before(self.input_length)

    @property
    def pad_lines(self) -> int:
        """Lines before the input."""
        return self.across.pad_before(self.input_lines)

    @property
    def gathered(self) -> int:
        """Inputs of a line that its windows read."""
        reached = (self.output_length - 1) * self.along.stride + self.along.kernel - self.pad
        return min(self.input_length, reached)

    @property
    def is_possible(self) -> bool:
        """Whether the kernel takes it."""
        small = all(each.dilation == 1 and each.kernel <= _MOST_TAPS for each in (self.across, self.along))
        return small and self.along.stride in {1, 2} and self.input_step <= _MOST_STEP

    @property
    def next_lines(self) -> npt.NDArray[np.int64]:
        """For each output line, and for the end, the first input line that is not gathered before it."""
        ends = np.arange(self.output_lines, dtype=np.int64) * self.across.stride + self.across.kernel
        ends = np.concatenate([[0], ends])
        firsts = np.arange(len(ends), dtype=np.int64) * self.across.stride
        return np.clip(np.maximum(ends, firsts) - self.pad_lines, 0, self.input_lines)

    @property
    def cost(self) -> int:
        """Instructions of a channel, about."""
        lines = (self.output_lines - 1) * min(self.across.stride, self.across.kernel) + self.across.kernel
        gathering = lines * (_GATHER_COST + -(-self.gathered // _GATHERED) * _EIGHT_COST)
        return gathering + self.output_lines * (_LINE_COST + -(-self.output_length // _OUTPUTS) * _FOUR_COST)


def ways(graph: Graph, op: Op) -> list[tuple[int, KernelCall]]:
    """The possible calls with about how many instructions they take: by rows, by columns."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    if source.dtype != "int8" or output.shape[3] != source.shape[3]:
        return []
    filters = np.moveaxis(np.asarray(weights.data, np.int8)[0], 2, 0)
    constants = channel_rows(graph, op, filters.reshape(len(filters), -1).astype(np.int64))
    if constants is None:
        return []
    constants[:, 3] *= -1
    found = [lines for lines in _both(graph, op) if lines.is_possible]
    count = source.shape[0] * source.shape[3]
    slow_first = sorted(found, key=lambda lines: -lines.cost)
    calls = [(count * lines.cost, _call(graph, op, lines, filters, constants)) for lines in slow_first]
    if len(calls) == 2 and _saves_little(calls[0][1], calls[1][1]):
        del calls[0]
    return calls


def _saves_little(slow: KernelCall, fast: KernelCall) -> bool:
    """Whether the slower call is not worth the memory that it saves."""
    shares = [any(each.in_place for each in call.overlaps) for call in (slow, fast)]
    return shares[0] <= shares[1] and fast.scratch_bytes - slow.scratch_bytes <= _LITTLE_BYTES


def _both(graph: Graph, op: Op) -> tuple[Lines, Lines]:
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    _, input_h, input_w, channels = source.shape
    _, output_h, output_w, _ = output.shape
    rows, columns = windows(op, *weights.shape[1:3])
    row = (input_h, input_w, input_w * channels, channels)
    column = (input_w, input_h, channels, input_w * channels)
    output_row = (output_h, output_w, output_w * channels, channels)
    output_column = (output_w, output_h, channels, output_w * channels)
    return (
        Lines(rows, columns, *row, *output_row, turned=False),
        Lines(columns, rows, *column, *output_column, turned=True),
    )


def _call(
    graph: Graph, op: Op, lines: Lines, filters: npt.NDArray[np.int8], constants: npt.NDArray[np.int32]
) -> KernelCall:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    distance = _distance(lines, source.shape, output.shape)
    return KernelCall(
        function="ef_depthwise_lines_s8_mve",
        header="ef_depthwise_lines_mve.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", _windows(filters, turned=lines.turned)),
            ConstArray("bias", constants),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type="ef_depthwise_lines_mve_params",
        params=(
            *_sizes(lines, source.shape, output.shape),
            ("zero_point", quant_of(source).zero_point),
            *activation_limits(op, output),
        ),
        scratch_bytes=16 + 4 * lines.words + 4,
        overlaps=overlap.overlap(source, output, distance, in_place=_is_in_place(lines)),
    )


def _windows(filters: npt.NDArray[np.int8], *, turned: bool) -> npt.NDArray[np.int8]:
    """Filters [C, KH, KW] as [C, 4 places along a line, 4 lines], filled up with zeros."""
    along_first = filters if turned else filters.transpose(0, 2, 1)
    room = [(0, _MOST_TAPS - size) for size in along_first.shape[1:]]
    return np.ascontiguousarray(np.pad(along_first, [(0, 0), *room]))


def _sizes(lines: Lines, input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Params:
    return (
        ("batches", input_shape[0]),
        ("channels", input_shape[3]),
        ("input_size", int(np.prod(input_shape[1:]))),
        ("input_lines", lines.input_lines),
        ("input_line_step", lines.input_line_step),
        ("input_step", lines.input_step),
        ("gathered", lines.gathered),
        ("output_size", int(np.prod(output_shape[1:]))),
        ("output_lines", lines.output_lines),
        ("output_length", lines.output_length),
        ("output_line_step", lines.output_line_step),
        ("output_step", lines.output_step),
        ("kernel_lines", lines.across.kernel),
        ("line_stride", lines.across.stride),
        ("stride", lines.along.stride),
        ("pad_lines", lines.pad_lines),
        ("pad", lines.pad),
        ("words", lines.words),
    )


def _distance(lines: Lines, input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> int:
    """The least distance: of each channel, the lines that an output line still lacks, then this line."""
    batch = np.arange(input_shape[0], dtype=np.int64)[:, None, None]
    channel = np.arange(input_shape[3], dtype=np.int64)[:, None]
    first, end = lines.next_lines[:-1], lines.next_lines[1:]
    reads = batch * int(np.prod(input_shape[1:])) + channel + first * lines.input_line_step
    reads = np.where(first < end, reads, overlap.NO_PLACE)
    last = np.arange(lines.output_lines, dtype=np.int64) * lines.output_line_step
    writes = batch * int(np.prod(output_shape[1:])) + channel + last
    writes = writes + (lines.output_length - 1) * lines.output_step
    return overlap.step_distance(reads.reshape(-1), writes.reshape(-1))


def _is_in_place(lines: Lines) -> bool:
    """Whether the output may begin where the input does: no line written reaches one still to be gathered.

    An output channel only takes bytes of its own input channel. Rows are written in the order of the bytes;
    a column takes the place of the same column, if the rows are as long.
    """
    left = lines.next_lines[1:]
    if not lines.turned:
        ends = np.arange(1, lines.output_lines + 1, dtype=np.int64) * lines.output_line_step
        behind = (ends <= left * lines.input_line_step) | (left == lines.input_lines)
        smaller = lines.output_lines * lines.output_line_step <= lines.input_lines * lines.input_line_step
        return bool(behind.all()) and smaller
    same = lines.output_step == lines.input_step and lines.output_length <= lines.input_length
    return same and bool((np.arange(lines.output_lines, dtype=np.int64) < left).all())
