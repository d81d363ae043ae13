"""TILE of any element type: a tensor of up to four dimensions repeated."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def constant_repeats(graph: Graph, op: Op) -> bool:
    """The repetitions stand in the model file, at least one for each dimension."""
    repeats = movement.constant_ints(graph.optional_tensor(op, 1))
    return repeats is not None and len(repeats) == len(graph.input_tensor(op, 0).shape) and min(repeats) >= 1


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape, each dimension as often as the repetitions say."""
    shape = shapes.input_shape(graph, op)
    if not shape or not constant_repeats(graph, op):
        return None
    pairs = zip(shape, movement.int_inputs(graph, op, 1), strict=True)
    return (tuple(dim * count for dim, count in pairs),)


def repeated_shape(graph: Graph, op: Op) -> bool:
    """The output has the repeated input's shape."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_table_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    sizes = zip(source.shape, output.shape, strict=True)
    return movement.table_call(source, output, [[i % dim for i in range(size)] for dim, size in sizes])


SPEC = OpSpec(
    kind="TILE",
    max_version=3,
    rules=(rules.operand_count(2), movement.same_dtype, movement.rank_to_4, constant_repeats, repeated_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
