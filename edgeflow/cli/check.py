"""``edgeflow check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeflow import console
from edgeflow.cli.advice import advise_on, answer_advice, answer_causes, answer_refused
from edgeflow.cli.options import (
    DEFAULT_BUILD_DIR,
    BuildDir,
    CompilerName,
    Json,
    Overrides,
    ProjectFile,
    TargetName,
)
from edgeflow.errors import ADVICE_HINT, UsageError

ACCURACY = "accuracy"

if TYPE_CHECKING:
    from edgeflow.profile.budget import BudgetRow
    from edgeflow.profile.compare import Difference


def check(
    budgets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=AMOUNT]...",
            help="ram=96KiB flash=512KiB latency=100ms energy=2mJ accuracy=0.85; they win over [budget].",
        ),
    ] = None,
    build: Annotated[
        Path | None,
        typer.Option(
            "--build", help="A build's folder, report.json or profile.json; default: the project's."
        ),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Another build, or a file of it, to compare with.")
    ] = None,
    tolerance_percent: Annotated[
        float,
        typer.Option(
            "--tolerance", min=0.0, metavar="PERCENT", help="How much worse than the baseline may be."
        ),
    ] = 0.0,
    advise: Annotated[
        bool,
        typer.Option(
            "--advise", help="Where a limit is broken, build and measure changes that would keep it; cached."
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Changes tried at a time; default: one for each processor."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", help="The model, where the build is of a foreign one.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", help="As of `build`: what --advise builds with.")
    ] = None,
    target: TargetName = None,
    compiler: CompilerName = None,
    project_file: ProjectFile = None,
    overrides: Overrides = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Hold a finished build against budgets and a baseline; exit code 1 when one is broken."""
    import msgspec

    from edgeflow.pipeline import open_build
    from edgeflow.profile.budget import budget_rows, check_budget
    from edgeflow.profile.cause import causes
    from edgeflow.profile.compare import check_regressions, differences
    from edgeflow.profile.finished import read_finished
    from edgeflow.profile.quantity import parse_budget

    asked = dict(parse_budget(text) for text in budgets or ())
    project = open_build(
        project_file=project_file,
        overrides=overrides or (),
        build_dir=build_dir,
        target=target,
        compiler=compiler,
        model=model,
        data=data,
    )
    limits = msgspec.to_builtins(project.project.budget) | asked
    if advise and build:
        raise UsageError(
            "--advise builds changes of a model, not of the files of --build", "leave --build out"
        )
    advised = advise_on(project, limits, jobs) if advise else None
    now = advised.finished if advised else read_finished(build or project.output_dir)
    answer = advised.answer if advised else None
    if now is None:
        answer_refused(answer or {}, project.output_dir, json=json)
    rows = budget_rows(now.profile, limits, accuracy=now.accuracy)
    changes = differences(now, read_finished(baseline), tolerance_percent) if baseline else []
    why = causes(now.profile, now.plan, rows)
    if json:
        console.answer_json(
            {
                "schema": 1,
                "build": str(now.path),
                "budgets": [row.as_json() for row in rows],
                "baseline": str(baseline) if baseline else None,
                "differences": [row.as_json() for row in changes],
                "causes": why,
                "advice": answer,
            }
        )
    else:
        _answer_margins(rows)
        _answer_differences(changes)
        answer_causes(why)
        if answer:
            answer_advice(answer, project.output_dir)
    check_budget(rows, None if answer else ADVICE_HINT)
    check_regressions(changes, tolerance_percent)


def _answer_margins(rows: list[BudgetRow]) -> None:
    console.answer_table(
        ("limit", "value", "of", "margin", "% used", "kept", "kind"),
        [
            (*_shown(r.name, r.value, r.limit, _margin(r)), r.percent, r.ok, r.kind.split(" (")[0])
            for r in rows
        ],
    )


def _margin(row: BudgetRow) -> float | None:
    """What is left, negative where the limit is broken."""
    if row.value is None:
        return None
    return row.value - row.limit if row.name.endswith(ACCURACY) else row.limit - row.value


def _answer_differences(changes: list[Difference]) -> None:
    if not changes:
        return
    console.answer("")
    console.answer_table(
        ("figure", "baseline", "now", "change %", "kept"),
        [(*_shown(c.figure, c.baseline, c.value), c.percent, not c.regressed) for c in changes],
    )


def _shown(name: str, *values: float | None) -> tuple[object, ...]:
    """A row's name and values; accuracies in percent, because the table has one decimal."""
    if not name.endswith(ACCURACY):
        return (name, *values)
    return (f"{name}, %", *(None if value is None else 100 * value for value in values))
