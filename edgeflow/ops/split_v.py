"""SPLIT_V: parts of given sizes along a constant axis; inputs are the data, the sizes, the axis."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, splitting
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec

DATA, SIZES, AXIS = 0, 1, 2


def three_inputs(_graph: Graph, op: Op) -> bool:
    """The operator has 3 inputs and at least one output."""
    return len(op.inputs) == 3 and None not in op.inputs and bool(op.outputs)


def constant_axis(graph: Graph, op: Op) -> bool:
    """The axis stands in the model file and exists in the input."""
    return splitting.cut_axis(graph, op, graph.input_tensor(op, DATA), AXIS) is not None


def given_parts(graph: Graph, op: Op) -> bool:
    """The outputs are parts of the input with the sizes that stand in the model file (-1: the rest)."""
    source = graph.input_tensor(op, DATA)
    axis = splitting.cut_axis(graph, op, source, AXIS)
    sizes = movement.constant_ints(graph.optional_tensor(op, SIZES))
    if axis is None or sizes is None or len(sizes) != len(op.outputs) or sizes.count(-1) > 1:
        return False
    if not splitting.parts_fit(graph, op, source, axis):
        return False
    found = [graph.output_tensor(op, position).shape[axis] for position in range(len(op.outputs))]
    return all(size in {-1, part} for size, part in zip(sizes, found, strict=True))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per output."""
    source = graph.input_tensor(op, DATA)
    axis = splitting.cut_axis(graph, op, source, AXIS)
    return splitting.cut_calls(graph, op, source, axis or 0)


SPEC = OpSpec(
    kind="SPLIT_V",
    max_version=2,
    rules=(three_inputs, movement.rank_to_5, constant_axis, given_parts),
    macs=no_macs,
    lower=lower,
)
