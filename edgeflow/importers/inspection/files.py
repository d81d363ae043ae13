"""Files and folders of a model: present, plain, inside their folder, within the limits."""

from __future__ import annotations

from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.importers.limits import MAX_MEMBERS, MAX_MODEL_BYTES, MAX_UNPACKED_BYTES

MODEL_HINT = "give a .keras, .h5, .onnx or .tflite file or a SavedModel folder"


def file_bytes(path: Path, max_bytes: int = MAX_MODEL_BYTES) -> bytes:
    """A model file's bytes; raises ModelError when it is absent, no plain file, too large or unreadable."""
    try:
        check_file(path, max_bytes)
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"`{path}` cannot be read: {error.strerror}.", "check its permissions") from error


def check_file(path: Path, max_bytes: int = MAX_MODEL_BYTES) -> None:
    """Refuse a path that is no plain file or too large; raises ModelError, OSError."""
    if not path.is_file():
        raise ModelError(f"There is no model file `{path}`.", MODEL_HINT)
    size = path.stat().st_size
    if size > max_bytes:
        raise ModelError(
            f"`{path.name}` has {size} bytes; models of up to {max_bytes} are read.",
            "give a model for a microcontroller or phone",
        )


def inside(folder: Path, path: Path) -> bool:
    """True when a path, its links followed, stays below the folder."""
    return path.resolve().is_relative_to(folder.resolve())


def folder_files(folder: Path) -> dict[str, Path]:
    """The files of a folder by relative name; raises ModelError for links out, odd files and too many."""
    found: dict[str, Path] = {}
    total = count = 0
    try:
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            count += 1
            if count > MAX_MEMBERS:
                raise ModelError(f"`{folder.name}` holds more than {MAX_MEMBERS} files.", MODEL_HINT)
            if path.is_symlink() and not inside(folder, path):
                raise ModelError(
                    f"`{folder.name}`: `{name}` is a link that leaves the folder.",
                    "copy the file into the folder in place of the link",
                )
            if path.is_dir():
                continue
            if not path.is_file():
                raise ModelError(f"`{folder.name}`: `{name}` is not a plain file.", "remove it")
            found[name] = path
            total += path.stat().st_size
    except OSError as error:
        raise ModelError(f"`{folder}` cannot be read: {error.strerror}.", "check its permissions") from error
    if total > MAX_UNPACKED_BYTES:
        raise ModelError(
            f"`{folder.name}` holds {total} bytes; models of up to {MAX_UNPACKED_BYTES} are read.",
            "give a model for a microcontroller or phone",
        )
    return found
