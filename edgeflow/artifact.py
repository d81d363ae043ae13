"""Files that are written whole or not at all, hashes, and the content-addressed store of stage results."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 1 << 20


def sha256_bytes(data: bytes) -> str:
    """Hex digest of bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Hex digest of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def sha256_tree(folder: Path) -> str:
    """Hex digest over the relative names and contents of all files below a folder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + sha256_file(path).encode())
    return digest.hexdigest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write beside, then rename: a reader sees the old file or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """``write_bytes`` for UTF-8 text with the line ends as given."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write indented JSON with sorted keys and a final newline."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object that edgeflow wrote."""
    value: dict[str, Any] = json.loads(path.read_text())
    return value


def copy_file(source: Path, destination: Path) -> None:
    """Copy a file so that the destination is never half-written."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.")
    os.close(handle)
    try:
        shutil.copyfile(source, temporary)
        shutil.copystat(source, temporary)  # the time tells an unchanged copy
        Path(temporary).replace(destination)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Store:
    """Finished stage results under ``root/<stage>/<key>/``; a result exists only when it is whole."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, stage: str, key: str) -> Path:
        """Where the result of a stage with that key is or will be."""
        return self.root / stage / key

    def has(self, stage: str, key: str) -> bool:
        """True if the whole result is there."""
        return self.path(stage, key).is_dir()

    def produce(
        self, stage: str, key: str, make: Callable[[Path, Path], None], *, redo: bool = False
    ) -> Path:
        """The result's folder; made by ``make(output_dir, work_dir)`` if absent or if ``redo`` is set.

        ``work_dir`` survives a killed run, so that a stage can resume from what it left there. A
        lock makes a second process that wants the same result wait for the first and then use it.
        """
        from filelock import FileLock

        final = self.path(stage, key)
        if final.is_dir() and not redo:
            return final
        final.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(final.with_name(f"{key}.lock")):
            work = final.with_name(f"{key}.work")
            partial = final.with_name(f"{key}.partial")
            self._restore(final)
            if final.is_dir() and not redo:
                return final
            shutil.rmtree(partial, ignore_errors=True)
            if redo:
                shutil.rmtree(work, ignore_errors=True)
            work.mkdir(exist_ok=True)
            partial.mkdir()
            make(partial, work)
            self._replace(partial, final)
            shutil.rmtree(work, ignore_errors=True)
        return final

    @staticmethod
    def _restore(final: Path) -> None:
        """Take back a result that a process killed inside ``_replace`` had set aside."""
        old = final.with_name(f"{final.name}.old")
        if old.is_dir() and not final.is_dir():
            old.replace(final)

    @staticmethod
    def _replace(partial: Path, final: Path) -> None:
        """Rename a whole result into place; a folder is not replaced in one step: the old one moves first."""
        old = final.with_name(f"{final.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if final.is_dir():
            final.replace(old)
        partial.replace(final)
        shutil.rmtree(old, ignore_errors=True)
