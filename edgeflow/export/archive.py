"""Archives whose bytes follow from their members alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# The earliest time that a zip can hold.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644 << 16


def zip_of(folder: str, files: Mapping[str, bytes]) -> bytes:
    """A zip of the files below one top folder, or with an empty name without one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(f"{folder}/{name}" if folder else name, _ZIP_EPOCH)
            member.external_attr = _FILE_MODE
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return stream.getvalue()


def add_files(data: bytes, files: Mapping[str, bytes]) -> bytes:
    """Bytes with an uncompressed zip of the files behind them, readable as a zip as they are."""
    stream = io.BytesIO(data)
    stream.seek(0, io.SEEK_END)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(name, _ZIP_EPOCH)
            member.external_attr = _FILE_MODE
            archive.writestr(member, content)
    return stream.getvalue()
