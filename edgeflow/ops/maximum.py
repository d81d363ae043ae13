"""MAXIMUM, int8 or int16, of two tensors that broadcast to the output's shape, as they are stored."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, shapes
from edgeflow.ops.lowering import kernel_name, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_maximum_s8`` or ``ef_maximum_s16``."""
    return broadcast.broadcast_call(
        graph, op, kernel_name("maximum", graph.output_tensor(op)), "ef_select.h", "ef_select_params"
    )


SPEC = OpSpec(
    kind="MAXIMUM",
    max_version=4,
    rules=broadcast.RULES,
    output_shapes=shapes.broadcast,
    macs=no_macs,
    lower=lower,
)
