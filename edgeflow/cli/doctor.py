"""``edgeflow doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import Json


def doctor(
    json: Json = False,
    set_up: Annotated[
        str | None, typer.Option("--set-up", metavar="onnx", help="First set up the ONNX converter.")
    ] = None,
) -> None:
    """What is installed, and what is missing for what."""
    from edgeflow.doctor import examine, set_up_part

    if set_up is not None:
        set_up_part(set_up, console.note)
    findings = examine()
    if json:
        console.answer_json({"schema": 1, "parts": [finding.__dict__ for finding in findings]})
        return
    console.answer_table(
        ("part", "found", "needed for", "if missing"),
        [(f.name, f.version or "missing", f.purpose, "" if f.version else f.remedy) for f in findings],
    )
