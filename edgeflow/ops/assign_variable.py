"""ASSIGN_VARIABLE of any element type: the value of a variable from then on."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.lowering import no_macs, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes, TensorArg


def operands(_graph: Graph, op: Op) -> bool:
    """The operator has one value, one variable and no output."""
    counts = (len(op.inputs), len(op.updates), len(op.outputs))
    return counts == (1, 1, 0) and op.inputs[0] is not None


def fitting_value(graph: Graph, op: Op) -> bool:
    """The value has the variable's element type and shape."""
    value, variable = graph.input_tensor(op, 0), graph.tensor(op.updates[0])
    return (value.dtype, value.shape) == (variable.dtype, variable.shape)


def output_shapes(_graph: Graph, _op: Op) -> Shapes:
    """There is no output."""
    return ()


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_copy``."""
    value, variable = graph.input_tensor(op, 0), graph.tensor(op.updates[0])
    return KernelCall(
        function="ef_copy",
        header="ef_copy.h",
        args=(tensor_arg(value), TensorArg(variable.id)),
        params_type="ef_copy_params",
        params=(("byte_count", variable.byte_count),),
    )


SPEC = OpSpec(
    kind="ASSIGN_VARIABLE",
    max_version=1,
    rules=(operands, fitting_value),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
