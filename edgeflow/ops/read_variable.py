"""READ_VARIABLE of any element type: the value that a variable has at that moment."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def a_variable(graph: Graph, op: Op) -> bool:
    """The input is a variable of the model, and the output has its element type and shape."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    alike = (source.dtype, source.shape) == (output.dtype, output.shape)
    return source.id in graph.variables and alike


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function="ef_copy",
        header="ef_copy.h",
        args=(TensorArg(source.id), TensorArg(output.id)),
        params_type="ef_copy_params",
        params=(("byte_count", output.byte_count),),
    )


SPEC = OpSpec(
    kind="READ_VARIABLE",
    max_version=1,
    rules=(rules.operand_count(1), a_variable),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
