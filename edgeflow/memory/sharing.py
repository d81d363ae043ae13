"""Which buffers may share memory during the operator where one dies and the other is born."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap, Overlaps
from edgeflow.memory.liveness import Buffer
from edgeflow.memory.plan import align_up


@dataclass(frozen=True, slots=True)
class Sharing:
    """Two buffers by index: ``output`` may overlap ``source`` if it begins ``distance`` bytes before it.

    With ``in_place`` it may also begin exactly where the source does. ``position`` is the place of their
    operator in execution order; the distance is a multiple of the alignment, as all offsets are.
    """

    position: int
    source: int
    output: int
    distance: int
    in_place: bool = False

    @property
    def least(self) -> int:
        """How far before the source the output begins at least, in the same place or nearest to it."""
        return min(self.distance, 0) if self.in_place else self.distance


def sharings(
    graph: Graph, buffers: Sequence[Buffer], overlaps: Overlaps, alignment_bytes: int
) -> tuple[Sharing, ...]:
    """Every pair of buffers that may share memory: one dies during the operator, one is born."""
    return tuple(
        sharing
        for sharing in allowed_sharings(graph, buffers, overlaps, alignment_bytes)
        if buffers[sharing.source].interval.last_op == sharing.position
        and buffers[sharing.output].interval.first_op == sharing.position
    )


def allowed_sharings(
    graph: Graph, buffers: Sequence[Buffer], overlaps: Overlaps, alignment_bytes: int
) -> tuple[Sharing, ...]:
    """Every pair of buffers that could share memory if the operator were the last to use the input."""
    kept = {*graph.outputs, *graph.variables}
    owner: dict[int | None, int] = {
        tensor_id: i for i, buffer in enumerate(buffers) for tensor_id in buffer.tensor_ids
    }
    scratch = {buffer.interval.first_op: i for i, buffer in enumerate(buffers) if not buffer.tensor_ids}
    found = []
    for position, op in enumerate(graph.ops):
        owners = owner | ({None: scratch[position]} if position in scratch else {})
        for (source, output), least, in_place in _pairs(op, owners, overlaps.get(op.index, ())):
            mortal = kept.isdisjoint(buffers[source].tensor_ids)
            distance = align_up(least, alignment_bytes)
            saves = in_place or distance < buffers[output].byte_count
            if mortal and source != output and saves:
                found.append(Sharing(position, source, output, distance, in_place))
    return tuple(found)


def _pairs(
    op: Op, owner: Mapping[int | None, int], overlaps: Sequence[Overlap]
) -> Iterator[tuple[tuple[int, int], int, bool]]:
    """Buffers of an input and an output or the scratch, with what suits all tensors of the input's buffer.

    A variable that the operator updates is no output: it is alive all the time.
    """
    distances = {(each.input_id, each.output_id): each.distance_bytes for each in overlaps}
    in_place = {(each.input_id, each.output_id) for each in overlaps if each.in_place}
    read = {i for i in op.inputs if i is not None and i in owner}
    written = (*op.outputs, *([None] if None in owner else []))  # None: the scratch memory
    for output_id in (i for i in written if any(i == output for _, output in distances)):
        for source in dict.fromkeys(owner[i] for i in sorted(read)):
            names = [i for i in read if owner[i] == source]
            if all((i, output_id) in distances for i in names):
                together = all((i, output_id) in in_place for i in names)
                yield (source, owner[output_id]), max(distances[i, output_id] for i in names), together


def shared_bytes_limit(sizes: Sequence[int], sharings: Sequence[Sharing]) -> int:
    """The most bytes that the buffers of one operator can save by sharing.

    Sources do not overlap each other, and those with a distance of at least t lie in the output's
    bytes from t on: so the sources are counted from the largest distance down, never beyond the room.
    """
    total = 0
    by_output: dict[int, list[Sharing]] = {}
    for sharing in sharings:
        by_output.setdefault(sharing.output, []).append(sharing)
    for output, group in by_output.items():
        shared = 0
        for sharing in sorted(group, key=lambda s: -s.least):
            shared = min(shared + sizes[sharing.source], sizes[output] - max(sharing.least, 0))
        total += shared
    return min(total, sum(sizes[source] for source in {s.source for s in sharings}))


def lower_bound_bytes(
    buffers: Sequence[Buffer], sizes: Sequence[int], sharings: Sequence[Sharing] = ()
) -> int:
    """What no plan in this order of operators can go below.

    At each operator all that is alive needs room, but for what its buffers can share at best. Only
    where a buffer is born can that be a new maximum.
    """
    at: dict[int, list[Sharing]] = {}
    for sharing in sharings:
        at.setdefault(sharing.position, []).append(sharing)
    return max(
        (
            live_bytes(buffers, sizes, position) - shared_bytes_limit(sizes, at.get(position, ()))
            for position in {buffer.interval.first_op for buffer in buffers}
        ),
        default=0,
    )


def live_bytes(buffers: Sequence[Buffer], sizes: Sequence[int], position: int) -> int:
    """The sum of the buffers alive at an operator."""
    return sum(
        size
        for buffer, size in zip(buffers, sizes, strict=True)
        if buffer.interval.first_op <= position <= buffer.interval.last_op
    )
