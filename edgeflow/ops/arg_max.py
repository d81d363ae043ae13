"""ARG_MAX of int8: where along one axis the largest value stands, the first of equal ones."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import reducing
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_arg_reduce_s8``."""
    return reducing.arg_call(graph, op, largest=True)


SPEC = OpSpec(
    kind="ARG_MAX",
    max_version=3,
    rules=reducing.ARG_RULES,
    output_shapes=reducing.arg_shapes,
    macs=no_macs,
    lower=lower,
)
