"""The chain of a build: which stages it has, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgeflow.artifact import read_json
from edgeflow.check_stages import CHECK_STAGES
from edgeflow.device_stages import CODE_STAGES
from edgeflow.errors import ModelError, ProjectError, UsageError
from edgeflow.export_stages import EXPORT_STAGES
from edgeflow.model_stages import MODEL_STAGES, is_imported
from edgeflow.pipeline import Build, Stage
from edgeflow.report_stages import REPORT_STAGES

DEVICE_STAGES = (*CODE_STAGES, *CHECK_STAGES, *REPORT_STAGES)


def chain(
    build: Build, *, first: str | None = None, last: str | None = None, without: Sequence[str] = ()
) -> tuple[Stage, ...]:
    """The stages of a build up to ``last``; an int8 model enters at code generation.

    ``without`` leaves out stages that nothing later in the chain needs.

    Raises UsageError when ``first`` or ``last`` is no stage of this build, or in the wrong order, and
    ModelError for a foreign float model that would be quantized without data.
    """
    stages = _model_stages(build) + _device_stages(build)
    names = [stage.name for stage in stages]
    for name in (first, last):
        if name is not None and name not in names:
            raise UsageError(f"this build has no stage `{name}`", f"stages: {', '.join(names)}")
    chosen = stages[: names.index(last) + 1] if last else stages
    if first is not None and first not in [stage.name for stage in chosen]:
        raise UsageError(f"--from {first} comes after --to {last}")
    if build.model is not None and not build.has_data and "quantize" in [stage.name for stage in chosen]:
        raise ModelError(
            f"`{build.model}` is a float model: to become int8 it needs data to calibrate with",
            f"`edgeflow build --model {build.model} --data FOLDER` with pictures like those it will see",
        )
    return tuple(stage for stage in chosen if stage.name not in without)


def _model_stages(build: Build) -> tuple[Stage, ...]:
    """All but the import of a trained model, all but the training of a foreign one; of an int8 model less."""
    if build.model is None:
        left_out = {"import"}
    elif is_imported(build):
        left_out = {"train"}
    elif build.has_data:
        left_out = {"import", "train", "quantize", "agreement"}
    else:
        return ()
    return tuple(stage for stage in MODEL_STAGES if stage.name not in left_out)


def _device_stages(build: Build) -> tuple[Stage, ...]:
    options = build.project.codegen
    if options.code_budget_bytes is not None and not options.tune:
        raise ProjectError(
            "codegen.code_budget_bytes: without measurements nobody knows which kernels to give up",
            "set `tune = true` beside it, or `edgeflow build --tune`",
        )
    stages = tuple(stage for stage in DEVICE_STAGES if stage.name != "tune" or options.tune)
    return stages + (EXPORT_STAGES if build.project.export.to else ())


def profile_chain(build: Build) -> tuple[Stage, ...]:
    """The stages of a profile; for a core that edgeflow cannot build for, without an image."""
    unlinked = ("firmware", "execution") if build.target.is_information_only else ()
    return chain(build, last="profile", without=("agreement", "host", "frames", "parity", *unlinked))


def export_chain(build: Build) -> tuple[Stage, ...]:
    """The stages of an export; for a core that edgeflow cannot build for, checked on this machine alone."""
    unlinked = ("firmware", "frames", "execution") if build.target.is_information_only else ()
    return chain(build, last="export", without=unlinked)


def check_budgets(report: Path) -> None:
    """Raise BudgetError when a limit in a report.json is broken, naming each with its figures."""
    from edgeflow.profile.budget import BudgetRow, check_budget

    check_budget([BudgetRow(**row) for row in read_json(report)["budgets"]])
