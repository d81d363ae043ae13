"""Memory regions of a device: where an arena that is too large for the first is cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from edgeflow.errors import ADVICE_HINT, BudgetError
from edgeflow.memory.plan import RegionUse

_LONGEST_NAME = 48


def borders_of(regions: Sequence[int], alignment_bytes: int) -> tuple[int, ...]:
    """Where one region ends and the next begins, the last one's end included; aligned as offsets are."""
    return tuple(accumulate(capacity // alignment_bytes * alignment_bytes for capacity in regions))


def packed(
    offsets: Sequence[int], sizes: Sequence[int], regions: Sequence[int], borders: Sequence[int]
) -> tuple[list[int], tuple[RegionUse, ...]]:
    """The offsets without what the regions leave unused at their ends, and the regions that hold buffers."""
    moved = list(offsets)
    uses: list[RegionUse] = []
    start = 0
    for index, (begin, border) in enumerate(pairwise((0, *borders))):
        inside = [i for i, offset in enumerate(offsets) if sizes[i] and begin <= offset < border]
        if not inside:
            continue
        for i in inside:
            moved[i] = offsets[i] - begin + start
        used = max(offsets[i] + sizes[i] for i in inside) - begin
        uses.append(RegionUse(index, regions[index], used))
        start += used
    for i, size in enumerate(sizes):
        if size == 0:
            moved[i] = 0  # no byte of it is ever touched
    return moved, tuple(uses)


def short_name(name: str) -> str:
    """A tensor's name for a sentence: what converters fuse gets names of many lines that end differently."""
    return name if len(name) <= _LONGEST_NAME else f"...{name[-_LONGEST_NAME:]}"


def too_small(
    regions: Sequence[int], need_bytes: int, labels: Sequence[str], alive: Sequence[str], largest: str
) -> BudgetError:
    """The error for an arena that the regions do not hold.

    ``labels`` name where most is alive, ``alive`` the buffers at the first of them, ``largest`` the largest.
    """
    capacities = " and ".join(f"{capacity:,}" for capacity in regions)
    more = f" and {len(labels) - 1} more operators" if len(labels) > 1 else ""
    where = f" at {labels[0]}{more}" if labels else ""
    why = "" if need_bytes > sum(regions) else f", and no buffer may lie in two of them (largest: {largest})"
    return BudgetError(
        f"the arena needs {need_bytes:,} bytes{where} but does not fit memory regions of {capacities} bytes"
        f"{why}",
        f"alive there: {', '.join(alive)}; {ADVICE_HINT}",
    )
