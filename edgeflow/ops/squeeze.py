"""SQUEEZE of any element type: the same bytes without dimensions of 1."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.reshape import lower, same_elements
from edgeflow.ops.spec import OpSpec, Shapes


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape without the given dimensions of 1, or without any when none is given."""
    shape, given = shapes.input_shape(graph, op), op.attrs.get("squeeze_dims")
    if shape is None:
        return None
    if not isinstance(given, tuple) or not given:
        return (tuple(dim for dim in shape if dim != 1),)
    axes = {movement.axis_in(len(shape), axis) for axis in given}
    if any(axis is None or shape[axis] != 1 for axis in axes):
        return None
    return (tuple(dim for axis, dim in enumerate(shape) if axis not in axes),)


def squeezed_shape(graph: Graph, op: Op) -> bool:
    """The output has the input's shape without the given dimensions of 1, or without any of 1."""
    return shapes.follow(graph, op, output_shapes(graph, op))


SPEC = OpSpec(
    kind="SQUEEZE",
    max_version=2,
    rules=(rules.operand_count(1), same_elements, squeezed_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
    is_alias=True,
)
