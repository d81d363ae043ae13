"""TRANSPOSE of any element type: up to five dimensions in another order."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import contiguous_strides, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def _order(graph: Graph, op: Op) -> list[int]:
    rank = len(graph.input_tensor(op, 0).shape)
    return [axis + (rank if axis < 0 else 0) for axis in movement.int_inputs(graph, op, 1)]


def constant_order(graph: Graph, op: Op) -> bool:
    """The new order stands in the model file and names each dimension once."""
    if movement.constant_ints(graph.optional_tensor(op, 1)) is None:
        return False
    return sorted(_order(graph, op)) == list(range(len(graph.input_tensor(op, 0).shape)))


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape in the new order."""
    shape = shapes.input_shape(graph, op)
    if shape is None or not constant_order(graph, op):
        return None
    return (tuple(shape[axis] for axis in _order(graph, op)),)


def reordered_shape(graph: Graph, op: Op) -> bool:
    """The output's shape is the input's in the new order."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_strided_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    steps = contiguous_strides(source.shape)
    read = [steps[axis] for axis in _order(graph, op)]
    loops = zip(output.shape, read, contiguous_strides(output.shape), strict=True)
    return movement.copy_call(source, output, list(loops))


SPEC = OpSpec(
    kind="TRANSPOSE",
    max_version=6,
    rules=(
        rules.operand_count(2),
        movement.same_dtype,
        movement.rank_to_5,
        constant_order,
        reordered_shape,
    ),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
