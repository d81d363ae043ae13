"""What was measured on boards: one JSON file a model and target in the build folder, kept by ``clean``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgeflow.artifact import read_json, write_json

FOLDER = "measured"
Json = dict[str, Any]


def write_row(build_dir: Path, row: Mapping[str, Any]) -> Path:
    """Keep a measurement; a newer one of the same model and target takes its place."""
    path = _path(build_dir, row["model_sha256"], row["target"])
    write_json(path, row)
    return path


def read_rows(build_dir: Path, target: str) -> list[Json]:
    """The measurements on a target, in order of file name."""
    rows = (read_json(path) for path in sorted((build_dir / FOLDER).glob(f"{target}-*.json")))
    return [row for row in rows if row.get("target") == target]


def estimate_us(build_dir: Path, model_sha256: str, target: str) -> float | None:
    """What a build of that model and target in the same folder was estimated to take, if there is one."""
    for path in sorted(build_dir.glob(f"*/{target}/profile.json")):
        network, profile = read_json(path.with_name("network.json")), read_json(path)
        if network["source_sha256"] != model_sha256:
            continue
        own = profile["measured"]
        estimate: float | None = profile["totals"]["latency_us"] if own is None else own["estimated_us"]
        return estimate
    return None


def _path(build_dir: Path, model_sha256: str, target: str) -> Path:
    return build_dir / FOLDER / f"{target}-{model_sha256[:16]}.json"
