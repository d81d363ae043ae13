"""``edgeflow flash``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import DEFAULT_BUILD_DIR, BuildDir, Json, Overrides, ProjectFile, TargetName
from edgeflow.errors import TargetError

if TYPE_CHECKING:
    from edgeflow.flash.payload import Payload
    from edgeflow.target.descriptor import Target


def flash(
    program: Annotated[
        Path | None,
        typer.Argument(help="An ELF file or the folder of an export; default: the build's image."),
    ] = None,
    target: TargetName = None,
    tool: Annotated[
        str | None, typer.Option("--tool", help="probe-rs, openocd, west, arduino-cli or idf.py.")
    ] = None,
    port: Annotated[
        str | None, typer.Option("--port", help="The board's serial port, for arduino-cli and idf.py.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be called.")] = False,
    project_file: ProjectFile = None,
    overrides: Overrides = None,
    model: Annotated[
        Path | None, typer.Option("--model", help="The image that was built of this model.")
    ] = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Write a program to a board with the tool that is installed for it; nothing is built by edgeflow."""
    from edgeflow.flash.choice import choose, commands, missing_note
    from edgeflow.flash.run import run

    payload, board = _payload(program, target, project_file, overrides, model, build_dir)
    chosen = choose(payload, board, tool, dry_run=dry_run)
    calls = commands(chosen, payload, board, port)
    if dry_run:
        note = missing_note(chosen)
        if note:
            console.note(note)
    else:
        run(chosen, calls, console.note)
    if json:
        answer = {"schema": 1, "tool": chosen.name, "program": str(payload.path), "target": board.name}
        console.answer_json({**answer, "commands": calls, "flashed": not dry_run})
    elif dry_run:
        for call in calls:
            console.answer(shlex.join(call))
    else:
        console.answer(f"`{payload.path}` is on `{board.name}`, by {chosen.name}")


def _payload(
    program: Path | None,
    target: str | None,
    project_file: Path | None,
    overrides: list[str] | None,
    model: Path | None,
    build_dir: Path,
) -> tuple[Payload, Target]:
    """What to flash and on which board, both checked against each other."""
    from edgeflow.flash.image import check_image
    from edgeflow.flash.payload import built_image, find_payload
    from edgeflow.pipeline import open_build
    from edgeflow.target.descriptor import as_target

    work = open_build(
        project_file=project_file,
        overrides=tuple(overrides or ()),
        build_dir=build_dir,
        target=target,
        model=model,
    )
    board = as_target(work.target)
    if board.generic:
        raise TargetError(f"`{board.name}` is a generic core, not a board", "give the board with --target")
    remark = None
    if program is None:
        program, remark = built_image(work.output_dir)
    payload = find_payload(program)
    if payload.kind == "image":
        check_image(payload.path, board)
    if remark:
        console.note(remark)
    return payload, board
