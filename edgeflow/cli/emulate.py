"""``edgeflow emulate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from edgeflow import console
from edgeflow.cli.options import (
    DEFAULT_BUILD_DIR,
    BuildDir,
    CompilerName,
    Json,
    ModelFile,
    Shapes,
    Signature,
    TargetName,
)
from edgeflow.errors import UsageError

Interpolation = Literal["nearest", "bilinear", "area"]

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Runtime, TensorInfo


def emulate(
    model: ModelFile,
    pictures: Annotated[list[Path] | None, typer.Argument(help="Pictures to classify.")] = None,
    runtime: Annotated[
        str,
        typer.Option(
            "--runtime",
            help="reference or default (desktop interpreter), tflm, host (generated C), core (emulated).",
        ),
    ] = "reference",
    data: Annotated[
        str | None, typer.Option("--data", help="Recipe or folder: accuracy on its test part.")
    ] = None,
    inputs: Annotated[
        Path | None, typer.Option("--inputs", help="Cases in0, in1 ... as .npz, raw quantized values.")
    ] = None,
    outputs: Annotated[
        Path | None, typer.Option("--outputs", help="Where to write out0, out1 ... as .npz.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="Class names, one a line; default: labels.txt beside MODEL."),
    ] = None,
    interpolation: Annotated[
        Interpolation, typer.Option("--interpolation", help="How pictures are resized.")
    ] = "bilinear",
    shapes: Shapes = None,
    signature: Signature = None,
    sequence: Annotated[
        bool,
        typer.Option(
            "--sequence", help="Keep the state of a model that has one from case to case of --inputs."
        ),
    ] = False,
    target: TargetName = None,
    compiler: CompilerName = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Run a .tflite over cases, pictures or a data set, on any runtime.

    A model that keeps state (variables) begins each case anew, unless --sequence is given.
    """
    from edgeflow.codegen.options import parse_shapes
    from edgeflow.pipeline import open_build
    from edgeflow.runtimes import interface_overrides, open_runtime

    if sum(bool(given) for given in (pictures, data, inputs)) != 1:
        raise UsageError("give one of: pictures, --data, --inputs", "edgeflow emulate --help")
    if (inputs is None) != (outputs is None):
        raise UsageError("--inputs and --outputs belong together")
    overrides = interface_overrides(parse_shapes(shapes or ()), signature)
    if sequence and inputs is None:
        raise UsageError("--sequence belongs to --inputs", "give the cases in their order as .npz")
    build = open_build(
        project_file=None,
        overrides=overrides,
        build_dir=build_dir,
        target=target,
        compiler=compiler,
        model=model,
    )
    opened, infos = open_runtime(runtime, model, build, console.note)
    if inputs is not None and outputs is not None:
        _run_cases(opened, infos, inputs, outputs, sequence=sequence, json=json)
    elif pictures:
        _run_pictures(opened, infos, pictures, _class_names(labels, model), interpolation, json=json)
    elif data is not None:
        _run_data(opened, infos, data, interpolation, json=json)


def _run_cases(
    runtime: Runtime,
    infos: tuple[TensorInfo, ...],
    inputs: Path,
    outputs: Path,
    *,
    sequence: bool,
    json: bool,
) -> None:
    from edgeflow.emulate.cases import load_inputs, save_outputs

    cases = load_inputs(inputs, infos)
    results = runtime.run(cases, sequence=sequence)
    save_outputs(outputs, results)
    count = len(cases[0])
    if json:
        console.answer_json({"schema": 1, "cases": count, "runtime": runtime.title, "outputs": str(outputs)})
    else:
        console.answer(f"{count} cases on {runtime.title}: wrote {outputs}")


def _class_names(labels: Path | None, model: Path) -> list[str]:
    """The lines of the given file; of the one beside the model, if it is there, when none is given."""
    path = labels or model.with_name("labels.txt")
    if labels is None and not path.is_file():
        return []
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _run_pictures(
    runtime: Runtime,
    infos: tuple[TensorInfo, ...],
    pictures: list[Path],
    classes: list[str],
    interpolation: Interpolation,
    *,
    json: bool,
) -> None:
    from edgeflow.runtimes import run_pictures

    scores = run_pictures(runtime, infos, pictures, interpolation)
    rows = []
    for path, values in zip(pictures, scores, strict=True):
        best = int(values.argmax())
        rows.append((str(path), classes[best] if best < len(classes) else str(best), values[best].item()))
    if json:
        keys = ("picture", "class", "score")
        console.answer_json({"schema": 1, "pictures": [dict(zip(keys, row, strict=True)) for row in rows]})
    else:
        console.answer_table(("picture", "class", "score (raw)"), rows)


def _run_data(
    runtime: Runtime, infos: tuple[TensorInfo, ...], data: str, interpolation: Interpolation, *, json: bool
) -> None:
    from edgeflow.runtimes import evaluate_data

    result = evaluate_data(runtime, infos, data, interpolation, console.note)
    if json:
        console.answer_json({"schema": 1, **result})
        return
    console.answer(
        f"accuracy {result['accuracy']:.4f} on {result['pictures']} test pictures ({runtime.title})\n"
    )
    columns = ("true \\ predicted", *result["classes"])
    rows = [(name, *row) for name, row in zip(result["classes"], result["confusion_matrix"], strict=True)]
    console.answer_table(columns, rows)
