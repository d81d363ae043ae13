"""What was measured before, one small file each: nothing that was measured is lost or measured twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgeflow.artifact import canonical_json, read_json, sha256_bytes, write_json

# Of the content; another number makes all earlier records unknown.
SCHEMA = 1


class Records:
    """Measurements by everything that they depend on, in a folder that several builds may use at once."""

    def __init__(self, folder: Path, conditions: object) -> None:
        """``conditions`` is what all measurements of one tuning have in common."""
        self.folder = folder
        self.conditions = conditions

    def find(self, subject: object) -> dict[str, Any] | None:
        """The measurement of a subject, or None; what a damaged disk left of one is none."""
        try:
            return read_json(self._path(subject))
        except (FileNotFoundError, ValueError):
            return None

    def keep(self, subject: object, measurement: Mapping[str, Any]) -> None:
        """Write a measurement, whole or not at all."""
        write_json(self._path(subject), measurement)

    def _path(self, subject: object) -> Path:
        key = sha256_bytes(canonical_json([SCHEMA, self.conditions, subject]).encode())
        return self.folder / key[:2] / f"{key[2:32]}.json"
