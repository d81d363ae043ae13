"""Two builds side by side: what has grown, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgeflow.errors import BudgetError, BuildError
from edgeflow.profile.finished import Finished

# Totals of profile.json of which less is better.
COMPARED = (
    "flash_bytes",
    "code_bytes",
    "weights_bytes",
    "ram_bytes",
    "arena_bytes",
    "static_bytes",
    "stack_bytes",
    "instructions",
    "cycles",
    "latency_us",
    "energy_uj",
)
ACCURACY = "accuracy"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both builds. ``percent`` is the change; None where the baseline has no figure or 0.

    ``regressed``: worse than the baseline by more than the tolerance, or gone while the baseline has it.
    """

    figure: str
    baseline: float | None
    value: float | None
    percent: float | None
    regressed: bool

    def as_json(self) -> dict[str, Any]:
        """The row as `edgeflow check --json` prints it."""
        return asdict(self)


def differences(now: Finished, baseline: Finished, tolerance_percent: float) -> list[Difference]:
    """Every figure that one of the builds has.

    Fewer bytes, instructions, microseconds are better, and more accuracy; ``tolerance_percent`` is of the
    baseline's figure. Raises BuildError when the builds are for different targets.
    """
    targets = baseline.profile["target"], now.profile["target"]
    if targets[0] != targets[1]:
        raise BuildError(
            f"the baseline `{baseline.path}` is for {targets[0]}, this build for {targets[1]}",
            "compare builds for one target",
        )
    rows = []
    for figure in (*COMPARED, ACCURACY):
        before, after = _figure(baseline, figure), _figure(now, figure)
        if before is None and after is None:
            continue
        rows.append(Difference(figure, before, after, *_change(figure, before, after, tolerance_percent)))
    return rows


def check_regressions(rows: Sequence[Difference], tolerance_percent: float) -> None:
    """Raise BudgetError that names every figure that got worse than the tolerance allows."""
    worse = [_sentence(row) for row in rows if row.regressed]
    if worse:
        raise BudgetError(
            f"worse than the baseline by more than {tolerance_percent:g} %: {'; '.join(worse)}",
            "make the change smaller, raise --tolerance, or keep this build as the new baseline",
        )


def _figure(build: Finished, figure: str) -> float | None:
    value: float | None = build.accuracy if figure == ACCURACY else build.profile["totals"].get(figure)
    return value


def _change(
    figure: str, before: float | None, after: float | None, tolerance_percent: float
) -> tuple[float | None, bool]:
    if before is None:
        return None, False
    if after is None:
        return None, True
    worse = before - after if figure == ACCURACY else after - before
    percent = 100 * (after - before) / before if before else None
    return percent, worse * 100 > tolerance_percent * abs(before)


def _sentence(row: Difference) -> str:
    if row.value is None:
        return f"{row.figure} has no figure any more"
    return f"{row.figure} {row.baseline:,.6g} -> {row.value:,.6g}"
