"""Offsets for few buffers by trying orders: what greedy placement misses on small graphs."""

from __future__ import annotations

from collections.abc import Sequence

# Placements tried in all, and the most buffers worth the trial: about a tenth of a second.
_TRIALS = 10_000
_MOST_BUFFERS = 24


def smaller_offsets(
    sizes: Sequence[int],
    limits: Sequence[Sequence[tuple[int, int, int]]],
    across: Sequence[Sequence[tuple[int, int]]],
    bound: int,
    arena: int,
) -> list[int] | None:
    """Offsets of an arena smaller than ``arena``, or None when none was found.

    ``limits`` are what buffers forbid each other, ``across`` the open intervals forbidden to each anyway.

    Buffers are placed from the bottom up, each as low as those below it allow, in every order. One of
    these orders is optimal where no distance is negative: sort the buffers of an optimal plan by
    offset, push them down one after another, and none rises.
    """
    if len(sizes) > _MOST_BUFFERS:
        return None
    search = _Search(sizes, limits, across, bound, arena)
    search.place(0)
    return search.found


class _Search:
    """Depth first over orders; ``found`` is the best plan and ``arena`` what it needs."""

    def __init__(
        self,
        sizes: Sequence[int],
        limits: Sequence[Sequence[tuple[int, int, int]]],
        across: Sequence[Sequence[tuple[int, int]]],
        bound: int,
        arena: int,
    ) -> None:
        self.sizes = sizes
        self.limits = limits
        self.across = across
        self.bound = bound
        self.arena = arena
        self.trials = _TRIALS
        self.offsets = [-1] * len(sizes)
        self.found: list[int] | None = None

    def place(self, lowest: int) -> None:
        """Try every remaining buffer as the next one up, at ``lowest`` or above."""
        places = [(self._offset(i, lowest), -self.sizes[i], i) for i, at in enumerate(self.offsets) if at < 0]
        if not places:
            ends = (offset + size for offset, size in zip(self.offsets, self.sizes, strict=True))
            self.arena, self.found = max(ends, default=0), list(self.offsets)
            return
        if any(offset - negative >= self.arena for offset, negative, _ in places):
            return  # what is too high already only rises
        for offset, _, i in sorted(places):
            self.trials -= 1
            if self.trials < 0 or self.arena <= self.bound:
                return
            self.offsets[i] = offset
            self.place(offset)
            self.offsets[i] = -1

    def _offset(self, index: int, lowest: int) -> int:
        """The lowest offset, not below ``lowest``, that the buffers placed so far allow."""
        offset = lowest
        forbidden = [
            (self.offsets[j] - below, self.offsets[j] + above)
            for j, below, above in self.limits[index]
            if self.offsets[j] >= 0
        ]
        for start, stop in sorted([*forbidden, *self.across[index]]):
            if start < offset < stop:
                offset = stop
        return offset
