"""The ONNX converter's own environment: a folder of packages, made once in the user's cache.

onnx2tf, onnx and onnxruntime stay out of edgeflow's environment: their pins move on their own, and only
the processes that convert an ONNX model see them (first on their PYTHONPATH).
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from edgeflow.errors import ToolError
from edgeflow.resources import PACKAGE_DIR, user_cache_dir

Progress = Callable[[str], None]
_PINS = PACKAGE_DIR / "importers" / "onnx_pins.txt"
_ROOM = "about 310 MB"
_LOCK_SECONDS = 600
_INSTALL_SECONDS = 1800


def pins() -> dict[str, str]:
    """The packages of the environment with their versions."""
    lines = (line.split("#")[0].strip() for line in _PINS.read_text().splitlines())
    return dict(line.split("==") for line in lines if line)


def onnx_environment_dir() -> Path:
    """Where the environment of these pins, this Python and this machine is or will be."""
    facts = (_PINS.read_text(), sys.implementation.cache_tag, sys.platform, platform.machine())
    return user_cache_dir() / f"onnx-{hashlib.sha256(repr(facts).encode()).hexdigest()[:12]}"


def installed_onnx_environment() -> Path | None:
    """The environment's folder if it is set up."""
    folder = onnx_environment_dir()
    return folder if folder.is_dir() else None


def onnx_environment(progress: Progress) -> Path:
    """The environment's folder, set up on first use.

    Installed into a folder beside, then renamed: whole or not there. Raises ToolError when pip cannot
    get the packages or the cache cannot be written.
    """
    final = onnx_environment_dir()
    if final.is_dir():
        return final
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{final}.lock", timeout=_LOCK_SECONDS):
            if not final.is_dir():
                _install(final, progress)
    except Timeout as error:
        raise ToolError(
            f"another process has been setting up `{final}` for {_LOCK_SECONDS} s",
            "try again when it is done",
        ) from error
    except OSError as error:
        raise ToolError(
            f"cannot set up the ONNX converter in `{final.parent}`: {error.strerror or error}",
            "set EDGEFLOW_CACHE_DIR to a folder that can be written",
        ) from error
    return final


def pip_command(folder: Path) -> list[str]:
    """The command that fills ``folder``."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    where = ["--target", str(folder), "--no-deps", "--only-binary", ":all:", "--retries", "1"]
    return [*pip, *where, "--requirement", str(_PINS)]


def _install(final: Path, progress: Progress) -> None:
    version = pins()["onnx2tf"]
    progress(f"setting up the ONNX converter (onnx2tf {version}, {len(pins())} packages, {_ROOM}), once")
    beside = Path(tempfile.mkdtemp(dir=final.parent, prefix=f"{final.name}.part-"))
    try:
        try:
            result = subprocess.run(
                pip_command(beside),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=_INSTALL_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise _failure(f"pip did not end within {_INSTALL_SECONDS} s") from error
        if result.returncode != 0:
            raise _failure(_cause(result.stderr))
        beside.chmod(0o755)
        beside.replace(final)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _cause(stderr: str) -> str:
    """The first line that pip calls an error: the last ones only repeat that it failed."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    said = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (said or lines or ["pip left no message"])[0]


def _failure(cause: str) -> ToolError:
    if "No module named pip" in cause:
        return ToolError(
            "the ONNX converter is set up by pip, which this Python lacks", "python -m ensurepip"
        )
    return ToolError(
        f"the ONNX converter's packages could not be installed: {cause}",
        "with access to a package index, run `edgeflow doctor --set-up onnx`;"
        " a folder of wheels will do too: set PIP_FIND_LINKS to it",
    )
