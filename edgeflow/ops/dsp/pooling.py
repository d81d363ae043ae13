"""AVERAGE_POOL_2D and MAX_POOL_2D by ``ef_*_pool_2d_s8_dsp``: four channels at a time."""

from __future__ import annotations

from dataclasses import replace

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import pooling
from edgeflow.ops.dsp.groups import CHANNELS, group_overlaps
from edgeflow.ops.spec import KernelCall


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a pooling that the kernel does not take."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    channels = source.shape[3]
    if source.dtype != "int8" or channels < CHANNELS:
        return ()
    plain = pooling.pool_call(graph, op, op.kind.lower())
    overlaps = group_overlaps(source, output, pooling.window_starts(graph, op), channels)
    return (replace(plain, function=f"{plain.function}_dsp", overlaps=overlaps),)
