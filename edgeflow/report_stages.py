"""The report of a build as a stage: it only reads what the others found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from edgeflow import __version__
from edgeflow.artifact import read_json
from edgeflow.check_stages import CHECK_STAGES
from edgeflow.device_stages import CODE_STAGES
from edgeflow.model_stages import MODEL_STAGES
from edgeflow.pipeline import Build, Stage, Work, tool_version

# Parts of a report and the stage and file each comes from.
_REPORT_PARTS = {
    "dataset": ("data", "dataset.json"),
    "preprocessing": ("data", "preprocessing.json"),
    "audit": ("data", "audit.json"),
    "history": ("train", "history.json"),
    "quantization": ("quantize", "quantization.csv"),
    "evaluation": ("evaluate", "evaluation.json"),
    "agreement": ("agreement", "agreement.json"),
    "memory_plan": ("codegen", "memory_plan.json"),
    "parity": ("parity", "parity.json"),
    "profile": ("profile", "profile.json"),
}


def _report_files(results: Mapping[str, Path]) -> dict[str, Path]:
    """The files that this build has: data of real values have no audit, for example."""
    paths = {part: results[s] / name for part, (s, name) in _REPORT_PARTS.items() if s in results}
    return {part: path for part, path in paths.items() if path.is_file()}


def _make_report(work: Work) -> None:
    from edgeflow.profile.budget import budget_rows
    from edgeflow.profile.cause import causes
    from edgeflow.profile.finished import int8_accuracy
    from edgeflow.report.stage import run

    project, results = work.build.project, work.results
    accuracy = None
    if "evaluate" in results:
        accuracy = int8_accuracy(read_json(results["evaluate"] / "evaluation.json"))
    profile = read_json(results["profile"] / "profile.json")
    rows = budget_rows(profile, msgspec.to_builtins(project.budget), accuracy=accuracy)
    training = None
    if "train" in results:
        from edgeflow.train.energy import footprint

        training = footprint(read_json(results["train"] / "training_energy.json"), project.energy)
    run(
        work.output_dir,
        build=_report_files(results),
        project=project.project.name,
        target=work.build.target,
        budgets=[row.as_json() for row in rows],
        training_energy=training,
        priorities=project.priorities.order,
        versions=versions(),
        causes=causes(profile, read_json(results["codegen"] / "memory_plan.json"), rows),
    )


def versions() -> dict[str, str]:
    """Versions of edgeflow and of every tool that had a part in a build."""
    names = {
        name for stage in (*MODEL_STAGES, *CODE_STAGES, *CHECK_STAGES, *REPORT_STAGES) for name in stage.tools
    }
    found = {name: tool_version(name) for name in sorted(names)}
    return {"edgeflow": __version__, **{name: v for name, v in found.items() if v != "absent"}}


def _report_parameters(build: Build) -> object:
    project = build.project
    tables = [
        msgspec.to_builtins(table)
        for table in (project.budget, project.energy, project.priorities, build.target)
    ]
    return [*tables, versions()]


REPORT_STAGES: tuple[Stage, ...] = (
    Stage(
        "report",
        tuple(dict.fromkeys(stage for stage, _ in _REPORT_PARTS.values())),
        ("report", "profile", "target"),
        ("jinja2",),
        _report_parameters,
        _make_report,
    ),
)
