"""A model that was looked into and may be opened: a file, a folder, or a folder unpacked from an archive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgeflow.archives import ArchiveError, Bounds, unpack_tar, unpack_zip
from edgeflow.errors import ModelError
from edgeflow.importers.inspection.entry import inspect
from edgeflow.importers.inspection.files import check_file
from edgeflow.importers.limits import MAX_MEMBERS, MAX_MODEL_BYTES, MAX_UNPACKED_BYTES

SAVED_MODEL = "saved_model.pb"
BOUNDS = Bounds(members=MAX_MEMBERS, member_bytes=MAX_MODEL_BYTES, total_bytes=MAX_UNPACKED_BYTES)


@contextmanager
def opened(path: Path, model_format: str) -> Iterator[Path]:
    """The path to open in place of ``path``, valid inside the `with`; raises what ``inspect`` raises."""
    if model_format != "saved-model" or path.is_dir():
        inspect(path, model_format)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="edgeflow-model-") as temporary:
        folder = _unpacked(path, Path(temporary, path.name))
        inspect(folder, model_format)
        yield folder


def _unpacked(path: Path, folder: Path) -> Path:
    """The SavedModel of a zip or tar, unpacked below a new folder."""
    try:
        check_file(path)
        folder.mkdir()
        with path.open("rb") as stream:
            is_zip = stream.read(2) == b"PK"
        (unpack_zip if is_zip else unpack_tar)(path, folder, BOUNDS)
    except ArchiveError as error:
        raise ModelError(f"`{path.name}` {error}.", "unpack it yourself and give the folder") from error
    except OSError as error:
        raise ModelError(
            f"`{path.name}` cannot be unpacked: {error.strerror or error}.",
            "unpack it yourself and give the folder",
        ) from error
    found = sorted(folder.rglob(SAVED_MODEL))
    if len(found) != 1:
        raise ModelError(
            f"`{path.name}` holds {len(found)} files `{SAVED_MODEL}`, not one.",
            "give the folder of one model",
        )
    return found[0].parent
