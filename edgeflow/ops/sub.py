"""SUB, int8 or int16, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import addition, broadcast, shapes
from edgeflow.ops.lowering import kernel_name, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_sub_broadcast_s8`` or of an int16 form."""
    if addition.are_powers_of_two(graph, op):
        return addition.shifted_call(graph, op, -1)
    scaling = addition.scaling(graph, op)
    function = kernel_name("sub_broadcast", graph.output_tensor(op))
    params_type = "ef_add_broadcast_params"
    return broadcast.broadcast_call(graph, op, function, "ef_add.h", params_type, scaling)


SPEC = OpSpec(
    kind="SUB", max_version=5, rules=addition.RULES, output_shapes=shapes.broadcast, macs=no_macs, lower=lower
)
