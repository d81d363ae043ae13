"""What the resizing operators share: a constant new height and width."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, shapes
from edgeflow.ops.spec import Shapes


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape with the new height and width."""
    shape, size = shapes.input_shape(graph, op), movement.constant_ints(graph.optional_tensor(op, 1))
    if shape is None or len(shape) != 4 or size is None or len(size) != 2 or min(size) < 1:
        return None
    return ((shape[0], *size, shape[3]),)


def constant_size(graph: Graph, op: Op) -> bool:
    """The new height and width stand in the model file and are the output's, at least 1."""
    return shapes.follow(graph, op, output_shapes(graph, op))
