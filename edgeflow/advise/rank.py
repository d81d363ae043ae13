"""What each change saves, which keep the limits, and in which order they are offered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edgeflow.advise.change import FIGURES, FLASH, RAM, Change
from edgeflow.artifact import canonical_json
from edgeflow.plan.front import broken_limits
from edgeflow.plan.measure import Measured
from edgeflow.profile.budget import ACCURACY, broken_totals, budget_rows

# Known also of a network that the target does not hold, and what each stands for there.
_PARTS: Mapping[str, str] = {RAM: "arena_bytes", FLASH: "weights_bytes"}


@dataclass(frozen=True, slots=True)
class Advice:
    """A change with its figures; ``saving`` by figure, against the build as it is, where both are known.

    ``broken`` are sentences of the limits that it would still break.
    """

    change: Change
    measured: Measured
    saving: Mapping[str, float]
    broken: tuple[str, ...]

    @property
    def keeps(self) -> bool:
        """True when every limit would be kept."""
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        """The row as advice.json has it."""
        return {
            "settings": dict(self.change.settings),
            "command": self.change.name,
            "needs_training": self.change.needs_training,
            "price": self.change.price,
            "totals": dict(self.measured.totals),
            "saving": dict(self.saving),
            "keeps": self.keeps,
            "broken": list(self.broken),
            "seconds": round(self.measured.seconds, 2),
        }


def broken_figures(now: Measured, budgets: Mapping[str, float | None]) -> tuple[str, ...]:
    """The totals that break a limit; RAM and flash both when the target does not hold the program."""
    if now.profile is None:
        return (RAM, FLASH)
    return broken_totals(
        budget_rows(now.profile, {key: limit for key, limit in budgets.items() if key != ACCURACY})
    )


def left_for_code(now: Measured, budgets: Mapping[str, float | None]) -> int | None:
    """What a broken budget of flash leaves beside the weights; None where it is kept or leaves nothing."""
    limit = budgets.get(FLASH)
    if limit is None or now.profile is None or now.totals[FLASH] <= limit:
        return None
    left = int(limit) - int(now.totals["weights_bytes"])
    return left if left > 0 else None


def advice(change: Change, measured: Measured, now: Measured, budgets: Mapping[str, float | None]) -> Advice:
    """The row of a change."""
    saving = {
        key: now.totals[key] - measured.totals[key]
        for key in (*FIGURES, *_PARTS.values())
        if now.totals.get(key) is not None and measured.totals.get(key) is not None
    }
    return Advice(change, measured, saving, broken_limits(measured, budgets))


def ranked(rows: Sequence[Advice], broken: Collection[str]) -> list[Advice]:
    """The changes that help, in the order offered.

    First those that keep all limits, the least intrusive first and then by what they save; behind them those
    that only save something of a broken figure. Of two with equal figures the less intrusive stays.
    """
    useful: dict[str, Advice] = {}
    for row in sorted(rows, key=lambda row: row.change.effort):
        if row.keeps or saved(row, broken) > 0:
            useful.setdefault(canonical_json(dict(row.measured.totals)), row)
    return sorted(
        useful.values(),
        key=lambda row: (
            not row.keeps,
            row.change.effort if row.keeps else 0,
            -saved(row, broken),
            row.change.name,
        ),
    )


def saved(row: Advice, broken: Collection[str]) -> float:
    """The share that a change takes from the broken figure that it lowers most; below zero: it adds."""
    shares = []
    for figure in broken:
        key = figure if figure in row.saving else _PARTS.get(figure, figure)
        if key in row.saving:
            before = row.saving[key] + row.measured.totals[key]
            shares.append(row.saving[key] / before if before else 0.0)
    return max(shares, default=0.0)
