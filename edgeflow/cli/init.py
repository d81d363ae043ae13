"""``edgeflow init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgeflow import console
from edgeflow.errors import ProjectError


def init(
    directory: Annotated[Path, typer.Argument(help="Folder for the project file.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a commented edgeflow.toml with every key at its default."""
    from edgeflow.artifact import write_text
    from edgeflow.project import FILE_NAME, template

    path = directory / FILE_NAME
    if path.exists() and not force:
        raise ProjectError(f"`{path}` is there already", "`--force` overwrites it")
    write_text(path, template())
    console.answer(f"wrote {path}")
    console.note("next: edgeflow build --target cortex-m")
