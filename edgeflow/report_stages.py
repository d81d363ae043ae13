"""The report of a build as a stage: it only reads what the others found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from edgeflow import __version__
from edgeflow.artifact import read_json, sha256_file, sha256_tree
from edgeflow.check_stages import CHECK_STAGES
from edgeflow.device_stages import CODE_STAGES, model_file
from edgeflow.importers.fingerprint import model_sha256
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
    "worst": ("evaluate", "worst.json"),
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
    from edgeflow.report.card import Maker
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
        provenance=_provenance(work),
        around=_around(work.build),
        maker=Maker(**_maker(work.build)),
        causes=causes(profile, read_json(results["codegen"] / "memory_plan.json"), rows),
    )


# What a build is made of, and of which stage the file is.
_SOURCES = (
    ("import", "import.json", "import: what was converted, by which tools"),
    ("data", "pictures.csv", "data: names, parts and SHA-256 of each"),
    ("train", "model.keras", "trained model"),
    ("quantize", "model_float.tflite", "float model"),
)


def _provenance(work: Work) -> dict[str, Any]:
    """Hashes of what the build was made of, without a date."""
    build, results = work.build, work.results
    rows = [
        {"what": what, "file": name, "sha256": sha256_file(results[stage] / name)}
        for stage, name, what in _SOURCES
        if stage in results and (results[stage] / name).is_file()
    ]
    if build.model is not None:
        given = {"what": "model given", "file": build.model.name, "sha256": model_sha256(build.model)}
        rows.insert(0, given)
    model = model_file(build, results)
    rows.append({"what": "int8 model", "file": model.name, "sha256": sha256_file(model)})
    rows.append({"what": "generated C", "file": "c/", "sha256": sha256_tree(results["codegen"] / "c")})
    if "firmware" in results:
        image = read_json(results["firmware"] / "build.json")["elf"]
        found = sha256_file(results["firmware"] / image)
        rows.append({"what": "image for the target", "file": Path(image).name, "sha256": found})
    return {"seed": build.project.project.seed, "files": rows}


def versions() -> dict[str, str]:
    """Versions of edgeflow and of every tool that had a part in a build."""
    names = {
        name for stage in (*MODEL_STAGES, *CODE_STAGES, *CHECK_STAGES, *REPORT_STAGES) for name in stage.tools
    }
    found = {name: tool_version(name) for name in sorted(names)}
    return {"edgeflow": __version__, **{name: v for name, v in found.items() if v != "absent"}}


def _maker(build: Build) -> dict[str, str]:
    """What ``[export]`` says that no build can find out."""
    said = build.project.export
    return {
        "license": said.license,
        "author": said.author,
        "description": said.description,
        "intended_use": said.intended_use,
        "limits": said.limits,
    }


def _around(build: Build) -> dict[str, Any]:
    from edgeflow.report.surroundings import surroundings

    return surroundings(build.output_dir)


def _report_parameters(build: Build) -> object:
    project = build.project
    tables = [
        msgspec.to_builtins(table)
        for table in (project.budget, project.energy, project.priorities, build.target)
    ]
    around = _around(build)
    return [
        *tables,
        around,
        _maker(build),
        project.project.seed,
        build.model.name if build.model else None,
        versions(),
    ]


REPORT_STAGES: tuple[Stage, ...] = (
    Stage(
        "report",
        tuple(dict.fromkeys(stage for stage, _ in _REPORT_PARTS.values())),
        ("report", "profile", "target", "memory"),
        ("jinja2", "matplotlib"),
        _report_parameters,
        _make_report,
    ),
)
