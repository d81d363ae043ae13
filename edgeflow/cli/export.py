"""``edgeflow export``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import (
    DEFAULT_BUILD_DIR,
    BuildDir,
    CompilerName,
    Json,
    Overrides,
    ProjectFile,
    TargetName,
)
from edgeflow.errors import UsageError


def export(
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="DESTINATION", help="Where to; repeatable. See --list."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A new folder for the export; default: in the build's folder."),
    ] = None,
    target: TargetName = None,
    project_file: ProjectFile = None,
    overrides: Overrides = None,
    compiler: CompilerName = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", help="Export this model (ONNX, Keras, SavedModel, .tflite), train none."),
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", help="Of that model, as `edgeflow build` takes it.")
    ] = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    show: Annotated[bool, typer.Option("--list", help="Only list the destinations.")] = False,
    json: Json = False,
) -> None:
    """Give a checked build the form of another tool's project: a folder it accepts as it is."""
    from edgeflow.export.destinations import DESTINATIONS, destination

    if show:
        rows = [(found.name, found.title) for found in DESTINATIONS.values()]
        if json:
            console.answer_json({"schema": 1, "destinations": dict(rows)})
        else:
            console.answer_table(("destination", "what it is"), rows)
        return
    for name in to or ():
        destination(name)
    folders = _run(to, output, target, project_file, overrides, compiler, model, data, build_dir)
    if json:
        console.answer_json({"schema": 1, "exports": {name: str(path) for name, path in folders.items()}})
        return
    facts = [(name, str(path), *_size(path)) for name, path in folders.items()]
    console.answer_table(("destination", "folder", "files", "bytes"), facts)


def _run(
    to: list[str] | None,
    output: Path | None,
    target: str | None,
    project_file: Path | None,
    overrides: list[str] | None,
    compiler: str | None,
    model: Path | None,
    data: str | None,
    build_dir: Path,
) -> dict[str, Path]:
    """Build as far as needed; returns the folder of each destination."""
    from edgeflow.pipeline import open_build, run_stages
    from edgeflow.stages import export_chain

    wanted = [f"export.to={to!r}"] if to else []
    work = open_build(
        project_file=project_file,
        overrides=(*(overrides or ()), *wanted),
        build_dir=build_dir,
        target=target,
        compiler=compiler,
        model=model,
        data=data,
    )
    names = work.project.export.to
    if not names:
        raise UsageError("no destination is given", "`edgeflow export --to cmake`; --list names all")
    if output is not None and (len(names) > 1 or output.exists()):
        problem = "takes one destination" if len(names) > 1 else f"`{output}` exists already"
        raise UsageError(f"--output {problem}", "give a new folder and one --to")
    result = run_stages(work, export_chain(work), console.note)["export"] / "export"
    if output is None:
        return {name: work.output_dir / "export" / name for name in names}
    partial = output.with_name(f".{output.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(result / names[0], partial)
    partial.replace(output)
    return {names[0]: output}


def _size(folder: Path) -> tuple[int, int]:
    """Files of an export, and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)
