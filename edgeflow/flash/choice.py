"""Which tool flashes a program on a board, or what is missing for each."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from edgeflow.errors import TargetError, ToolError, UsageError
from edgeflow.flash.payload import TITLES, Payload
from edgeflow.flash.tools import TOOLS, Command, Tool

if TYPE_CHECKING:
    from edgeflow.target.descriptor import Target


def choose(payload: Payload, target: Target, name: str | None, *, dry_run: bool = False) -> Tool:
    """The first tool of the table that is installed and has a name for the board, or the one named ``name``.

    A dry run takes one that is not installed if it must. Raises UsageError for a tool that does not fit, and
    ToolError with what is missing for each.
    """
    fitting = [tool for tool in TOOLS.values() if tool.kind == payload.kind]
    if name is not None:
        fitting = [_named(name, payload, fitting)]
    usable = [tool for tool in fitting if _knows(tool, target)]
    installed = [tool for tool in usable if shutil.which(tool.name)]
    if installed or (dry_run and usable):
        return (installed or usable)[0]
    gaps = [gap for tool in fitting for gap in _gaps(tool, target)]
    raise ToolError(
        f"nothing here can flash `{payload.path}` on `{target.name}`: {'; '.join(gap for gap, _ in gaps)}",
        "; ".join(dict.fromkeys(remedy for _, remedy in gaps)),
    )


def commands(tool: Tool, payload: Payload, target: Target, port: str | None) -> tuple[Command, ...]:
    """The commands in their order. Raises UsageError for a serial port that the tool has no use for."""
    if port is not None and not tool.takes_port:
        raise UsageError(
            f"`{tool.name}` finds the board by itself, not by a serial port",
            "leave --port out; `edgeflow benchmark --serial` takes it afterwards",
        )
    if target.programmer is None:
        raise TargetError(f"target `{target.name}` has no [programmer]", f"add its `{tool.key}`")
    return tool.commands(payload, target.programmer, port)


def missing_note(tool: Tool) -> str | None:
    """A sentence when the tool of a dry run is not installed."""
    return None if shutil.which(tool.name) else f"`{tool.name}` is not installed: {tool.install}"


def _named(name: str, payload: Payload, fitting: list[Tool]) -> Tool:
    if name not in TOOLS:
        raise UsageError(f"there is no tool `{name}`", f"tools: {', '.join(TOOLS)}")
    if TOOLS[name] not in fitting:
        raise UsageError(
            f"`{name}` does not flash `{payload.path}`, {TITLES[payload.kind]}",
            f"that does {' or '.join(f'`{tool.name}`' for tool in fitting)}",
        )
    return TOOLS[name]


def _knows(tool: Tool, target: Target) -> bool:
    return target.programmer is not None and bool(getattr(target.programmer, tool.key))


def _gaps(tool: Tool, target: Target) -> list[tuple[str, str]]:
    """What is missing for a tool, each with its remedy."""
    found = []
    if not shutil.which(tool.name):
        found.append((f"`{tool.name}` is not installed", f"{tool.name}: {tool.install}"))
    if not _knows(tool, target):
        found.append(
            (
                f"the target has no `{tool.key}` for `{tool.name}`",
                f"add `{tool.key}` to [programmer] of a descriptor of your own (targets/README.md)",
            )
        )
    return found
