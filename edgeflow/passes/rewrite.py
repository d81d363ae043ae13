"""Questions that passes ask of a graph, and the changes that several of them make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op, Tensor


def readers(graph: Graph, tensor_id: int) -> list[Op]:
    """The operators that read a tensor."""
    return [op for op in graph.ops if tensor_id in op.inputs]


def producer(graph: Graph, tensor_id: int) -> Op | None:
    """The operator that writes a tensor; None for inputs, variables and constants."""
    return next((op for op in graph.ops if tensor_id in op.outputs), None)


def is_private(graph: Graph, tensor_id: int) -> bool:
    """Whether exactly one operator, at one of its inputs, reads the tensor, and nothing outside the graph."""
    reads = sum(op.inputs.count(tensor_id) for op in graph.ops)
    return reads == 1 and tensor_id not in graph.outputs


def source_name(op: Op) -> str:
    """How ``Op.absorbed`` names an operator of the source."""
    return f"{op.kind} #{op.index}"


def absorb(op: Op, *others: Op) -> tuple[str, ...]:
    """``Op.absorbed`` of an operator that now does the work of others, too."""
    names = [*op.absorbed]
    for other in others:
        names += [*other.absorbed, source_name(other)]
    return tuple(dict.fromkeys(names))


def with_ops(graph: Graph, changes: Mapping[int, Op | None], tensors: Sequence[Tensor] = ()) -> Graph:
    """The graph with operators exchanged by index, or left out where the change is None, and more tensors."""
    changed = (changes.get(op.index, op) for op in graph.ops)
    table = {**graph.tensors, **{tensor.id: tensor for tensor in tensors}}
    return replace(graph, tensors=MappingProxyType(table), ops=tuple(op for op in changed if op is not None))


def without_unread(graph: Graph, op: Op) -> Graph:
    """The graph without an operator that a change left with no reader."""
    needed = op.updates or any(i in graph.outputs or readers(graph, i) for i in op.outputs)
    return graph if needed else with_ops(graph, {op.index: None})


def with_input(op: Op, position: int, tensor_id: int) -> Op:
    """The operator with another tensor at an input position."""
    return replace(op, inputs=(*op.inputs[:position], tensor_id, *op.inputs[position + 1 :]))


def bypassed(graph: Graph, op: Op, source_id: int) -> Graph:
    """The graph without an operator whose output equals a tensor: its readers read that one.

    An output of the graph keeps its id: what wrote the equal tensor writes it instead. Unchanged where the
    equal tensor is part of the interface, too, or may change before it is read.
    """
    result, source = op.outputs[0], graph.tensors[source_id]
    if source_id in graph.variables:
        return graph
    if result not in graph.outputs:
        return _renamed(with_ops(graph, {op.index: None}), {result: source_id})
    if source_id in graph.outputs or source_id in graph.inputs or source.is_constant:
        return graph
    return _renamed(with_ops(graph, {op.index: None}), {source_id: result})


def _renamed(graph: Graph, names: Mapping[int, int]) -> Graph:
    """The graph whose operators name other tensors."""
    ops = tuple(
        replace(
            op,
            inputs=tuple(None if i is None else names.get(i, i) for i in op.inputs),
            outputs=tuple(names.get(i, i) for i in op.outputs),
        )
        for op in graph.ops
    )
    return replace(graph, ops=ops)


def is_interchangeable(one: Tensor, other: Tensor) -> bool:
    """Whether equal bytes in both tensors mean the same."""
    return (one.shape, one.dtype, one.quant) == (other.shape, other.dtype, other.quant)
