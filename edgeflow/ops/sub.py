"""SUB, int8, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import addition, broadcast, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_sub_broadcast_s8``."""
    scaling = addition.scaling(graph, op)
    function, params_type = "ef_sub_broadcast_s8", "ef_add_broadcast_params"
    return broadcast.broadcast_call(graph, op, function, "ef_add.h", params_type, scaling)


SPEC = OpSpec(
    kind="SUB", max_version=5, rules=addition.RULES, output_shapes=shapes.broadcast, macs=no_macs, lower=lower
)
