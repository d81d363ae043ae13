"""Zip and tar files from outside, read without trusting them.

What is refused: names that leave the folder, links and devices, encrypted members, a name that stands
twice, more members or bytes than the caller's limits. Sizes are counted while bytes come out: a
declared size is only a reason to refuse earlier. Refusals are ArchiveError; callers make them theirs.
"""

from __future__ import annotations

import gzip
import io
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

# A zip's directory: its entries have 46 bytes and a name each.
DIRECTORY_BYTES_PER_MEMBER = 512
# Deflate reaches 1032; weights and pictures do not come near this. Small members may.
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 16 << 20
ENCRYPTED = 1
GZIP = b"\x1f\x8b"
READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BLOCK_BYTES = 1 << 20
DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    OverflowError,
    RuntimeError,
)


class ArchiveError(Exception):
    """Why an archive or a member of it is refused; a clause that follows the archive's name."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may hold at most."""

    members: int
    member_bytes: int
    total_bytes: int


@contextmanager
def open_zip(path: Path, max_members: int) -> Iterator[zipfile.ZipFile]:
    """A zip whose directory is bounded before its entries are made; raises ArchiveError, OSError."""
    with path.open("rb") as raw:
        stream = _SmallReads(raw, max_members * DIRECTORY_BYTES_PER_MEMBER)
        try:
            archive = zipfile.ZipFile(cast("IO[bytes]", stream))
        except DAMAGE as error:
            raise ArchiveError(f"is not an intact zip: {reason(error)}") from error
        with archive:
            stream.limit_bytes = None
            if len(archive.infolist()) > max_members:
                raise ArchiveError(f"holds {len(archive.infolist())} members, more than {max_members}")
            yield archive


class _SmallReads(io.RawIOBase):
    """A file of which at most ``limit_bytes`` are read at once: headers that declare more are refused.

    The readers of zip and tar read a directory or header whole, as large as it says that it is.
    """

    def __init__(self, raw: BinaryIO, limit_bytes: int) -> None:
        self._raw = raw
        self.limit_bytes: int | None = limit_bytes

    def read(self, size: int = -1) -> bytes:
        """As a file; raises ValueError above the limit."""
        if self.limit_bytes is None:
            return self._raw.read(size)
        block = self._raw.read(min(size, self.limit_bytes + 1) if size >= 0 else self.limit_bytes + 1)
        if max(size, len(block)) > self.limit_bytes:
            raise ValueError(f"it has a header of more than {self.limit_bytes} bytes")
        return block

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file."""
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        """As a file."""
        return self._raw.tell()

    def seekable(self) -> bool:
        """As a file."""
        return True


def checked_name(name: str) -> str:
    """A member's name that stays inside; raises ArchiveError for any other."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or ":" in parts[0]:
        raise ArchiveError(f"holds {quoted(name)}, a name that leaves its folder")
    return "/".join(parts)


def quoted(name: str) -> str:
    """A name for a message, whatever it is made of."""
    return f"`{name[:200]}`" if name.isprintable() else ascii(name[:200])


def reason(error: BaseException) -> str:
    """What a library says, on one line: some quote the file's bytes."""
    text = "".join(c if c.isprintable() else "?" for c in str(error)[:200])
    return text.rstrip(".") or type(error).__name__


def zip_files(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by name; raises ArchiveError for names that leave it, links and duplicates."""
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = checked_name(info.filename)
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise ArchiveError(f"holds {quoted(name)}, a link or device")
        if name in members:
            raise ArchiveError(f"holds {quoted(name)} twice")
        if not info.is_dir():
            members[name] = info
    return members


def zip_members(archive: zipfile.ZipFile, bounds: Bounds) -> dict[str, zipfile.ZipInfo]:
    """As `zip_files`, all within the bounds; raises ArchiveError."""
    members = zip_files(archive)
    for name, info in members.items():
        _check_member(name, info, bounds)
    if sum(info.file_size for info in members.values()) > bounds.total_bytes:
        raise ArchiveError(f"unpacks to more than {bounds.total_bytes} bytes")
    return members


def _check_member(name: str, info: zipfile.ZipInfo, bounds: Bounds) -> None:
    if info.flag_bits & ENCRYPTED:
        raise ArchiveError(f"holds {quoted(name)}, which is encrypted")
    if info.compress_type not in READABLE_METHODS:
        raise ArchiveError(f"holds {quoted(name)}, packed by the method {info.compress_type}, not deflate")
    if info.file_size > bounds.member_bytes:
        raise ArchiveError(f"holds {quoted(name)} of {info.file_size} bytes, more than {bounds.member_bytes}")
    if info.file_size > max(RATIO_FLOOR_BYTES, MAX_RATIO * info.compress_size):
        raise ArchiveError(f"holds {quoted(name)}, {info.file_size} bytes packed into {info.compress_size}")


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A checked member's bytes, never more than it declares; raises ArchiveError when it is damaged."""
    try:
        return archive.read(info)
    except DAMAGE as error:
        raise ArchiveError(f"holds {quoted(info.filename)}, which is damaged: {reason(error)}") from error


def copy_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: IO[bytes]) -> None:
    """Write a checked member's bytes, never more than it declares; raises ArchiveError when damaged."""
    try:
        with archive.open(info) as source:
            shutil.copyfileobj(source, target, BLOCK_BYTES)
    except DAMAGE as error:
        raise ArchiveError(f"holds {quoted(info.filename)}, which is damaged: {reason(error)}") from error


def unpack_zip(path: Path, folder: Path, bounds: Bounds) -> None:
    """Write the files of a zip below an empty folder; raises ArchiveError, OSError."""
    with open_zip(path, bounds.members) as archive:
        for name, info in zip_members(archive, bounds).items():
            with _place(folder, name).open("xb") as target:
                copy_member(archive, info, target)


def unpack_tar(path: Path, folder: Path, bounds: Bounds) -> None:
    """Write the files of a tar, plain or packed by gzip, below an empty folder; ArchiveError, OSError."""
    with path.open("rb") as raw:
        packed = raw.peek(2)[:2] == GZIP
        plain = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
        try:
            with tarfile.open(
                fileobj=cast("IO[bytes]", _SmallReads(plain, BLOCK_BYTES)), mode="r:"
            ) as archive:
                _unpack_members(archive, folder, bounds)
        except DAMAGE as error:
            raise ArchiveError(f"is not an intact tar archive: {reason(error)}") from error


def _unpack_members(archive: tarfile.TarFile, folder: Path, bounds: Bounds) -> None:
    """Look at all members, then write them."""
    for name, member in list(_tar_members(archive, bounds)):
        source = archive.extractfile(member)
        if source is not None:
            with source, _place(folder, name).open("xb") as target:
                shutil.copyfileobj(source, target, BLOCK_BYTES)


def _tar_members(archive: tarfile.TarFile, bounds: Bounds) -> Iterator[tuple[str, tarfile.TarInfo]]:
    total = 0
    for count, member in enumerate(archive, start=1):
        if count > bounds.members:
            raise ArchiveError(f"holds more than {bounds.members} members")
        if PurePosixPath(member.name).parts == ():
            continue  # the folder itself, `./`
        name = checked_name(member.name)
        if not member.isdir() and (not member.isreg() or member.sparse is not None):
            raise ArchiveError(f"holds {quoted(name)}, a link or device")
        total += member.size
        if member.size > bounds.member_bytes or total > bounds.total_bytes:
            limit = min(bounds.member_bytes, bounds.total_bytes)
            raise ArchiveError(f"unpacks to more than {limit} bytes")
        if not member.isdir():
            yield name, member


def _place(folder: Path, name: str) -> Path:
    place = folder / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ArchiveError(f"holds {quoted(name)} below a name that is a file") from error
    if place.exists():
        raise ArchiveError(f"holds {quoted(name)} twice")
    return place
