"""Start the process of an importer; one that crashes is the model's fault and becomes one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.importers.environment import onnx_environment
from edgeflow.importers.formats import TITLES, Format
from edgeflow.importers.inspection import opened
from edgeflow.importers.registry import IMPORTERS
from edgeflow.train.process import Job, ProcessDiedError, run_in_process

_WORKER = "edgeflow.importers.worker"


def run_importer(model: Path, job: Job, progress: Callable[[str], None]) -> None:
    """Look into a model, then run the importer of ``job["format"]`` on it in a process of its own.

    Raises what the inspection and the importer raise, and ModelError when it dies.
    """
    model_format: Format = job["format"]
    try:
        with opened(model, model_format) as checked:
            packages = onnx_environment(progress) if IMPORTERS[model_format].has_own_packages else None
            run_in_process(_WORKER, {**job, "model": str(checked.resolve())}, progress, packages)
    except ProcessDiedError as error:
        cause = error.message.partition(": ")[2]
        how = f"crashed ({error.signal_name})" if error.signal_name else "failed"
        raise ModelError(
            f"reading `{model.name}` as {TITLES[model_format]} {how}: {cause}",
            "the file may be damaged, or made by another version of its tool",
        ) from error
