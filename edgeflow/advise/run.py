"""The whole advice: measure the build as it is, then every change, and write what they save."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgeflow.advise.change import (
    Change,
    device_changes,
    edge_changes,
    network_changes,
    together,
    with_settings,
)
from edgeflow.advise.rank import Advice, advice, broken_figures, left_for_code, ranked, saved
from edgeflow.artifact import read_json, write_json
from edgeflow.device_stages import require_image
from edgeflow.pipeline import Build, run_stages
from edgeflow.plan.front import broken_limits
from edgeflow.plan.measure import SKIPPED, Measured, measure, measure_all
from edgeflow.plan.run import MODEL, sketched
from edgeflow.plan.sweep import Candidate
from edgeflow.profile.finished import Finished, int8_accuracy
from edgeflow.stages import chain
from edgeflow.train.pictures import read_class_names

SCHEMA = 1
# Of the changes that save most, how many are tried two by two when none is enough.
_MOST_COMBINED = 4
Progress = Callable[[str], None]
Limits = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``answer`` is the content of advice.json; ``finished`` the build as it is, None if it does not fit."""

    answer: dict[str, Any]
    finished: Finished | None


def run(build: Build, budgets: Limits, *, jobs: int, progress: Progress) -> Outcome:
    """Measure a build and, if it breaks limits, changes of it; write ``advice.json`` beside its results.

    Raises:
        TargetError: no image can be built for the target.
        ToolError: TensorFlow, a compiler or an emulator is missing.
    """
    require_image(build)
    class_count = 0
    if build.model is None:
        results = run_stages(build, chain(build, last="quantize"), progress, publish=False)
        class_count = len(read_class_names(results["data"]))
    now = measure(build)
    broken = broken_figures(now, budgets)
    rows = _Trial(build, budgets, class_count, now, jobs, progress).rows(broken) if broken else []
    answer = {
        "schema": SCHEMA,
        "target": build.target.name,
        "model": str(build.model) if build.model else None,
        "now": dict(now.totals),
        "broken": list(broken_limits(now, budgets)),
        "figures": list(broken),
        "changes": [row.as_json() for row in rows],
    }
    write_json(build.output_dir / "advice.json", answer)
    return Outcome(answer, _finished(build) if now.profile else None)


def _finished(build: Build) -> Finished:
    """What the cache holds of a build that was measured."""
    results = run_stages(build, chain(build, last="profile", without=SKIPPED), _silent, publish=False)
    accuracy = None
    if "evaluate" in results:
        accuracy = int8_accuracy(read_json(results["evaluate"] / "evaluation.json"))
    file = results["profile"] / "profile.json"
    return Finished(file, read_json(file), accuracy, read_json(results["codegen"] / "memory_plan.json"))


def _silent(_text: str) -> None:
    return None


class _Trial:
    def __init__(
        self, build: Build, budgets: Limits, class_count: int, now: Measured, jobs: int, progress: Progress
    ) -> None:
        self.build = build
        self.budgets = budgets
        self.class_count = class_count
        self.now = now
        self.jobs = jobs
        self.progress = progress

    def rows(self, broken: Sequence[str]) -> list[Advice]:
        """All useful changes in the order offered; combinations where no single one is enough."""
        changes = device_changes(self.build, broken, left_for_code(self.now, self.budgets))
        if self.build.model is None:
            changes += network_changes(self.build, self.class_count)
        changes += edge_changes(self.build)
        found = self._measured(changes)
        if not any(row.keeps for row in found):
            found += self._measured(self._pairs(found, broken))
        return ranked(found, broken)

    def _pairs(self, rows: Sequence[Advice], broken: Sequence[str]) -> list[Change]:
        """The changes that save most, two by two where they set different keys."""
        best = sorted(rows, key=lambda row: -saved(row, broken))
        useful = [row.change for row in best if saved(row, broken) > 0][:_MOST_COMBINED]
        return [
            together(self.build, self.class_count, pair)
            for pair in itertools.combinations(useful, 2)
            if not set(pair[0].settings) & set(pair[1].settings)
        ]

    def _measured(self, changes: Sequence[Change]) -> list[Advice]:
        drawn = self._drawn([change for change in changes if change.sketch])
        builds = {change.name: self._build(change, drawn) for change in changes}
        done = itertools.count(1)

        def report(name: str, measured: Measured) -> None:
            self.progress(f"[{next(done)}/{len(builds)}] {name} ({measured.seconds:.1f} s)")

        measured = measure_all(builds, self.jobs, report) if builds else {}
        return [advice(change, measured[change.name], self.now, self.budgets) for change in changes]

    def _drawn(self, changes: Sequence[Change]) -> dict[str, Path]:
        several = [Candidate(each.name, each.sketch, {}) for each in changes if each.sketch]
        return sketched(self.build, several, self.jobs, self.progress) if several else {}

    def _build(self, change: Change, drawn: Mapping[str, Path]) -> Build:
        """The same build with the change: of the same model, or of one that was drawn in its place."""
        changed = with_settings(self.build, change.settings)
        return replace(changed, model=drawn[change.name] / MODEL) if change.sketch else changed
