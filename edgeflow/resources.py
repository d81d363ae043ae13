"""Find the data folders that travel with edgeflow, in a checkout or in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

from edgeflow.errors import InternalError, ToolError

PACKAGE_DIR = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """The folder ``targets``, ``datasets`` or ``firmware_templates``.

    An installed wheel carries it in ``edgeflow/_data``, a checkout beside the package.
    """
    for candidate in (PACKAGE_DIR / "_data" / name, PACKAGE_DIR.parent / name):
        if candidate.is_dir():
            return candidate
    raise InternalError(f"the data folder `{name}` is missing from this installation", "reinstall edgeflow")


def kernels_dir() -> Path:
    """The folder of the C kernels: ``include/`` and ``src/``."""
    return PACKAGE_DIR / "kernels"


def user_cache_dir() -> Path:
    """Where this user's compiler caches and compiled tools are kept; not made here.

    ``EDGEFLOW_CACHE_DIR`` if set, otherwise ``edgeflow`` in the cache folder of the XDG Base
    Directory Specification. Nothing in it is needed to understand or repeat a build.
    """
    own = os.environ.get("EDGEFLOW_CACHE_DIR")
    if own:
        return Path(own).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (Path(base).expanduser() / "edgeflow").absolute()


def zig_cache_dir() -> Path:
    """The folder of zig's caches, made if need be.

    Raises ToolError when it cannot be written: zig itself would run on for ever.
    """
    folder = user_cache_dir() / "zig"
    hint = "set EDGEFLOW_CACHE_DIR to a folder that can be written"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(f"cannot make the compiler's cache `{folder}`: {error.strerror}", hint) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ToolError(f"cannot write to the compiler's cache `{folder}`", hint)
    return folder
