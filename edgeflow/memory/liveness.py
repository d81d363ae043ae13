"""Which buffers a graph needs and during which operators each holds a value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from edgeflow.errors import InternalError
from edgeflow.ir.graph import Graph, Op


@dataclass(frozen=True, slots=True)
class Interval:
    """Positions in execution order, both inclusive, during which a value must stay intact."""

    first_op: int
    last_op: int

    def overlaps(self, other: Interval) -> bool:
        """True if both are alive during some operator."""
        return self.first_op <= other.last_op and other.first_op <= self.last_op

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.first_op, other.first_op), max(self.last_op, other.last_op))


@dataclass(frozen=True, slots=True)
class Buffer:
    """One region to place: the tensors that share it, or (without tensors) one operator's scratch."""

    tensor_ids: tuple[int, ...]
    byte_count: int
    interval: Interval


def tensor_intervals(graph: Graph) -> dict[int, Interval]:
    """When each activation is alive, by tensor id.

    Variables live from the first operator to the last. Graph inputs live from the first operator on,
    because the caller writes them before it; graph outputs live to the last, because the caller
    reads them after it; a value nobody reads lives during the operator that writes it.

    Raises:
        InternalError: a tensor is read that nothing has written.
    """
    first = dict.fromkeys([*graph.inputs, *graph.variables], 0)
    last = dict.fromkeys(graph.inputs, 0) | dict.fromkeys(graph.variables, max(len(graph.ops) - 1, 0))
    for position, op in enumerate(graph.ops):
        for tensor_id in _activations(graph, op.inputs):
            if tensor_id not in first:
                raise InternalError(f"{graph.label(op)} reads tensor {tensor_id} before it is written")
            last[tensor_id] = max(last[tensor_id], position)
        for tensor_id in op.outputs:
            first.setdefault(tensor_id, position)
            last[tensor_id] = position
    for tensor_id in _activations(graph, graph.outputs):
        if tensor_id not in first:
            raise InternalError(f"the graph's output {tensor_id} is never written")
        last[tensor_id] = max(len(graph.ops) - 1, 0)
    return {tensor_id: Interval(first[tensor_id], last[tensor_id]) for tensor_id in first}


def _activations(graph: Graph, tensor_ids: tuple[int | None, ...]) -> list[int]:
    return [i for i in tensor_ids if i is not None and not graph.tensors[i].is_constant]


def is_aliased(graph: Graph, op: Op, alias_ops: Collection[str]) -> bool:
    """True if the operator only renames its first input, so that both ends share one buffer.

    An input that is a constant stands in flash, outside the arena, and has to be copied; so has a
    variable, which an operator may update while its copy is still read.
    """
    if op.kind not in alias_ops:
        return False
    source = graph.input_tensor(op, 0)
    return not source.is_constant and source.id not in graph.variables


def live_buffers(
    graph: Graph, scratch_bytes: Mapping[int, int], alias_ops: Collection[str]
) -> tuple[Buffer, ...]:
    """Every buffer of the arena: tensors joined over alias operators, then scratch by position."""
    intervals = tensor_intervals(graph)
    root = {tensor_id: tensor_id for tensor_id in intervals}
    for op in graph.ops:
        if is_aliased(graph, op, alias_ops):
            root[op.outputs[0]] = root[graph.input_tensor(op, 0).id]
    members: dict[int, list[int]] = {}
    for tensor_id in sorted(root):
        members.setdefault(root[tensor_id], []).append(tensor_id)
    tensors = [_joined(graph, intervals, tuple(ids)) for _, ids in sorted(members.items())]
    scratch = [
        Buffer((), scratch_bytes[op.index], Interval(position, position))
        for position, op in enumerate(graph.ops)
        if scratch_bytes.get(op.index, 0) > 0
    ]
    return (*tensors, *scratch)


def _joined(graph: Graph, intervals: Mapping[int, Interval], tensor_ids: tuple[int, ...]) -> Buffer:
    interval = intervals[tensor_ids[0]]
    for tensor_id in tensor_ids[1:]:
        interval = interval.hull(intervals[tensor_id])
    return Buffer(tensor_ids, max(graph.tensors[i].byte_count for i in tensor_ids), interval)
