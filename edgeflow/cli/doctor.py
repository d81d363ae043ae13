"""``edgeflow doctor``."""

from __future__ import annotations

from edgeflow import console
from edgeflow.cli.options import Json


def doctor(json: Json = False) -> None:
    """What is installed, and what is missing for what."""
    from edgeflow.doctor import examine

    findings = examine()
    if json:
        console.answer_json({"schema": 1, "parts": [finding.__dict__ for finding in findings]})
        return
    console.answer_table(
        ("part", "found", "needed for", "if missing"),
        [(f.name, f.version or "missing", f.purpose, "" if f.version else f.remedy) for f in findings],
    )
