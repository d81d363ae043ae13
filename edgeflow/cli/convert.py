"""``edgeflow convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from edgeflow import console
from edgeflow.cli.options import DEFAULT_BUILD_DIR, BuildDir, Json, Overrides, ProjectFile, Shapes, Signature
from edgeflow.errors import ModelError


def convert(
    model: Annotated[
        Path, typer.Argument(help="ONNX, Keras, SavedModel or .tflite model.", show_default=False)
    ],
    data: Annotated[
        str | None,
        typer.Option("--data", help="Recipe, folder or archive of pictures, or .npz, to calibrate with."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The .tflite to write; default: <model>_int8.tflite."),
    ] = None,
    floating: Annotated[
        bool, typer.Option("--float", help="Stop at the float .tflite; needs no data.")
    ] = False,
    shapes: Shapes = None,
    signature: Signature = None,
    project_file: ProjectFile = None,
    overrides: Overrides = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Convert a model of another tool to an int8 .tflite, or with --float to a float one."""
    from edgeflow.artifact import copy_file, read_json
    from edgeflow.codegen.options import parse_shapes
    from edgeflow.importers.edges import write_integer_edges
    from edgeflow.importers.source import needs_import
    from edgeflow.pipeline import open_build, run_stages
    from edgeflow.runtimes import interface_overrides
    from edgeflow.stages import chain

    build = open_build(
        project_file=project_file,
        overrides=(*(overrides or ()), *interface_overrides(parse_shapes(shapes or ()), signature)),
        build_dir=build_dir,
        model=model,
        data=data,
    )
    kind, last = ("float", "import") if floating else ("int8", "quantize")
    path = output or Path(f"{model.resolve().stem}_{kind}.tflite")
    if not needs_import(model):
        if floating:
            raise ModelError(
                f"`{model}` computes in int8: there is no float model in it", "leave --float out"
            )
        write_integer_edges(model, path)
        if json:
            console.answer_json(_facts(path, kind, None))
        else:
            console.answer(f"wrote {path}: integer inputs and outputs")
        return
    results = run_stages(build, chain(build, last=last), console.note, publish=False)
    copy_file(results[last] / f"model_{kind}.tflite", path)
    record = read_json(results["import"] / "import.json")
    if json:
        console.answer_json(_facts(path, kind, record))
        return
    for name in ("input", "output"):
        for port in record[f"{name}s"]:
            console.answer(f"{name} {_port(port)}")
    console.answer(f"wrote {path}: {kind}, {path.stat().st_size:,} bytes")


def _facts(path: Path, kind: str, record: dict[str, Any] | None) -> dict[str, Any]:
    from edgeflow.artifact import sha256_file

    return {"schema": 1, "model": str(path), "kind": kind, "sha256": sha256_file(path), "import": record}


def _port(port: dict[str, Any]) -> str:
    moved = f", axes of the source {port['transposed']}" if port["transposed"] else ""
    return f"`{port['name']}`: {port['shape']}{moved}"
