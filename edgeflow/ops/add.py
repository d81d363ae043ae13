"""ADD, int8 or int16, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import addition, broadcast, shapes
from edgeflow.ops.lowering import elementwise_overlaps, kernel_name, no_macs, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_add_s8``, of ``ef_add_broadcast_s8`` if an input is repeated, or of an int16 form."""
    left, right, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    if addition.are_powers_of_two(graph, op):
        return addition.shifted_call(graph, op, 1)
    scaling = addition.scaling(graph, op)
    if broadcast.is_repeated(graph, op):
        function, params_type = kernel_name("add_broadcast", output), "ef_add_broadcast_params"
        return broadcast.broadcast_call(graph, op, function, "ef_add.h", params_type, scaling)
    return KernelCall(
        function=kernel_name("add", output),
        header="ef_add.h",
        args=(tensor_arg(left), tensor_arg(right), TensorArg(output.id)),
        params_type="ef_add_params",
        params=(("count", output.element_count), *broadcast.nested(scaling)),
        overlaps=elementwise_overlaps(output, left, right),
    )


SPEC = OpSpec(
    kind="ADD", max_version=5, rules=addition.RULES, output_shapes=shapes.broadcast, macs=no_macs, lower=lower
)
