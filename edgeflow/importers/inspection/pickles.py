"""Files that hold Python objects: to read one is to run it, so none is read."""

from __future__ import annotations

import zipfile
from pathlib import Path

from edgeflow.archives import ArchiveError, open_zip
from edgeflow.errors import ModelError
from edgeflow.importers.limits import MAX_MEMBERS

ONNX_HINT = "export the model to ONNX where it was made (`torch.onnx.export`), and give the .onnx file"
SUFFIXES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib", ".npy", ".npz", ".mar"})
# A pickle of protocol 2 and later begins with PROTO and its version.
PICKLES = tuple(bytes((0x80, version)) for version in range(2, 6))
NUMPY = b"\x93NUMPY"


def refuse_pickle(path: Path) -> None:
    """Raise ModelError for a file of Python objects, known by its content or its name."""
    if not path.is_file():
        return
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
        if head.startswith(PICKLES):
            raise _refused(path, "is a pickle")
        if head.startswith(NUMPY) or path.suffix in {".npy", ".npz"}:
            raise ModelError(f"`{path.name}` holds arrays, not a model.", "give it as data with --data")
        if head.startswith(b"PK") and _holds_pickle(path):
            raise _refused(path, "holds a pickle")
    except OSError as error:
        raise ModelError(f"`{path}` cannot be read: {error.strerror}.", "check its permissions") from error
    if path.suffix.lower() in SUFFIXES:
        raise _refused(path, "is a file of Python objects by its name")


def _holds_pickle(path: Path) -> bool:
    try:
        with open_zip(path, MAX_MEMBERS) as archive:
            return any(name.endswith((".pkl", ".pickle", ".npy")) for name in archive.namelist())
    except (ArchiveError, zipfile.BadZipFile):
        return False  # the reader of its format says what is wrong


def _refused(path: Path, what: str) -> ModelError:
    return ModelError(f"`{path.name}` {what}: to read it would be to run its code.", ONNX_HINT)
