"""Arena offsets by greedy best fit in several orders; a pure function of the graph.

Placing buffers of known lifetime in one arena is dynamic storage allocation, which is NP-hard
(Garey and Johnson, problem SR2), but with all lifetimes known a greedy placement by size reaches
the lower bound on most networks (Pisarchyk and Lee, arXiv 2001.03288). MobileNetV1 0.25 at 96x96 is
one that it misses by 17 %: there an order by area finds the bound, and on a FOMO detector only the
repair of an order does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from edgeflow.ir.graph import DTYPE_BYTES, Graph
from edgeflow.memory.liveness import Buffer, live_buffers, tensor_intervals
from edgeflow.memory.plan import MemoryPlan, Placement, align_up

# The arena's base is aligned to 16 (`<MODEL>_ARENA_ALIGNMENT`), offsets inside it to 4 only: the
# plain kernels need no more than their element's size, int32 scratch and float32 tensors need 4,
# and every byte of padding between buffers is RAM of the product. On seven of 23 real networks
# offsets of 16 cost 4 to 24 bytes more; offsets of 1 would save 4 bytes on one.
ARENA_ALIGNMENT_BYTES = 16
OFFSET_ALIGNMENT_BYTES = 4

# Rounds of moving the buffers that end highest to the front of the order.
_REPAIR_ROUNDS = 64


def plan_memory(
    graph: Graph,
    scratch_bytes: Mapping[int, int],
    alias_ops: Collection[str] = ("RESHAPE",),
    alignment_bytes: int = OFFSET_ALIGNMENT_BYTES,
) -> MemoryPlan:
    """Place every activation and scratch buffer; constants stay in flash.

    Args:
        graph: the graph in execution order.
        scratch_bytes: scratch need in bytes by ``Op.index``; absent or 0 for none.
        alias_ops: operator kinds whose output is their first input under another shape.
        alignment_bytes: alignment of offsets; raised to the largest element in the arena.

    Raises:
        InternalError: the graph reads a tensor that nothing has written.
    """
    buffers = live_buffers(graph, scratch_bytes, alias_ops)
    alignment = max([alignment_bytes, *_element_bytes(graph, buffers)])
    sizes = [align_up(buffer.byte_count, alignment) for buffer in buffers]
    bound = lower_bound_bytes(buffers, sizes)
    offsets = best_offsets(buffers, sizes, bound)
    return MemoryPlan(
        arena_bytes=_arena_bytes(offsets, sizes),
        lower_bound_bytes=bound,
        alignment_bytes=alignment,
        placements=_placements(graph, buffers, offsets, scratch_bytes),
    )


def _element_bytes(graph: Graph, buffers: Sequence[Buffer]) -> list[int]:
    return [DTYPE_BYTES[graph.tensors[i].dtype] for buffer in buffers for i in buffer.tensor_ids]


def lower_bound_bytes(buffers: Sequence[Buffer], sizes: Sequence[int]) -> int:
    """The largest sum of sizes alive at one operator; it rises only where a buffer is born."""
    births = {buffer.interval.first_op for buffer in buffers}
    return max((_live_bytes(buffers, sizes, position) for position in births), default=0)


def _live_bytes(buffers: Sequence[Buffer], sizes: Sequence[int], position: int) -> int:
    return sum(
        size
        for buffer, size in zip(buffers, sizes, strict=True)
        if buffer.interval.first_op <= position <= buffer.interval.last_op
    )


def best_offsets(buffers: Sequence[Buffer], sizes: Sequence[int], bound: int) -> list[int]:
    """The offsets of the best order tried; stops as soon as the lower bound is reached."""
    neighbours = _neighbours(buffers)
    best: list[int] = []
    for key in _ORDERS:
        order = sorted(range(len(buffers)), key=lambda i: (*key(buffers[i], sizes[i]), i))
        best = _better(best, _repaired(order, sizes, neighbours, bound), sizes)
        if _arena_bytes(best, sizes) <= bound:
            break
    return best


def _repaired(
    order: list[int], sizes: Sequence[int], neighbours: Sequence[Sequence[int]], bound: int
) -> list[int]:
    """Place in that order, then again and again with the buffers that end highest placed first.

    What sticks out at the top was placed too late to find a low gap. Rounds are few and the
    order of each follows from the one before, so that the result is deterministic.
    """
    best: list[int] = []
    for _ in range(_REPAIR_ROUNDS):
        offsets = _best_fit(order, sizes, neighbours)
        best = _better(best, offsets, sizes)
        arena = _arena_bytes(offsets, sizes)
        if arena <= bound:
            break
        top = {i for i in order if offsets[i] + sizes[i] == arena}
        moved = [i for i in order if i in top] + [i for i in order if i not in top]
        if moved == order:
            break
        order = moved
    return best


def _best_fit(order: Sequence[int], sizes: Sequence[int], neighbours: Sequence[Sequence[int]]) -> list[int]:
    """Put each buffer in the smallest gap that holds it, else behind all it must not touch."""
    offsets = [-1] * len(order)
    for index in order:
        taken = sorted((offsets[n], offsets[n] + sizes[n]) for n in neighbours[index] if offsets[n] >= 0)
        offsets[index] = _smallest_gap(taken, sizes[index])
    return offsets


def _smallest_gap(taken: Sequence[tuple[int, int]], size: int) -> int:
    best_gap, best_offset, end = 0, -1, 0
    for start, stop in taken:
        gap = start - end
        if gap >= size and (best_offset < 0 or gap < best_gap):
            best_gap, best_offset = gap, end
        end = max(end, stop)
    return end if best_offset < 0 else best_offset


def _neighbours(buffers: Sequence[Buffer]) -> list[list[int]]:
    """For each buffer the others alive during one of its operators."""
    return [
        [j for j, other in enumerate(buffers) if j != i and buffer.interval.overlaps(other.interval)]
        for i, buffer in enumerate(buffers)
    ]


def _arena_bytes(offsets: Sequence[int], sizes: Sequence[int]) -> int:
    return max((offset + size for offset, size in zip(offsets, sizes, strict=True)), default=0)


def _better(best: list[int], offsets: list[int], sizes: Sequence[int]) -> list[int]:
    """The smaller plan; on a tie the earlier one."""
    if not best or _arena_bytes(offsets, sizes) < _arena_bytes(best, sizes):
        return offsets
    return best


def _length(buffer: Buffer) -> int:
    return buffer.interval.last_op - buffer.interval.first_op + 1


# What to place first; the index of the buffer breaks ties.
_ORDERS: tuple[Callable[[Buffer, int], tuple[int, ...]], ...] = (
    lambda buffer, size: (-size, buffer.interval.first_op),
    lambda buffer, size: (-size * _length(buffer), buffer.interval.first_op),
    lambda buffer, size: (-_length(buffer), -size),
    lambda buffer, size: (buffer.interval.first_op, -size),
    lambda buffer, size: (-buffer.interval.last_op, -size),
)


def _placements(
    graph: Graph, buffers: Sequence[Buffer], offsets: Sequence[int], scratch_bytes: Mapping[int, int]
) -> tuple[Placement, ...]:
    """One placement per tensor (joined tensors share the offset) and per scratch buffer."""
    intervals = tensor_intervals(graph)
    placements = []
    for buffer, offset in zip(buffers, offsets, strict=True):
        for tensor_id in buffer.tensor_ids:
            tensor, interval = graph.tensors[tensor_id], intervals[tensor_id]
            placements.append(
                Placement(
                    tensor_id=tensor_id,
                    name=tensor.name,
                    role="tensor",
                    offset_bytes=offset,
                    byte_count=tensor.byte_count,
                    first_op=interval.first_op,
                    last_op=interval.last_op,
                )
            )
        if not buffer.tensor_ids:
            position = buffer.interval.first_op
            op = graph.ops[position]
            placements.append(
                Placement(
                    tensor_id=None,
                    name=f"scratch of {graph.label(op)}",
                    role="scratch",
                    offset_bytes=offset,
                    byte_count=scratch_bytes[op.index],
                    first_op=position,
                    last_op=position,
                )
            )
    return tuple(sorted(placements, key=lambda p: (p.first_op, p.role != "tensor", p.tensor_id or 0)))
