"""Measure the arena that TFLite Micro's Python package needs, each attempt in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from edgeflow.errors import ModelError, ToolError
from edgeflow.resources import PACKAGE_DIR

DISTRIBUTION = "tflite_micro"
_STEP_BYTES = 16
_LARGEST_BYTES = 1 << 28
_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the runtime reported on this 64-bit host, with its recording allocator.

    ``arena_bytes`` is the smallest arena, a multiple of 16, with which it prepares the model and runs
    it once; ``computed_bytes`` what edgeflow computed for the same.
    """

    runtime: str
    arena_bytes: int
    head_bytes: int
    tail_bytes: int
    computed_bytes: int | None


def is_installed() -> bool:
    """True if the runtime can be asked."""
    return util.find_spec(DISTRIBUTION) is not None


def require_runtime() -> None:
    """Raise ToolError, with what to install, if the runtime cannot be asked."""
    if not is_installed():
        raise ToolError(
            "the Python package `tflite_micro` is not installed",
            "pip install --pre tflite-micro (Linux on x86-64)",
        )


def measure_arena(data: bytes, origin: str, computed_bytes: int | None) -> Measurement:
    """The smallest arena for the bytes of a ``.tflite``, looked for from what was computed.

    Raises:
        ToolError: the runtime is not installed.
        ModelError: the runtime refuses the model.
    """
    require_runtime()
    with tempfile.TemporaryDirectory(prefix="edgeflow-tflm-") as folder:
        model = Path(folder) / "model.tflite"
        model.write_bytes(data)
        passed, report = _attempt(model, _LARGEST_BYTES)
        if not passed:
            lines = report.strip().splitlines()
            reason = lines[0] if lines else "it crashed"
            raise ModelError(f"TFLite Micro refuses `{origin}`: {reason}")
        used = {key: _reported(report, key) for key in ("head", "tail")}
        guess = computed_bytes or sum(used.values())
        arena_bytes = _smallest(model, guess // _STEP_BYTES) * _STEP_BYTES
    version = metadata.version(DISTRIBUTION)
    return Measurement(f"{DISTRIBUTION} {version}", arena_bytes, used["head"], used["tail"], computed_bytes)


def _smallest(model: Path, guess: int) -> int:
    """The least number of steps that suffices; two attempts when the guess is right."""
    low, high = 0, guess
    while not _attempt(model, high * _STEP_BYTES)[0]:
        low, high = high, 2 * high
    probe = high - 1
    while low < probe < high:
        if _attempt(model, probe * _STEP_BYTES)[0]:
            high = probe
        else:
            low = probe
        probe = (low + high) // 2
    return high


def _reported(report: str, key: str) -> int:
    found = re.search(rf"Arena allocation {key} (\d+) bytes", report)
    if found is None:
        raise ToolError(
            f"the installed `tflite_micro` reports no arena {key}", "install another version of it"
        )
    return int(found[1])


def _attempt(model: Path, arena_bytes: int) -> tuple[bool, str]:
    """Whether an interpreter with that arena runs the model, and what it wrote."""
    # -P: a `json.py` in the user's folder is not Python's.
    command = [sys.executable, "-P", "-m", "edgeflow.tflm.worker", str(model), str(arena_bytes)]
    paths = [str(PACKAGE_DIR.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},  # this very edgeflow
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=_TIMEOUT_S,
        check=False,
    )
    return done.returncode == 0, done.stdout
