"""SLICE of any element type: a block that begins at constant places."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes

BEGIN, SIZE = 1, 2


def constant_block(graph: Graph, op: Op) -> bool:
    """Begin and size stand in the model file, and the block lies inside the input."""
    shape = graph.input_tensor(op, 0).shape
    begin = movement.constant_ints(graph.optional_tensor(op, BEGIN))
    size = movement.constant_ints(graph.optional_tensor(op, SIZE))
    if begin is None or size is None or not len(begin) == len(size) == len(shape):
        return False
    return all(
        0 <= first < dim and (count == -1 or 1 <= count <= dim - first)
        for first, count, dim in zip(begin, size, shape, strict=True)
    )


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The block's size; -1 reaches to the end."""
    shape = shapes.input_shape(graph, op)
    if shape is None or not constant_block(graph, op):
        return None
    places = zip(
        shape, movement.int_inputs(graph, op, BEGIN), movement.int_inputs(graph, op, SIZE), strict=True
    )
    return (tuple(dim - first if count == -1 else count for dim, first, count in places),)


def block_shape(graph: Graph, op: Op) -> bool:
    """The output has the block's size; a size of -1 reaches to the end."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_strided_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    taken = movement.int_inputs(graph, op, BEGIN)
    return movement.part_call(source, output, output.shape, taken=taken)


SPEC = OpSpec(
    kind="SLICE",
    max_version=6,
    rules=(rules.operand_count(3), movement.same_dtype, movement.rank_to_5, constant_block, block_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
