"""What a graph needs, roughly: for a search that cannot plan everything that it tries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from edgeflow.ir.graph import Graph
from edgeflow.ir.overlap import Overlap, Overlaps
from edgeflow.memory.layout import arena_bytes, best_offsets
from edgeflow.memory.liveness import Buffer, live_buffers
from edgeflow.memory.plan import align_up
from edgeflow.memory.planner import OFFSET_ALIGNMENT_BYTES
from edgeflow.memory.sharing import Sharing, lower_bound_bytes, shared_bytes_limit, sharings


class Needs:
    """Lower bounds of a graph's operators, and of regions of it that run as one operator.

    Arguments as in ``plan_memory``.
    """

    def __init__(
        self, graph: Graph, scratch_bytes: Mapping[int, int], alias_ops: Collection[str], overlaps: Overlaps
    ) -> None:
        self._graph = graph
        self._buffers, self._sizes, pairs = _buffers(graph, scratch_bytes, alias_ops, overlaps)
        self._owner = {i: at for at, buffer in enumerate(self._buffers) for i in buffer.tensor_ids}
        self.of_operators = _operator_needs(len(graph.ops), self._buffers, self._sizes, pairs)

    def of_region(
        self, begin: int, end: int, inner: Collection[int], scratch_bytes: int, overlaps: Sequence[Overlap]
    ) -> int:
        """What the operators from ``begin`` to before ``end`` need as one without ``inner`` tensors."""
        alive = [
            at
            for at, buffer in enumerate(self._buffers)
            if buffer.tensor_ids
            and buffer.interval.first_op < end
            and buffer.interval.last_op >= begin
            and not set(buffer.tensor_ids) <= set(inner)
        ]
        kept = {*self._graph.outputs, *self._graph.variables}
        shared = []
        for each in overlaps:
            if each.output_id is None:
                continue
            source, output = self._owner[each.input_id], self._owner[each.output_id]
            distance = align_up(each.distance_bytes, OFFSET_ALIGNMENT_BYTES)
            dies = self._buffers[source].interval.last_op < end
            if dies and kept.isdisjoint(self._buffers[source].tensor_ids) and source != output:
                shared.append(Sharing(begin, source, output, distance))
        everything = sum(self._sizes[at] for at in alive) + align_up(scratch_bytes, OFFSET_ALIGNMENT_BYTES)
        return everything - shared_bytes_limit(self._sizes, shared)


def _operator_needs(
    count: int, buffers: Sequence[Buffer], sizes: Sequence[int], pairs: Sequence[Sharing]
) -> list[int]:
    """For each operator the bytes alive while it runs, less what they can share there at best."""
    changes = [0] * (count + 1)
    for buffer, size in zip(buffers, sizes, strict=True):
        changes[buffer.interval.first_op] += size
        changes[buffer.interval.last_op + 1] -= size
    at: dict[int, list[Sharing]] = {}
    for sharing in pairs:
        at.setdefault(sharing.position, []).append(sharing)
    needs, alive = [], 0
    for position in range(count):
        alive += changes[position]
        needs.append(alive - shared_bytes_limit(sizes, at.get(position, ())))
    return needs


def least_arena_bytes(
    graph: Graph, scratch_bytes: Mapping[int, int], alias_ops: Collection[str], overlaps: Overlaps
) -> int:
    """What no plan in this order of operators can go below. Arguments as in ``plan_memory``."""
    return lower_bound_bytes(*_buffers(graph, scratch_bytes, alias_ops, overlaps))


def quick_arena_bytes(
    graph: Graph, scratch_bytes: Mapping[int, int], alias_ops: Collection[str], overlaps: Overlaps
) -> int:
    """About the arena: a plan made with little effort, of the operators that need the more than half.

    Arguments as in ``plan_memory``.
    """
    buffers, sizes, pairs = _buffers(graph, scratch_bytes, alias_ops, overlaps)
    needs = _operator_needs(len(graph.ops), buffers, sizes, pairs)
    bound = max(needs, default=0)
    high = [2 * need > bound for need in needs]
    kept = [
        at
        for at, buffer in enumerate(buffers)
        if any(high[buffer.interval.first_op : buffer.interval.last_op + 1])
    ]
    place = {at: number for number, at in enumerate(kept)}
    shared = [
        replace(pair, source=place[pair.source], output=place[pair.output])
        for pair in pairs
        if pair.source in place and pair.output in place
    ]
    chosen, chosen_sizes = [buffers[at] for at in kept], [sizes[at] for at in kept]
    return arena_bytes(best_offsets(chosen, chosen_sizes, shared, bound, quick=True), chosen_sizes)


def _buffers(
    graph: Graph, scratch_bytes: Mapping[int, int], alias_ops: Collection[str], overlaps: Overlaps
) -> tuple[tuple[Buffer, ...], list[int], tuple[Sharing, ...]]:
    buffers = live_buffers(graph, scratch_bytes, alias_ops)
    sizes = [align_up(buffer.byte_count, OFFSET_ALIGNMENT_BYTES) for buffer in buffers]
    return buffers, sizes, sharings(graph, buffers, overlaps, OFFSET_ALIGNMENT_BYTES)
