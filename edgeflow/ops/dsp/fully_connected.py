"""FULLY_CONNECTED by ``ef_fully_connected_s8_dsp``: four channels at a time, all inputs expanded or most."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import tile_rows, tile_weights
from edgeflow.ops.lowering import activation_limits, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

_CHANNELS = 4  # at a time
# Inputs from which on a quarter may stay as it is where memory is scarce: its products take a fifth longer.
_LARGE = 64


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The calls, or none for a layer that the kernel does not take; also of a convolution that is one."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    if source.dtype != "int8":
        return ()
    filters = np.asarray(weights.data, np.int8).reshape(weights.shape[0], -1)
    channels, depth = filters.shape
    taps = np.pad(filters, ((0, 0), (0, -depth % 4)))
    rows = tile_rows(graph, op, taps, _CHANNELS)
    if rows is None:
        return ()

    def call(expanded: int) -> KernelCall:
        return KernelCall(
            function="ef_fully_connected_s8_dsp",
            header="ef_fully_connected_dsp.h",
            args=(
                tensor_arg(source),
                ConstArray("weights", tile_weights(taps, _CHANNELS), alignment_bytes=4),
                ConstArray("bias", rows),
                ScratchArg(),
                TensorArg(output.id),
            ),
            params_type="ef_fully_connected_dsp_params",
            params=(
                ("batches", source.element_count // depth),
                ("input_c", depth),
                ("expanded_c", expanded),
                ("output_c", channels),
                *activation_limits(op, output),
            ),
            scratch_bytes=2 * (expanded + -expanded % 4) + (4 if depth % 4 else 0),
            overlaps=_overlaps(source, output, (channels, depth), expanded),
        )

    least = depth * 3 // 16 * 4
    return (call(least), call(depth)) if depth % 4 == 0 and depth >= _LARGE else (call(depth),)


def _overlaps(source: Tensor, output: Tensor, shape: tuple[int, int], expanded: int) -> tuple[Overlap, ...]:
    """The first four channels read all of a batch, the others what is not expanded; then they are written."""
    channels, depth = shape
    batch = np.arange(source.element_count // depth, dtype=np.int64)[:, None]
    last = np.minimum(np.arange(_CHANNELS, channels + _CHANNELS, _CHANNELS), channels) - 1
    reads = batch * depth + np.where(last < _CHANNELS, 0, expanded)
    if expanded == depth:
        reads, last = batch * depth, last[-1:]
    distance = overlap.step_distance(reads.reshape(-1), (batch * channels + last).reshape(-1))
    return (
        *overlap.element_overlap(source, output, distance),
        # Each four taps become eight bytes: a single batch is expanded over itself from the front.
        *(overlap.scratch_overlap(source, expanded + -expanded % 4) if len(batch) == 1 else ()),
    )
