"""SPLIT_V: parts of given sizes along a constant axis; inputs are the data, the sizes, the axis."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, shapes, splitting
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes

DATA, SIZES, AXIS = 0, 1, 2


def three_inputs(_graph: Graph, op: Op) -> bool:
    """The operator has 3 inputs and at least one output."""
    return len(op.inputs) == 3 and None not in op.inputs and bool(op.outputs)


def constant_axis(graph: Graph, op: Op) -> bool:
    """The axis stands in the model file and exists in the input."""
    return splitting.cut_axis(graph, op, graph.input_tensor(op, DATA), AXIS) is not None


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """Parts of the input along the axis, of the given sizes; one -1 stands for the rest."""
    source = graph.optional_tensor(op, DATA)
    axis = splitting.cut_axis(graph, op, source, AXIS)
    sizes = movement.constant_ints(graph.optional_tensor(op, SIZES))
    if source is None or axis is None or sizes is None or len(sizes) != len(op.outputs):
        return None
    whole = source.shape[axis]
    if sizes.count(-1) == 1:
        sizes = [whole - sum(sizes) - 1 if size == -1 else size for size in sizes]
    if sum(sizes) != whole or min(sizes) < 0:
        return None
    return tuple(shapes.with_axis(source.shape, axis, size) for size in sizes)


def given_parts(graph: Graph, op: Op) -> bool:
    """The outputs are parts of the input with the sizes that stand in the model file (-1: the rest)."""
    same = splitting.one_dtype(graph, op, graph.input_tensor(op, DATA))
    return same and shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per output."""
    source = graph.input_tensor(op, DATA)
    axis = splitting.cut_axis(graph, op, source, AXIS)
    return splitting.cut_calls(graph, op, source, axis or 0)


SPEC = OpSpec(
    kind="SPLIT_V",
    max_version=2,
    rules=(three_inputs, movement.rank_to_5, constant_axis, given_parts),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
