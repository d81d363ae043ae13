"""Orders of a tensor's dimensions: stored dimension ``i`` is dimension ``order[i]``, as TRANSPOSE has it."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.movement import int_inputs
from edgeflow.ops.registry import broken_rule

Order = tuple[int, ...]


def inverse(order: Order) -> Order:
    """The order that undoes it."""
    return tuple(sorted(range(len(order)), key=order.__getitem__))


def after(first: Order, second: Order) -> Order:
    """The order that has the effect of both, one after the other."""
    return tuple(first[axis] for axis in second)


def stored_shape(tensor: Tensor, order: Order) -> tuple[int, ...]:
    """The tensor's shape in that order."""
    return tuple(tensor.shape[axis] for axis in order)


def moves_nothing(tensor: Tensor, order: Order) -> bool:
    """Whether the elements stay where they are: only dimensions of 1 change their places."""
    long = [axis for axis in order if tensor.shape[axis] > 1]
    return long == sorted(long)


def transposition(graph: Graph, op: Op) -> Order | None:
    """The order of a TRANSPOSE that only moves elements; None of any other operator."""
    if op.kind != "TRANSPOSE" or broken_rule(graph, op) is not None:
        return None
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    if source.quant != output.quant or source.id in graph.variables or source.is_constant:
        return None
    rank = len(source.shape)
    return tuple(axis % rank for axis in int_inputs(graph, op, 1))
