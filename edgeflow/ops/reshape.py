"""RESHAPE of any element type: the same bytes under another shape."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes, TensorArg


def same_elements(graph: Graph, op: Op) -> bool:
    """The output has the input's element type and number of elements."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return source.dtype == output.dtype and source.element_count == output.element_count


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The new shape, in which one -1 stands for what the other dimensions leave; [0] is a scalar."""
    source, given = graph.optional_tensor(op, 0), graph.optional_tensor(op, 1)
    if source is None:
        return None
    in_tensor = given is not None and len(given.shape) == 1
    sizes = movement.constant_ints(given) if in_tensor else op.attrs.get("new_shape")
    if not isinstance(sizes, list | tuple):
        return None
    shape = [] if list(sizes) == [0] else list(sizes)
    if shape.count(-1) == 1:
        place, others = shape.index(-1), -math.prod(shape)
        if others < 1 or source.element_count % others:
            return None
        shape[place] = source.element_count // others
    return (tuple(shape),) if math.prod(shape) == source.element_count else None


def given_shape(graph: Graph, op: Op) -> bool:
    """The output has the new shape, with the input's number of elements; one -1 stands for what is left."""
    return shapes.follow(graph, op, output_shapes(graph, op))


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
    rules=(rules.operand_count(2, least_inputs=1), same_elements, constant_shape, given_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
    is_alias=True,
)
