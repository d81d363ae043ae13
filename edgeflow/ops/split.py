"""SPLIT: equal parts along a constant axis; the axis is input 0, the data input 1."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, shapes, splitting
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes

AXIS, DATA = 0, 1


def two_inputs(_graph: Graph, op: Op) -> bool:
    """The operator has 2 inputs and at least one output."""
    return len(op.inputs) == 2 and None not in op.inputs and bool(op.outputs)


def split_rank(graph: Graph, op: Op) -> bool:
    """The input has one to five dimensions, none empty."""
    shape = graph.input_tensor(op, DATA).shape
    return 1 <= len(shape) <= movement.MAX_LOOPS and min(shape) >= 1


def constant_axis(graph: Graph, op: Op) -> bool:
    """The axis stands in the model file and exists in the input."""
    return splitting.cut_axis(graph, op, graph.input_tensor(op, DATA), AXIS) is not None


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """Equal parts of the input along the axis."""
    source, count = graph.optional_tensor(op, DATA), len(op.outputs)
    axis = splitting.cut_axis(graph, op, source, AXIS)
    if source is None or axis is None or not count or source.shape[axis] % count:
        return None
    return (shapes.with_axis(source.shape, axis, source.shape[axis] // count),) * count


def equal_parts(graph: Graph, op: Op) -> bool:
    """The outputs are equal parts of the input, of its element type."""
    same = splitting.one_dtype(graph, op, graph.input_tensor(op, DATA))
    return same and shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per output."""
    source = graph.input_tensor(op, DATA)
    axis = splitting.cut_axis(graph, op, source, AXIS)
    return splitting.cut_calls(graph, op, source, axis or 0)


SPEC = OpSpec(
    kind="SPLIT",
    max_version=4,
    rules=(two_inputs, split_rank, constant_axis, equal_parts),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
