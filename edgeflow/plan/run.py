"""The whole plan: draw untrained networks, measure them on the target, rank them, write the answer."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from edgeflow.artifact import (
    canonical_json,
    copy_file,
    read_json,
    sha256_bytes,
    write_json,
    write_text,
)
from edgeflow.device_stages import require_image
from edgeflow.pipeline import Build, code_hash, run_stages, tool_version
from edgeflow.plan.front import Row, broken_limits, ranked
from edgeflow.plan.measure import Measured, measure_all
from edgeflow.plan.picture import plan_svg
from edgeflow.plan.sweep import Candidate, Sweep, candidates
from edgeflow.quantize.sketch import draw
from edgeflow.stages import chain
from edgeflow.train.pictures import read_class_names

SCHEMA = 1
_STAGE = "sketch"
MODEL = "model.tflite"
_FACTS = "facts.json"
_CODE = ("train/models", "quantize")
_TOOLS = ("tensorflow-cpu", "tensorflow", "keras", "numpy")
Progress = Callable[[str], None]


def class_count(build: Build, progress: Progress) -> int:
    """How many classes the project's data has; the data set is read for it."""
    results = run_stages(build, chain(build, last="data"), progress)
    return len(read_class_names(results["data"]))


def run(
    build: Build,
    sweep: Sweep,
    classes: int,
    budgets: Mapping[str, float | None],
    *,
    jobs: int,
    progress: Progress,
) -> dict[str, Any]:
    """Measure every candidate and write ``plan.json`` and ``plan.svg`` beside the project's builds.

    Returns the content of ``plan.json`` (docs/artifacts.md).

    Raises:
        ProjectError: the sweep holds an impossible network.
        TargetError: no image can be built for the target.
        ToolError: TensorFlow, a compiler or an emulator is missing.
    """
    require_image(build)
    several = candidates(sweep, build.project.model, classes)
    models = sketched(build, several, jobs, progress)
    facts = {name: read_json(folder / _FACTS) for name, folder in models.items()}
    builds = {name: _device_build(build, folder / MODEL) for name, folder in models.items()}
    measured = measure_all(builds, jobs, _reporter(len(several), progress))
    rows = [
        Row(c, facts[c.name]["parameters"], measured[c.name], broken_limits(measured[c.name], budgets))
        for c in several
    ]
    order = build.project.priorities.order
    answer = _document(build, ranked(rows, order), order, budgets)
    folder = build.output_dir
    write_json(folder / "plan.json", answer)
    write_text(folder / "plan.svg", plan_svg(answer))
    return answer | {"folder": str(folder)}


def _device_build(build: Build, model: Path) -> Build:
    """The candidate as a foreign model: its device half depends on the file and the target alone."""
    name = msgspec.structs.replace(build.project.project, name="candidate")
    return replace(build, model=model, project=msgspec.structs.replace(build.project, project=name))


def _document(
    build: Build, rows: Sequence[Row], order: Sequence[str], budgets: Mapping[str, float | None]
) -> dict[str, Any]:
    profile: Mapping[str, Any] = next((row.measured.profile for row in rows if row.measured.profile), {})
    return {
        "schema": SCHEMA,
        "target": build.target.name,
        "priorities": list(order),
        "budgets": {key: limit for key, limit in budgets.items() if limit is not None},
        "limits": dict(profile.get("limits", {})),
        "kinds": dict(profile.get("kinds", {})),
        "candidates": [row.as_json() for row in rows],
    }


def sketched(build: Build, several: Sequence[Candidate], jobs: int, progress: Progress) -> dict[str, Path]:
    """The cached folder of every candidate's model; those that are missing are drawn, ``jobs`` at a time."""
    code = {name: code_hash(name) for name in _CODE}
    versions = {name: tool_version(name) for name in _TOOLS}

    def key(candidate: Candidate) -> str:
        parts = [candidate.sketch.as_json(), code, versions]
        return sha256_bytes(canonical_json(parts).encode())[:32]

    keys = {candidate.name: key(candidate) for candidate in several}
    missing = [c for c in several if not build.store.has(_STAGE, keys[c.name])]
    if missing:
        progress(f"{len(missing)} networks to draw, {len(several) - len(missing)} known")
        size = math.ceil(len(missing) / jobs)
        batches = [missing[i : i + size] for i in range(0, len(missing), size)]
        with ThreadPoolExecutor(len(batches)) as threads:
            done = [threads.submit(_draw_batch, build, batch, keys) for batch in batches]
            for one in done:
                one.result()
    return {name: build.store.path(_STAGE, keys[name]) for name in keys}


def _draw_batch(build: Build, batch: Sequence[Candidate], keys: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:

        def keep(number: int, facts: Mapping[str, Any]) -> None:
            def make(output_dir: Path, _work_dir: Path) -> None:
                copy_file(Path(folder, f"{number}.tflite"), output_dir / MODEL)
                write_json(output_dir / _FACTS, dict(facts))

            build.store.produce(_STAGE, keys[batch[number].name], make)

        draw([candidate.sketch for candidate in batch], Path(folder), keep)


def _reporter(count: int, progress: Progress) -> Callable[[str, Measured], None]:
    done = 0

    def report(name: str, measured: Measured) -> None:
        nonlocal done
        done += 1
        totals = measured.totals
        text = (
            f"RAM {totals['ram_bytes']:,} B, flash {totals['flash_bytes']:,} B"
            if measured.profile
            else f"does not fit: arena {totals['arena_bytes']:,} B, weights {totals['weights_bytes']:,} B"
        )
        progress(f"[{done}/{count}] {name}: {text} ({measured.seconds:.1f} s)")

    return report
