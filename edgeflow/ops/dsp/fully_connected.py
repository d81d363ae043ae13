"""FULLY_CONNECTED by ``ef_fully_connected_s8_dsp``: four channels at a time."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import tile_rows, tile_weights
from edgeflow.ops.lowering import activation_limits, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

_CHANNELS = 4  # at a time


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a layer that the kernel does not take."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    if source.dtype != "int8":
        return ()
    channels, depth = weights.shape
    taps = np.pad(np.asarray(weights.data, np.int8), ((0, 0), (0, -depth % 4)))
    rows = tile_rows(graph, op, taps, _CHANNELS)
    if rows is None:
        return ()
    batches = source.element_count // depth
    first_reads = np.arange(batches, dtype=np.int64) * depth
    last_writes = np.arange(1, batches + 1, dtype=np.int64) * channels - 1
    call = KernelCall(
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
            ("batches", batches),
            ("input_c", depth),
            ("output_c", channels),
            *activation_limits(op, output),
        ),
        scratch_bytes=2 * taps.shape[1] + 4,
        overlaps=(
            *overlap.element_overlap(source, output, overlap.step_distance(first_reads, last_writes)),
            # Each four taps become eight bytes: a single batch is expanded over itself from the front.
            *(overlap.scratch_overlap(source, taps.shape[1]) if batches == 1 else ()),
        ),
    )
    return (call,)
