"""Turns that are alike but for evenly growing offsets, as one row of the generated tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgeflow.codegen.stripes.region import Region, StageTurn


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive turns of a region, by the first one and their number."""

    first: int
    count: int


def runs_of(region: Region) -> tuple[Run, ...]:
    """The turns cut into runs, each as long as possible."""
    runs: list[Run] = []
    first = 0
    while first < region.turn_count:
        end = first + 1
        while end < region.turn_count and all(_continues(s.turns, first, end) for s in region.stages):
            end += 1
        runs.append(Run(first, end - first))
        first = end
    return tuple(runs)


def _continues(turns: Sequence[StageTurn], first: int, turn: int) -> bool:
    """Whether a turn does as the first one of its run, at offsets that grow evenly."""
    a, b, before = turns[first], turns[turn], turns[turn - 1]
    alike = (a.call, a.carried_from, a.carried_bytes) == (b.call, b.carried_from, b.carried_bytes)
    if not alike or a.offsets.keys() != b.offsets.keys():
        return False
    steps = step_bytes(turns, first)
    return min(steps.values()) >= 0 and all(b.offsets[i] - before.offsets[i] == steps[i] for i in a.offsets)


def step_bytes(turns: Sequence[StageTurn], first: int) -> dict[int, int]:
    """By how much each offset grows from a turn to the next."""
    if first + 1 >= len(turns) or turns[first].offsets.keys() != turns[first + 1].offsets.keys():
        return dict.fromkeys(turns[first].offsets, 0)
    after = turns[first + 1].offsets
    return {i: after[i] - offset for i, offset in turns[first].offsets.items()}
