"""DEPTHWISE_CONV_2D with filters of 3 x 3 by ``ef_depthwise_3x3_s8_scalar``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.geometry import Window, windows
from edgeflow.ops.lowering import Params, activation_limits, quant_of, tensor_arg
from edgeflow.ops.scalar.outputs import output_rows
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

_STRIPS = 3
_PLACE_BYTES = 8
# Output rows of a step, when not the whole plane of a channel is gathered at once: the fewer, the more
# input rows are gathered again in the next strip and step.
_LINES_PER_STEP = (3, 6, 12)
# Instructions for three outputs, for three packed inputs, and around each line that is packed, counted.
_OUTPUTS_COST, _PLACE_COST, _LINE_COST = 113, 13, 120


@dataclass(frozen=True, slots=True)
class _Lines:
    """An image as lines: rows or, turned, columns; windows and sizes across and along them."""

    windows: tuple[Window, Window]
    input_sizes: tuple[int, int]
    output_sizes: tuple[int, int]
    turned: bool

    @property
    def columns(self) -> int:
        """Elements of a line that its outputs read."""
        return (self.output_sizes[1] - 1) * self.windows[1].stride + 3

    def packed_lines(self, per_step: int) -> int:
        """Input lines of a strip."""
        return (-(-per_step // _STRIPS) - 1) * self.windows[0].stride + 3

    @property
    def cost(self) -> int:
        """Instructions of a channel, about."""
        lines, length = self.output_sizes
        packed = self.packed_lines(lines) * (self.columns * _PLACE_COST + _LINE_COST)
        return -(-lines // _STRIPS) * length * _OUTPUTS_COST + packed


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The calls, by growing numbers of lines packed at a time; none where the kernel cannot do it."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    both = windows(op, *weights.shape[1:3])
    if source.dtype != "int8" or weights.shape[1:3] != (3, 3) or any(w.dilation != 1 for w in both):
        return ()
    filters = np.moveaxis(np.asarray(weights.data, np.int8)[0], 2, 0)
    taps = filters.reshape(len(filters), -1).astype(np.int64)
    rows, limits = channel_rows(graph, op, taps), activation_limits(op, output)
    if rows is None:
        return ()
    constants = output_rows(rows, 128 * np.abs(taps).sum(axis=1), limits)
    if constants is None:
        return ()
    return tuple(
        KernelCall(
            function="ef_depthwise_3x3_s8_scalar",
            header="ef_depthwise_3x3_scalar.h",
            args=(
                tensor_arg(source),
                ConstArray(
                    "weights", np.ascontiguousarray(filters.transpose(0, 2, 1) if way.turned else filters)
                ),
                ConstArray("bias", constants),
                ScratchArg(),
                TensorArg(output.id),
            ),
            params_type="ef_depthwise_3x3_scalar_params",
            params=(
                *_params(way, source.shape, output.shape),
                ("zero_point", quant_of(source).zero_point),
                ("lines_per_step", per_step),
            ),
            scratch_bytes=way.packed_lines(per_step) * way.columns * _PLACE_BYTES,
            overlaps=_sharing(way, source, output, per_step),
        )
        for way, per_step in _ways(both, source.shape, output.shape)
    )


def _ways(
    both: tuple[Window, Window], input_shape: tuple[int, ...], output_shape: tuple[int, ...]
) -> list[tuple[_Lines, int]]:
    """The ways with their lines of a step: some rows at a time, then the cheapest whole plane."""
    input_h, input_w, output_h, output_w = *input_shape[1:3], *output_shape[1:3]
    by_rows = _Lines(both, (input_h, input_w), (output_h, output_w), turned=False)
    by_columns = _Lines((both[1], both[0]), (input_w, input_h), (output_w, output_h), turned=True)
    parts = [(by_rows, count) for count in _LINES_PER_STEP if count < output_h]
    whole = min(by_rows, by_columns, key=lambda way: way.cost)
    return [*parts, (whole, whole.output_sizes[0])]


def _params(way: _Lines, input_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Params:
    batches, input_h, input_w, input_c = input_shape
    _, output_h, output_w, output_c = output_shape
    input_steps, output_steps = (input_w * input_c, input_c), (output_w * output_c, output_c)
    if way.turned:
        input_steps, output_steps = input_steps[::-1], output_steps[::-1]
    across, along = way.windows
    return (
        ("batches", batches),
        ("input_c", input_c),
        ("depth_multiplier", output_c // input_c),
        ("input_size", input_h * input_w * input_c),
        ("input_lines", way.input_sizes[0]),
        ("input_length", way.input_sizes[1]),
        ("input_line_step", input_steps[0]),
        ("input_step", input_steps[1]),
        ("output_size", output_h * output_w * output_c),
        ("output_lines", way.output_sizes[0]),
        ("output_length", way.output_sizes[1]),
        ("output_line_step", output_steps[0]),
        ("output_step", output_steps[1]),
        ("line_stride", across.stride),
        ("stride", along.stride),
        ("pad_lines", across.pad_before(way.input_sizes[0])),
        ("pad", along.pad_before(way.input_sizes[1])),
        ("columns", way.columns),
    )


def _sharing(way: _Lines, source: Tensor, output: Tensor, per_step: int) -> tuple[Overlap, ...]:
    """Where the output may lie: at the least distance, and, where it says so, in the very same place.

    A step packs its lines of an input channel, then writes its output channels. In the same place an
    output channel only takes bytes of its own input channel, which is packed, as long as no step
    reaches the lines of the next one.
    """
    batches, input_h, input_w, input_c = source.shape
    _, output_h, output_w, output_c = output.shape
    if per_step == way.output_sizes[0]:  # the whole plane, whichever way
        first_lines, ends = np.zeros(1, np.int64), np.array([output_h], np.int64)
    else:
        begins = np.arange(0, output_h, per_step, dtype=np.int64)
        across = way.windows[0]
        first_lines = np.clip(begins * across.stride - across.pad_before(input_h), 0, input_h - 1)
        ends = np.minimum(begins + per_step, output_h)
    multiplier = output_c // input_c
    batch, channel = np.arange(batches, dtype=np.int64)[:, None, None], np.arange(input_c, dtype=np.int64)
    reads = (batch * input_h + first_lines[:, None]) * input_w * input_c + channel
    writes = (batch * output_h + ends[:, None]) * output_w * output_c - output_c
    writes = writes + channel * multiplier + multiplier - 1
    is_behind = bool((ends[:-1] * output_w <= first_lines[1:] * input_w).all())
    is_smaller = output_h * output_w <= input_h * input_w
    distance = overlap.step_distance(reads.reshape(-1), writes.reshape(-1))
    return overlap.overlap(source, output, distance, in_place=multiplier == 1 and is_behind and is_smaller)
