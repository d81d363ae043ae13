"""Compile a small C tool of this package at its first use, into the user's cache folder."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from edgeflow.artifact import sha256_bytes
from edgeflow.errors import InternalError, ToolError
from edgeflow.resources import user_cache_dir

_FLAGS = ("-std=c99", "-O2", "-shared", "-fPIC", "-mcpu=baseline", "-s")


def build_tool(source: Path) -> Path:
    """The shared library made from a C file; compiled once per content and compiler version.

    Raises ToolError without ziglang. Two processes may do this at once: the file appears whole.
    """
    if importlib.util.find_spec("ziglang") is None:
        raise ToolError("counting instructions needs the C compiler `zig`", "pip install ziglang==0.16.0")
    identity = source.read_bytes() + metadata.version("ziglang").encode() + sys.platform.encode()
    folder = user_cache_dir() / "tools"
    result = folder / f"{source.stem}-{sha256_bytes(identity)[:16]}.so"
    if not result.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".build-") as temporary:
            _compile(source, Path(temporary) / result.name)
            (Path(temporary) / result.name).replace(result)
    return result


def _compile(source: Path, result: Path) -> None:
    cache = str(user_cache_dir() / "zig")
    done = subprocess.run(
        [sys.executable, "-m", "ziglang", "cc", *_FLAGS, source.name, "-o", str(result)],
        cwd=source.parent,
        env={**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InternalError(f"`{source.name}` does not compile: {done.stderr.strip()}")
