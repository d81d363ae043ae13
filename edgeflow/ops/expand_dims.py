"""EXPAND_DIMS of any element type: the same bytes with one more dimension of 1."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.reshape import constant_shape, lower, same_elements
from edgeflow.ops.spec import OpSpec, Shapes


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape with a 1 at the axis."""
    shape, axes = shapes.input_shape(graph, op), movement.constant_ints(graph.optional_tensor(op, 1))
    if shape is None or axes is None or len(axes) != 1:
        return None
    axis = movement.axis_in(len(shape) + 1, axes[0])
    return None if axis is None else ((*shape[:axis], 1, *shape[axis:]),)


def expanded_shape(graph: Graph, op: Op) -> bool:
    """The output has the input's shape with a 1 at the axis."""
    return shapes.follow(graph, op, output_shapes(graph, op))


SPEC = OpSpec(
    kind="EXPAND_DIMS",
    max_version=1,
    rules=(rules.operand_count(2), same_elements, constant_shape, expanded_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
    is_alias=True,
)
