"""Offsets for buffers of which some may not overlap: greedy best fit in several orders, with repair.

What that leaves of a gap above the lower bound, small graphs try to close by search.

Placing buffers of known lifetime in one arena is dynamic storage allocation, which is NP-hard
(Garey and Johnson, problem SR2), but with all lifetimes known a greedy placement by size reaches
the lower bound on most networks (Pisarchyk and Lee, arXiv 2001.03288). MobileNetV1 0.25 at 96x96 is
one that it misses by 17 %: there an order by area finds the bound, and on a FOMO detector only the
repair of an order does.

What a placed buffer takes away from another is an open interval of offsets: all at which the two
would touch each other's bytes or, where they may share, all that are too near. The border between two
memory regions takes an interval from each buffer alike: all offsets at which it would lie in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edgeflow.memory.exhaustive import smaller_offsets
from edgeflow.memory.liveness import Buffer
from edgeflow.memory.sharing import Sharing

# When the neighbour lies at offset o, the offsets between o - below and o + above are forbidden.
Limit = tuple[int, int, int]

# Rounds of moving the buffers that end highest to the front of an order, and the number of pairs of
# buffers that all rounds together may look at, so that a graph of many operators is planned in seconds.
_REPAIR_ROUNDS = 64
_QUICK_ROUNDS = 2
_PAIRS = 20_000_000


def best_offsets(
    buffers: Sequence[Buffer],
    sizes: Sequence[int],
    sharings: Sequence[Sharing],
    bound: int,
    borders: Sequence[int] = (),
    *,
    quick: bool = False,
) -> list[int]:
    """The offsets of the best order tried; stops as soon as the lower bound is reached.

    No buffer lies across one of ``borders``. ``quick`` tries little, to compare many graphs.
    """
    across = [[(border - size, border) for border in borders] for size in sizes]
    limits = pair_limits(buffers, sizes, sharings)
    pairs = sum(map(len, limits)) or 1
    most_rounds = _QUICK_ROUNDS if quick else _REPAIR_ROUNDS
    rounds = max(1, min(most_rounds, _PAIRS // (pairs * len(_ORDERS) * len(_CHOICES))))
    best: list[int] = []
    for key in _ORDERS:
        order = sorted(range(len(buffers)), key=lambda i: (*key(buffers[i], sizes[i]), i))
        for choice in _CHOICES:
            best = _better(best, _repaired(order, sizes, limits, across, choice, rounds, bound), sizes)
            if arena_bytes(best, sizes) <= bound:
                return best
    if quick:
        return best
    best = smaller_offsets(sizes, limits, across, bound, arena_bytes(best, sizes)) or best
    if sharings:  # sharing may mislead: never need more than without it
        best = _better(best, best_offsets(buffers, sizes, (), bound, borders), sizes)
    return best


def arena_bytes(offsets: Sequence[int], sizes: Sequence[int]) -> int:
    """Where the highest buffer ends."""
    return max((offset + size for offset, size in zip(offsets, sizes, strict=True)), default=0)


def pair_limits(
    buffers: Sequence[Buffer], sizes: Sequence[int], sharings: Sequence[Sharing]
) -> list[list[Limit]]:
    """For each buffer what the others alive during one of its operators forbid it."""
    distance = {(s.source, s.output): s.distance for s in sharings}
    in_place = {(s.source, s.output) for s in sharings if s.in_place}
    limits: list[list[Limit]] = [[] for _ in buffers]
    for i, buffer in enumerate(buffers):
        for j, other in enumerate(buffers):
            if i == j or not buffer.interval.overlaps(other.interval):
                continue
            below, above = sizes[i], sizes[j]
            if (j, i) in distance:  # i is written where j is read: at least that far below it
                below = distance[j, i]
            elif (i, j) in distance:
                above = distance[i, j]
            if (i, j) in in_place or (j, i) in in_place:  # the other's own offset stays free
                limits[i] += [(j, each[0], each[1]) for each in ((below, 0), (0, above)) if sum(each) > 0]
            elif below + above > 0:
                limits[i].append((j, below, above))
    return limits


def _repaired(
    order: list[int],
    sizes: Sequence[int],
    limits: Sequence[Sequence[Limit]],
    across: Sequence[Sequence[tuple[int, int]]],
    choice: Choice,
    rounds: int,
    bound: int,
) -> list[int]:
    """Place in that order, then again and again with the buffers that end highest placed first.

    What sticks out at the top was placed too late to find a low gap. Rounds are few and the
    order of each follows from the one before, so that the result is deterministic.
    """
    best: list[int] = []
    for _ in range(rounds):
        offsets = _placed(order, limits, across, choice)
        best = _better(best, offsets, sizes)
        arena = arena_bytes(offsets, sizes)
        if arena <= bound:
            break
        top = {i for i in order if offsets[i] + sizes[i] == arena}
        moved = [i for i in order if i in top] + [i for i in order if i not in top]
        if moved == order:
            break
        order = moved
    return best


def _placed(
    order: Sequence[int],
    limits: Sequence[Sequence[Limit]],
    across: Sequence[Sequence[tuple[int, int]]],
    choice: Choice,
) -> list[int]:
    offsets = [-1] * len(order)
    for index in order:
        forbidden = [
            (offsets[j] - low, offsets[j] + high) for j, low, high in limits[index] if offsets[j] >= 0
        ]
        offsets[index] = choice(free_ranges([*forbidden, *across[index]]))
    return offsets


def free_ranges(forbidden: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges of offsets, both ends included, outside all open intervals; the last has no end (-1)."""
    ranges, end = [], 0
    for start, stop in sorted(forbidden):
        if stop <= end:
            continue
        if start >= end:
            ranges.append((end, start))
        end = stop
    return [*ranges, (end, -1)]


# From free ranges to an offset.
Choice = Callable[[list[tuple[int, int]]], int]


def _lowest(ranges: list[tuple[int, int]]) -> int:
    return ranges[0][0]


def tightest(ranges: list[tuple[int, int]]) -> int:
    """The begin of the range with the least room to spare, of equal ones the lowest."""
    return min(ranges[:-1], key=lambda r: r[1] - r[0], default=ranges[-1])[0]


def _tightest_end(ranges: list[tuple[int, int]]) -> int:
    """The end of that range: an output close below its input."""
    best = min(ranges[:-1], key=lambda r: r[1] - r[0], default=None)
    return ranges[-1][0] if best is None else best[1]


_CHOICES: tuple[Choice, ...] = (tightest, _lowest, _tightest_end)


def _better(best: list[int], offsets: list[int], sizes: Sequence[int]) -> list[int]:
    """The smaller plan; on a tie the earlier one."""
    if not best or arena_bytes(offsets, sizes) < arena_bytes(best, sizes):
        return offsets
    return best


def _length(buffer: Buffer) -> int:
    return buffer.interval.last_op - buffer.interval.first_op + 1


# What to place first; the index of the buffer breaks ties. The last places outputs before the inputs
# that may lie above them.
_ORDERS: tuple[Callable[[Buffer, int], tuple[int, ...]], ...] = (
    lambda buffer, size: (-size, buffer.interval.first_op),
    lambda buffer, size: (-size * _length(buffer), buffer.interval.first_op),
    lambda buffer, size: (-_length(buffer), -size),
    lambda buffer, size: (buffer.interval.first_op, -size),
    lambda buffer, size: (-buffer.interval.last_op, -size),
    lambda buffer, size: (-buffer.interval.first_op, -size),
)
