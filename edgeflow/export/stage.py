"""The export stage: a checked build as the project of another tool."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgeflow.artifact import write_bytes
from edgeflow.errors import InternalError
from edgeflow.export.archive import zip_of
from edgeflow.export.bundle import Bundle
from edgeflow.export.destinations import destination

FOLDER = "export"


def run(bundle: Bundle, names: Sequence[str], out_dir: Path) -> None:
    """Write ``export/<destination>/`` with the files of each destination, and its archive beside it.

    Raises UsageError for a destination that does not exist.
    """
    for name in names:
        chosen = destination(name)
        files = chosen.files(bundle)
        folder = out_dir / FOLDER / name
        for path, data in files.items():
            write_bytes(_inside(folder, path), data)
        if chosen.archive is not None:
            archive = out_dir / FOLDER / f"{bundle.name}-{name}.{chosen.archive}"
            write_bytes(archive, zip_of(bundle.name, files))


def _inside(folder: Path, path: str) -> Path:
    if path.startswith("/") or ".." in Path(path).parts:
        raise InternalError(f"an export wants to write `{path}`, outside its folder")
    return folder / path
