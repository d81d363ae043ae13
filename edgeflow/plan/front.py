"""Which candidates fit, which are on the Pareto front, and in which order they are offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edgeflow.plan.measure import Measured
from edgeflow.plan.priorities import Aim, score
from edgeflow.plan.sweep import Candidate
from edgeflow.profile.budget import ACCURACY, breaches, budget_rows

# A candidate's cost by each aim, from its totals; throughput of one core is the inverse of latency.
_COSTS: Mapping[Aim, str] = {
    "ram": "ram_bytes",
    "flash": "flash_bytes",
    "latency": "latency_us",
    "throughput": "latency_us",
    "energy": "energy_uj",
}
# Before training nothing knows the accuracy; more multiply-accumulates stand for more of it.
CAPACITY: Aim = "accuracy"


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate with its figures. ``broken`` are the limits it breaks; ``score`` is None unless it fits."""

    candidate: Candidate
    parameters: int
    measured: Measured
    broken: tuple[str, ...]
    on_front: bool = False
    score: float | None = None

    @property
    def fits(self) -> bool:
        """True when it keeps the target's memory and every budget."""
        return not self.broken

    def cost(self, aim: Aim) -> float | None:
        """What it costs by an aim (less is better), or None without a figure."""
        totals = self.measured.totals
        if aim == CAPACITY:
            macs = totals.get("macs")
            return 1 / macs if macs else None
        value: float | None = totals.get(_COSTS[aim])
        return value

    def as_json(self) -> dict[str, Any]:
        """The row as plan.json has it."""
        return {
            "name": self.candidate.name,
            "settings": self.candidate.settings,
            "parameters": self.parameters,
            "totals": dict(self.measured.totals),
            "seconds": round(self.measured.seconds, 2),
            "fits": self.fits,
            "broken": list(self.broken),
            "on_front": self.on_front,
            "score": None if self.score is None else round(self.score, 4),
        }


def broken_limits(measured: Measured, budgets: Mapping[str, float | None]) -> tuple[str, ...]:
    """Sentences of what a candidate breaks: its target's memory, or budgets of the ``[budget]`` table.

    A budget of accuracy is left out: a network that is not trained has none.
    """
    if measured.profile is None:
        return (measured.refusal or "",)
    known = {key: limit for key, limit in budgets.items() if key != ACCURACY}
    return tuple(breaches(budget_rows(measured.profile, known)))


def ranked(rows: Sequence[Row], order: Sequence[Aim]) -> list[Row]:
    """The rows with score and front: those that fit first, the best score first, then by name.

    Aims for which a fitting candidate has no figure do not count.
    """
    fitting = [row for row in rows if row.fits]
    known = [aim for aim in order if all(row.cost(aim) is not None for row in fitting)]
    costs = {row.candidate.name: {aim: row.cost(aim) or 0.0 for aim in known} for row in fitting}
    best = {aim: min((cost[aim] for cost in costs.values()), default=0.0) for aim in known}
    front = pareto_front(costs)
    done = []
    for row in rows:
        name = row.candidate.name
        value = score(costs[name], best, known) if row.fits and known else None
        done.append(replace(row, on_front=name in front, score=value))
    return sorted(done, key=lambda row: (not row.fits, row.score or 0.0, row.candidate.name))


def pareto_front(costs: Mapping[str, Mapping[Aim, float]]) -> set[str]:
    """Names of the candidates that no other one beats in one aim without losing in another."""
    return {
        name
        for name, own in costs.items()
        if not any(_dominates(other, own) for rival, other in costs.items() if rival != name)
    }


def _dominates(a: Mapping[Aim, float], b: Mapping[Aim, float]) -> bool:
    return all(a[aim] <= b[aim] for aim in b) and any(a[aim] < b[aim] for aim in b)
