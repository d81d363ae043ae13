"""Files that hold Python objects: to read one is to run it, so none is read."""

from __future__ import annotations

from pathlib import Path

from edgeflow.archives import ArchiveError, open_zip
from edgeflow.errors import ModelError
from edgeflow.importers.limits import MAX_MEMBERS

ONNX_HINT = "export the model to ONNX where it was made (`torch.onnx.export`), and give the .onnx file"
ARRAYS_HINT = "give it as data with --data"
# A pickle of protocol 2 and later begins with PROTO and its version; earlier ones resemble no model.
PICKLES = tuple(bytes((0x80, version)) for version in range(2, 6))
NUMPY = b"\x93NUMPY"


def refuse_pickle(path: Path) -> None:
    """Raise ModelError for a file of Python objects or arrays, known by its content."""
    if not path.is_file():
        return
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
        names = _zip_names(path) if head.startswith(b"PK") else []
    except OSError as error:
        raise ModelError(f"`{path}` cannot be read: {error.strerror}.", "check its permissions") from error
    if head.startswith(NUMPY) or any(name.endswith(".npy") for name in names):
        raise ModelError(f"`{path.name}` holds arrays, not a model.", ARRAYS_HINT)
    pickled = next((name for name in names if name.endswith((".pkl", ".pickle"))), None)
    if head.startswith(PICKLES) or pickled is not None:
        what = "is a pickle" if pickled is None else f"holds the pickle `{pickled}`"
        raise ModelError(f"`{path.name}` {what}: to read it would be to run its code.", ONNX_HINT)


def _zip_names(path: Path) -> list[str]:
    try:
        with open_zip(path, MAX_MEMBERS) as archive:
            return archive.namelist()
    except ArchiveError:
        return []  # the reader of its format says what is wrong
