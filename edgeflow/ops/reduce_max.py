"""REDUCE_MAX, int8: the largest value over any constant set of dimensions of a tensor of rank up to four."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import mean, reducing
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_reduce_s8``."""
    return reducing.reduce_call(graph, op, largest=True)


SPEC = OpSpec(
    kind="REDUCE_MAX",
    max_version=3,
    rules=reducing.RULES,
    output_shapes=mean.output_shapes,
    macs=no_macs,
    lower=lower,
)
