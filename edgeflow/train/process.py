"""Run TensorFlow work in a process of its own.

Three reasons: another TFLite runtime in the same process would corrupt memory, TensorFlow's threads
and log level can only be set before it starts, and a converter that aborts must not take the caller
along. Progress and errors travel back as one JSON object a line; everything else the child prints is
kept aside and its last line is quoted if the child dies.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from edgeflow import errors
from edgeflow.errors import EdgeflowError, InternalError, ToolError
from edgeflow.resources import PACKAGE_DIR

Progress = Callable[[str], None]
Job = Mapping[str, Any]
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1", "CUDA_VISIBLE_DEVICES": "-1"}


class ProcessDiedError(InternalError):
    """The child ended without an answer. ``signal_name`` is set when a signal ended it."""

    def __init__(self, message: str, hint: str | None = None, signal_name: str | None = None) -> None:
        super().__init__(message, hint)
        self.signal_name = signal_name


def run_in_process(module: str, job: Job, progress: Progress, packages: Path | None = None) -> None:
    """Run a module that calls ``serve`` with a job that is JSON; returns when the work is done.

    ``packages`` is a folder of further packages that only this process sees.

    Raises the EdgeflowError that the work raised, ToolError without TensorFlow and ProcessDiedError
    when the process ended in any other way. The process ends with its caller, however that ends.
    """
    for package in ("tensorflow", "keras"):
        if find_spec(package) is None:
            raise ToolError(f"this step needs the package `{package}`", "pip install 'edgeflow[train]'")
    environment = os.environ | _QUIET | {"PYTHONPATH": _python_path(packages), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment,
        )
        try:
            error = _exchange(child, job, progress)
            status = child.wait()
        finally:
            child.kill()
            child.wait()
        if error is not None:
            raise error
        if status == -signal.SIGINT:  # Ctrl-C reached the child only, or first
            raise KeyboardInterrupt
        if status != 0:
            raise _death(module, status, log)


def _python_path(packages: Path | None) -> str:
    """This very edgeflow first, also when it runs from a checkout."""
    folders = (PACKAGE_DIR.parent, packages, os.environ.get("PYTHONPATH"))
    return os.pathsep.join(str(folder) for folder in folders if folder)


def _exchange(child: subprocess.Popen[bytes], job: Job, progress: Progress) -> EdgeflowError | None:
    """Send the job and read messages until the child closes its output; returns its error."""
    if child.stdin is None or child.stdout is None:
        raise InternalError("a child process was started without pipes")
    error = None
    try:
        child.stdin.write(json.dumps(job).encode() + b"\n")
        child.stdin.flush()  # left open: its end tells the child that its caller is gone
    except BrokenPipeError:
        return None
    for line in child.stdout:
        message = json.loads(line)
        if "progress" in message:
            progress(message["progress"])
        else:
            kind: type[EdgeflowError] = getattr(errors, message["error"])
            error = kind(message["message"], message["hint"])
    return error


def _death(module: str, status: int, log: IO[bytes]) -> ProcessDiedError:
    log.seek(0)
    lines = [line for line in log.read().decode(errors="replace").splitlines() if _says_something(line)]
    cause = lines[-1].strip() if lines else "it left no message"
    if status < 0:
        name = signal.Signals(-status).name
        return ProcessDiedError(f"`{module}` was ended by {name}: {cause}", signal_name=name)
    return ProcessDiedError(f"`{module}` ended with status {status}: {cause}")


def _says_something(line: str) -> bool:
    """Whether a line is more than what TensorFlow logs at every start."""
    return bool(line.strip()) and not line.startswith(("WARNING: All log messages before", "I0000 "))


def serve(work: Callable[[Job, Progress], None]) -> None:
    """The child's side: do the job that the caller sent and answer; called at the module's end."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches both; the caller speaks for both
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def answer(**message: object) -> None:
        answers.write(json.dumps(message) + "\n")

    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_caller, daemon=True).start()
    try:
        work(job, lambda text: answer(progress=text))
    except EdgeflowError as error:
        answer(error=type(error).__name__, message=error.message, hint=error.hint)


def _end_with_caller() -> None:
    os.read(0, 1)  # unbuffered: a lock held here would abort the interpreter's own end
    os._exit(1)
