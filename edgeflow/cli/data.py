"""``edgeflow data scan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import Json

app = typer.Typer(help="Look at the data before training.", no_args_is_help=True, rich_markup_mode=None)


@app.command("scan")
def scan(
    source: Annotated[
        str, typer.Argument(help="Recipe name, recipe file, or folder with a folder per class.")
    ],
    json: Json = False,
) -> None:
    """First checks: unreadable or tiny pictures or sounds, exact duplicates, class counts."""
    from edgeflow.data.audit import findings
    from edgeflow.data.options import DataOptions
    from edgeflow.data.stage import scan as scan_data

    audit = scan_data(DataOptions(recipe=source), None, Path.cwd())
    if json:
        console.answer_json(audit)
        return
    kind = audit["kind"]
    console.answer_table(("class", f"{kind}s"), sorted(audit["class_counts"].items()), title="classes")
    for line in findings(audit) or [f"no {kind} is unreadable, tiny or a duplicate"]:
        console.answer(line)
