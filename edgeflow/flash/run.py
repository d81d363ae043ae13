"""Run the commands of a tool: without a shell, its output shown as it comes."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from edgeflow.errors import ToolError
from edgeflow.flash.tools import Command, Tool


def run(tool: Tool, commands: Sequence[Command], progress: Callable[[str], None]) -> None:
    """One command after the other until one fails; what they print goes to stderr.

    Raises ToolError when a command cannot be started, is ended by a signal or fails.
    """
    for command in commands:
        progress(f"$ {shlex.join(command)}")
        _run(tool, command)


def _run(tool: Tool, command: Command) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise ToolError(f"`{command[0]}` is not installed", tool.install)
    try:
        done = subprocess.run(
            [program, *command[1:]], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
    except OSError as error:
        raise ToolError(f"cannot start `{program}`: {error.strerror}", tool.install) from error
    if done.returncode < 0:
        raise ToolError(f"`{_short(command)}` was ended by signal {-done.returncode}", tool.when_it_fails)
    if done.returncode > 0:
        raise ToolError(f"`{_short(command)}` failed with exit code {done.returncode}", tool.when_it_fails)


def _short(command: Command) -> str:
    """The program and its verb."""
    verbs = {"download", "reset", "build", "flash", "compile", "set-target"}
    return " ".join([command[0], *(part for part in command[1:] if part in verbs)][:2])
