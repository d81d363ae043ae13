"""RESHAPE of any element type: the same bytes under another shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def same_elements(graph: Graph, op: Op) -> bool:
    """The output has the input's element type and number of elements."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return source.dtype == output.dtype and source.element_count == output.element_count


def constant_shape(graph: Graph, op: Op) -> bool:
    """The new shape stands in the model file."""
    shape = graph.optional_tensor(op, 1)
    return shape is None or shape.is_constant


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_copy``, needless when input and output have one address."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function="ef_copy",
        header="ef_copy.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_copy_params",
        params=(("byte_count", output.byte_count),),
        overlaps=elementwise_overlaps(output, source),
    )


SPEC = OpSpec(
    kind="RESHAPE",
    max_version=1,
    rules=(rules.operand_count(2, least_inputs=1), same_elements, constant_shape),
    macs=no_macs,
    lower=lower,
    is_alias=True,
)
