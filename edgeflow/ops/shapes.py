"""Output shapes that follow from an operator's inputs and options, as the reference interpreter infers them.

The shapes in a file are not trusted: ``edgeflow.passes.infer_shapes`` replaces them by these. A shape
function is asked before the operator's rules are checked, so it reads nothing that may be missing; it
gives None where the shapes do not follow, and the operator's rules then say why.
"""

from __future__ import annotations

from collections.abc import Sequence

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.spec import Shape, Shapes


def input_shape(graph: Graph, op: Op, position: int = 0) -> Shape | None:
    """The shape of an input, None where it is absent."""
    tensor = graph.optional_tensor(op, position)
    return None if tensor is None else tensor.shape


def follow(graph: Graph, op: Op, shapes: Shapes) -> bool:
    """Whether the outputs have these shapes."""
    found = tuple(graph.output_tensor(op, position).shape for position in range(len(op.outputs)))
    return found == shapes


def same_as_input(graph: Graph, op: Op) -> Shapes:
    """The first input's shape."""
    shape = input_shape(graph, op)
    return None if shape is None else (shape,)


def joint(*inputs: Shape) -> Shape | None:
    """The shape that all broadcast to: aligned at the end, a dimension of 1 is repeated."""
    rank = max(map(len, inputs))
    sizes = [{*dims} - {1} for dims in zip(*((1,) * (rank - len(s)) + s for s in inputs), strict=True)]
    if any(len(several) > 1 for several in sizes):
        return None
    return tuple(next(iter(size), 1) for size in sizes)


def broadcast(graph: Graph, op: Op) -> Shapes:
    """The shape that both inputs broadcast to."""
    return broadcast_first(graph, op, 2)


def broadcast_first(graph: Graph, op: Op, count: int) -> Shapes:
    """The shape that so many inputs broadcast to."""
    found = [shape for i in range(count) if (shape := input_shape(graph, op, i)) is not None]
    shape = joint(*found) if len(found) == count else None
    return None if shape is None else (shape,)


def without_axis(shape: Sequence[int], axis: int) -> Shape:
    """The shape without one dimension."""
    return (*shape[:axis], *shape[axis + 1 :])


def with_axis(shape: Sequence[int], axis: int, size: int) -> Shape:
    """The shape with another size of one dimension."""
    return (*shape[:axis], size, *shape[axis + 1 :])
