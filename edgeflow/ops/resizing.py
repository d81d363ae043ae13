"""What the resizing operators share: a constant new height and width."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement


def constant_size(graph: Graph, op: Op) -> bool:
    """The new height and width stand in the model file and are the output's, at least 1."""
    n, _, _, channels = graph.input_tensor(op, 0).shape
    size = movement.constant_ints(graph.optional_tensor(op, 1))
    if size is None or len(size) != 2 or min(size) < 1:
        return False
    return graph.output_tensor(op).shape == (n, *size, channels)
