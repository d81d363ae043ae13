"""MEAN and SUM by ``ef_mean_s8_dsp``: four neighbouring outputs at a time."""

from __future__ import annotations

from dataclasses import replace

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import mean, overlap
from edgeflow.ops import sum as sum_op
from edgeflow.ops.dsp.groups import CHANNELS, group_overlaps
from edgeflow.ops.spec import KernelCall


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for one whose outputs are no neighbours in the input."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    (outer, channels), (outer_step, step) = mean.kept_loops(graph, op)
    if source.dtype != "int8" or step != 1 or channels < CHANNELS:
        return ()
    plain = mean.lower(graph, op) if op.kind == "MEAN" else sum_op.lower(graph, op)
    overlaps = group_overlaps(source, output, overlap.places([outer], [outer_step]), channels)
    return (replace(plain, function=f"{plain.function}_dsp", overlaps=overlaps),)
