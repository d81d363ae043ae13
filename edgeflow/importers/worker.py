"""The process that opens models of other tools: converts one, or runs it."""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import Any

import numpy as np

from edgeflow.artifact import write_json
from edgeflow.importers.limits import IMPORT_MEMORY_BYTES, IMPORT_SECONDS, bound_process
from edgeflow.importers.registry import IMPORTERS
from edgeflow.train.process import Job, Progress, serve

SCHEMA = 1


def work(job: Job, _progress: Progress) -> None:
    """Convert a model, or compute its outputs, as the job says."""
    importer = IMPORTERS[job["format"]]
    module = importlib.import_module(importer.module)
    options = {"signature": job["signature"]} if importer.has_signatures else {}
    if job["task"] == "convert":
        _convert(module, job, options)
    else:
        _run(module, job, options)


def _convert(module: Any, job: Job, options: dict[str, Any]) -> None:  # noqa: ANN401  chosen by name
    started = time.monotonic()
    converted = module.convert(Path(job["model"]), Path(job["out_dir"]), shapes=job["shapes"], **options)
    write_json(
        Path(job["out_dir"], "import.json"),
        {
            "schema": SCHEMA,
            "format": job["format"],
            "sha256": job["sha256"],
            "tool_versions": dict(converted.tool_versions),
            "inputs": [port.as_json() for port in converted.inputs],
            "outputs": [port.as_json() for port in converted.outputs],
            "float_check": converted.float_check,
            "seconds": round(time.monotonic() - started, 3),
        },
    )


def _run(module: Any, job: Job, options: dict[str, Any]) -> None:  # noqa: ANN401  as above
    with np.load(job["inputs"], allow_pickle=False) as archive:
        inputs = [archive[f"in{index}"] for index in range(len(archive.files))]
    if IMPORTERS[job["format"]].has_own_packages:
        options["record"] = job["record"]
    found = module.original_outputs(Path(job["model"]), inputs, **options)
    np.savez(job["outputs"], **{f"out{index}": array for index, array in enumerate(found)})


if __name__ == "__main__":
    bound_process(IMPORT_MEMORY_BYTES, IMPORT_SECONDS)
    serve(work)
