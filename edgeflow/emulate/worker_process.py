"""Ask a Python module in a process of its own: a model that crashes its interpreter takes down only that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from edgeflow.errors import InternalError, ModelError
from edgeflow.resources import PACKAGE_DIR

# Interpreters repeat one complaint for every tensor.
LONGEST_REASON = 240


def worker_answer(
    module: str, folder: Path, model: Path, interpreter: str = "the TFLite interpreter"
) -> dict[str, Any]:
    """``answer.json`` of ``python -m module folder``, which reads ``request.json`` there.

    Raises ModelError when the interpreter refuses the model or crashes on it.
    """
    # -P: a `json.py` in the user's folder is not Python's.
    command = [sys.executable, "-P", "-m", module, str(folder)]
    paths = [str(PACKAGE_DIR.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},  # this very edgeflow
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise ModelError(f"{interpreter} crashed on `{model}` ({name})", "the file is corrupt or hostile")
    if done.returncode != 0:
        raise InternalError(f"the process of {interpreter} failed: {done.stderr.strip().splitlines()[-1:]}")
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text())
    if "error" in answer:
        reason = textwrap.shorten(answer["error"], LONGEST_REASON, placeholder=" ...")
        raise ModelError(f"{interpreter} refuses `{model}`: {reason}")
    return answer
