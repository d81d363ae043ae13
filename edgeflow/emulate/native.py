"""Compile a small C tool of this package at its first use, into the user's cache folder."""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from edgeflow.artifact import sha256_bytes
from edgeflow.errors import InternalError, ToolError
from edgeflow.resources import user_cache_dir, zig_cache_dir

_FLAGS = ("-std=gnu99", "-O2", "-shared", "-fPIC", "-mcpu=baseline", "-s")
# A tool that needs no C library is compiled in a tenth of a second; otherwise zig prepares its own for
# some seconds, once. The system's headers are not asked for: a machine need not have them.
NO_C_LIBRARY = ("-nostdlib",)
C_LIBRARY = ("-target", f"{platform.machine()}-linux-gnu")
_HEADERS = ("block_counter.h", "flash_cache.h")


_FOLDER = Path(__file__).parent


def build_tool(sources: Sequence[str], flags: Sequence[str]) -> Path:
    """The shared library made from C files of this folder; compiled once per content and compiler version.

    Raises ToolError without ziglang. Two processes may do this at once: the file appears whole.
    """
    if importlib.util.find_spec("ziglang") is None:
        raise ToolError("counting instructions needs the C compiler `zig`", "pip install ziglang==0.16.0")
    parts = [(_FOLDER / name).read_bytes() for name in (*sources, *_HEADERS)]
    parts += [text.encode() for text in (*flags, metadata.version("ziglang"), sys.platform)]
    identity = sha256_bytes(b"\0".join(parts))
    folder = user_cache_dir() / "tools"
    result = folder / f"{Path(sources[0]).stem}-{identity[:16]}.so"
    if not result.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as temporary:
            _compile([*flags, *sources], Path(temporary) / result.name)
            (Path(temporary) / result.name).replace(result)
    return result


def _compile(arguments: Sequence[str], result: Path) -> None:
    cache = str(zig_cache_dir())
    done = subprocess.run(
        [sys.executable, "-m", "ziglang", "cc", *_FLAGS, *arguments, "-o", str(result)],
        cwd=_FOLDER,
        env={**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InternalError(f"`{arguments[-1]}` does not compile: {done.stderr.strip()}")
