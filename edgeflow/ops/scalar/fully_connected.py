"""FULLY_CONNECTED by ``ef_fully_connected_s8_scalar``: four channels at a time."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.lowering import activation_limits, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, TensorArg

_CHANNELS = 4  # at a time
# For one or two the plain kernel is faster: measured on the M0+, gcc 12.2 and zig, 96 taps.
_LEAST_CHANNELS = 3
# The kernel multiplies weights plus 128, at most 255, with inputs down to -128, in 32 bits.
_MOST_TAPS = 2**31 // (2 * 255 * 128) - 1


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a layer that the kernel does not take; also of a convolution that is one."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    if source.dtype != "int8":
        return ()
    taps = np.asarray(weights.data, np.int8).reshape(weights.shape[0], -1)
    channels, depth = taps.shape
    if channels < _LEAST_CHANNELS:
        return ()
    rows = channel_rows(graph, op, taps.astype(np.int64))
    if rows is None or depth > _MOST_TAPS:
        return ()
    more = -channels % _CHANNELS
    packed = np.pad(taps, ((0, more), (0, 0))).reshape(-1, _CHANNELS, depth).transpose(0, 2, 1)
    call = KernelCall(
        function="ef_fully_connected_s8_scalar",
        header="ef_fully_connected_scalar.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", np.ascontiguousarray(packed).view(np.uint8) ^ np.uint8(128)),
            ConstArray("bias", rows),
            TensorArg(output.id),
        ),
        params_type="ef_fully_connected_scalar_params",
        params=(
            ("batches", source.element_count // depth),
            ("input_c", depth),
            ("output_c", channels),
            *activation_limits(op, output),
        ),
        overlaps=overlap.element_overlap(
            source, output, _distance(source.element_count // depth, depth, channels)
        ),
    )
    return (call,)


def _distance(batches: int, depth: int, channels: int) -> int:
    """A batch is read for every four channels again, which are then written."""
    ends = np.minimum(np.arange(_CHANNELS, channels + _CHANNELS, _CHANNELS, dtype=np.int64), channels) - 1
    last_writes = np.arange(batches, dtype=np.int64)[:, None] * channels + ends
    first_reads = np.arange(batches, dtype=np.int64)[:, None] * depth + np.zeros_like(ends)
    return overlap.step_distance(first_reads.reshape(-1), last_writes.reshape(-1))
