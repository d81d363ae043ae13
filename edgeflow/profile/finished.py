"""What a finished build left behind: its profile and its accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from edgeflow.artifact import read_json
from edgeflow.errors import BuildError
from edgeflow.profile.stage import SCHEMA

_FILES = ("report.json", "profile.json")


class _Region(msgspec.Struct, frozen=True):
    kind: Literal["flash", "ram"]
    name: str
    used_bytes: int
    limit_bytes: int


class _Kinds(msgspec.Struct, frozen=True):
    flash_bytes: str
    ram_bytes: str


class _Profile(msgspec.Struct, frozen=True):
    """What is read of a profile.json here and in its users; the rest may be anything."""

    schema: int
    target: str
    totals: dict[str, float | None]
    kinds: _Kinds
    memory: tuple[_Region, ...]


class _Int8(msgspec.Struct, frozen=True):
    accuracy: float


class _Evaluation(msgspec.Struct, frozen=True):
    # None where nobody knows the classes of the data, or the outputs are no scores.
    int8: _Int8 | None


@dataclass(frozen=True, slots=True)
class Finished:
    """``profile`` is the content of profile.json; ``accuracy`` the int8 model's, None without pictures.

    ``plan`` is the content of memory_plan.json, None where only a profile.json was kept.
    """

    path: Path
    profile: dict[str, Any]
    accuracy: float | None
    plan: dict[str, Any] | None = None


def read_finished(path: Path) -> Finished:
    """The figures of a build's folder, or of a ``report.json`` or ``profile.json`` kept of one.

    Raises:
        BuildError: there is no such file, it is neither of the two, damaged, or of another version.
    """
    file = path
    if path.is_dir():
        file = next((path / name for name in _FILES if (path / name).is_file()), path / _FILES[0])
    if not file.is_file():
        raise BuildError(f"there is no finished build `{path}`", "`edgeflow build` makes one")
    try:
        content = read_json(file)
    except ValueError as fault:
        raise BuildError(f"`{file}` is not readable as JSON", "build again") from fault
    profile = content.get("profile", content) if isinstance(content, dict) else None
    if not isinstance(profile, dict) or not {"totals", "target", "memory", "kinds"} <= set(profile):
        raise BuildError(f"`{file}` is neither a report.json nor a profile.json", "name the build's folder")
    try:
        schema = msgspec.convert(profile, _Profile).schema
        evaluation = msgspec.convert(content.get("evaluation"), _Evaluation | None)
    except msgspec.ValidationError as fault:
        raise BuildError(f"`{file}` is damaged: {fault}", "build again") from fault
    if schema != SCHEMA:
        raise BuildError(
            f"`{file}` is of another version of edgeflow: its profile has schema {schema}, not {SCHEMA}",
            "its figures may mean something else: build again",
        )
    accuracy = evaluation.int8.accuracy if evaluation and evaluation.int8 else None
    return Finished(file, profile, accuracy, content.get("memory_plan") or _plan_beside(file))


def int8_accuracy(evaluation: Mapping[str, Any]) -> float | None:
    """The int8 model's accuracy in an ``evaluation.json``; None where it could not be measured."""
    return evaluation["int8"]["accuracy"] if evaluation["int8"] else None


def _plan_beside(file: Path) -> dict[str, Any] | None:
    """The plan of a model that was only profiled."""
    plan = file.with_name("memory_plan.json")
    return read_json(plan) if plan.is_file() else None
