"""``report.json``: one machine-readable object that holds what the stages of a build found."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from edgeflow.artifact import read_json
from edgeflow.errors import InternalError
from edgeflow.target.descriptor import Target

SCHEMA = 1
Json = dict[str, Any]


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``report.json``; what a build does not have is null or empty.

    ``budgets`` are rows of ``name``, ``value``, ``limit``, ``percent``, ``ok``, ``kind``; ``causes`` (of
    ``edgeflow.profile.cause``) is null where all are kept. The other objects are the stages' own files as
    docs/artifacts.md describes them; ``quantization`` are the rows of
    ``quantization.csv`` under its column names. ``builds``, ``plan`` and ``advice`` are of
    ``edgeflow.report.surroundings``.
    """

    schema: int
    project: str
    target: Json
    versions: dict[str, str]
    budgets: list[Json]
    dataset: Json | None = None
    preprocessing: Json | None = None
    audit: Json | None = None
    history: Json | None = None
    evaluation: Json | None = None
    worst: Json | None = None
    agreement: Json | None = None
    quantization: list[dict[str, str]] = []
    memory_plan: Json | None = None
    parity: Json | None = None
    profile: Json | None = None
    training_energy: Json | None = None
    priorities: list[str] = []
    causes: Json | None = None
    provenance: Json | None = None
    builds: list[Json] = []
    plan: list[Json] = []
    advice: Json | None = None


_JSON_PARTS = (
    "dataset",
    "preprocessing",
    "audit",
    "history",
    "evaluation",
    "worst",
    "agreement",
    "memory_plan",
    "parity",
    "profile",
)
PARTS = (*_JSON_PARTS, "quantization")


def assemble(
    build: Mapping[str, Path],
    *,
    project: str,
    target: Target,
    budgets: Sequence[Mapping[str, Any]],
    versions: Mapping[str, str],
    training_energy: Json | None = None,
    causes: Mapping[str, Any] | None = None,
    priorities: Sequence[str] = (),
    provenance: Json | None = None,
) -> Report:
    """The report of a build whose parts lie at the given paths; parts that are absent stay out."""
    strange = sorted(set(build) - set(PARTS))
    if strange:
        raise InternalError(f"a report has no part `{strange[0]}`", f"parts: {', '.join(PARTS)}")
    parts: Json = {name: read_json(build[name]) for name in _JSON_PARTS if name in build}
    if "quantization" in build:
        parts["quantization"] = _rows(build["quantization"])
    return Report(
        schema=SCHEMA,
        project=project,
        target=msgspec.to_builtins(target),
        versions=dict(sorted(versions.items())),
        budgets=[dict(row) for row in budgets],
        training_energy=training_energy,
        priorities=list(priorities),
        causes=dict(causes) if causes else None,
        provenance=provenance,
        **parts,
    )


def read_report(path: Path) -> Report:
    """A ``report.json`` that edgeflow wrote, checked against the schema."""
    return msgspec.json.decode(path.read_bytes(), type=Report)


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
