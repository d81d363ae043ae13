"""``edgeflow check-model``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import DEFAULT_BUILD_DIR, BuildDir, Json, Shapes, Signature, TargetName

if TYPE_CHECKING:
    from edgeflow.preflight.run import Preflight


def check_model(
    model: Annotated[Path, typer.Argument(help="ONNX, Keras, SavedModel or .tflite.", show_default=False)],
    target: TargetName = None,
    shapes: Shapes = None,
    signature: Signature = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Say before any work what of a model will not compile, not be int8 or not fit the target.

    Exit code 1 when there is such a thing.
    """
    from edgeflow.codegen.options import parse_shapes
    from edgeflow.pipeline import open_build
    from edgeflow.preflight.run import require_flight, run
    from edgeflow.runtimes import interface_overrides

    build = open_build(
        project_file=None,
        overrides=interface_overrides(parse_shapes(shapes or ()), signature),
        build_dir=build_dir,
        target=target,
        model=model,
    )
    answer = run(build, console.note)
    if json:
        console.answer_json(answer.as_json())
    else:
        _answer(answer)
    require_flight(answer)


def _answer(answer: Preflight) -> None:
    if answer.findings:
        console.answer_table(
            ("operator", "layer", "int8", "problem", "try instead"),
            [
                (f.kind, f.layer, "no" if f.is_float else "yes", f.problem, f.replacement or "-")
                for f in answer.findings
            ],
        )
    fit = answer.fit
    least = "arena" if fit.is_planned else f"activations of `{fit.fullest_layer}`"
    console.answer_table(
        ("needs", "bytes", "of", "% used"),
        [
            ("weights", fit.weights_bytes, fit.flash_bytes, _percent(fit.weights_bytes, fit.flash_bytes)),
            (least, fit.activation_bytes, fit.ram_bytes, _percent(fit.activation_bytes, fit.ram_bytes)),
        ],
    )
    state = {True: "fits beside its code and stack", False: "cannot fit", None: "may fit"}[fit.fits]
    count = (
        f"{len(answer.findings)} of {answer.operators} operators cannot be compiled; "
        if answer.findings
        else ""
    )
    console.answer(f"{answer.model} on {answer.target}: {count}{state}")


def _percent(value: int, limit: int) -> float:
    return 100 * value / limit if limit > 0 else 100.0
