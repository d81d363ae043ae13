"""Download a file once, checked by its sha256, into the user's cache."""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from edgeflow.artifact import sha256_file
from edgeflow.errors import DataError

TIMEOUT_SECONDS = 30
MAX_DOWNLOAD_BYTES = 8 << 30
_BLOCK_BYTES = 1 << 20


def downloads_dir() -> Path:
    """``$EDGEFLOW_CACHE_DIR/downloads``, or ``~/.cache/edgeflow/downloads``."""
    root = os.environ.get("EDGEFLOW_CACHE_DIR")
    return (Path(root).expanduser() if root else Path.home() / ".cache" / "edgeflow") / "downloads"


def fetch(url: str, sha256: str, progress: Callable[[str], None]) -> Path:
    """The local copy of ``url``; downloaded when it is absent or its bytes do not have ``sha256``.

    Written to a ``.part`` file, checked, then renamed: a whole file or none. Raises DataError when the
    address cannot be read, the bytes differ or the disk refuses.
    """
    final = downloads_dir() / f"{sha256[:16]}-{PurePosixPath(unquote(urlsplit(url).path)).name or 'data'}"
    if final.is_file() and sha256_file(final) == sha256:
        return final
    progress(f"downloading {url}")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=final.parent, prefix=f"{final.name}.", suffix=".part")
    except OSError as error:
        raise DataError(
            f"cannot write to `{final.parent}`: {error.strerror}", "set EDGEFLOW_CACHE_DIR"
        ) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            digest = _copy(url, stream)
        if digest != sha256:
            raise DataError(
                f"the file at {url} has the sha256 {digest}, the recipe says {sha256}",
                "the file changed or the transfer was damaged; try again or get the file elsewhere",
            )
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)
    return final


def _copy(url: str, stream: BinaryIO) -> str:
    """Copy the answer into ``stream``; its sha256."""
    digest = hashlib.sha256()
    count = 0
    try:
        # The schema admits http and https only; whatever a redirect leads to must have the sha256.
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - see above
            while block := answer.read(_BLOCK_BYTES):
                count += len(block)
                if count > MAX_DOWNLOAD_BYTES:
                    raise DataError(f"the file at {url} is larger than {MAX_DOWNLOAD_BYTES} bytes")
                digest.update(block)
                stream.write(block)
            if answer.length:
                raise DataError(f"cannot download {url}: {answer.length} bytes are missing", "try again")
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise DataError(
            f"cannot download {url}: {reason}",
            "download it by hand and set `path` in [data] to the file",
        ) from error
    return digest.hexdigest()
