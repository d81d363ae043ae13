"""``edgeflow build``, and its prefixes ``train``, ``quantize`` and ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgeflow import console
from edgeflow.cli.advice import answer_causes
from edgeflow.cli.options import (
    DEFAULT_BUILD_DIR,
    BuildDir,
    CompilerName,
    Json,
    Overrides,
    ProjectFile,
    Shapes,
    Signature,
    TargetName,
    Tune,
)

if TYPE_CHECKING:
    from edgeflow.pipeline import Build


def build(
    target: TargetName = None,
    project_file: ProjectFile = None,
    overrides: Overrides = None,
    compiler: CompilerName = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", help="Build this model (ONNX, Keras, SavedModel, .tflite), train none."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", help="Recipe, folder or archive of pictures, or .npz: calibrates and tests the model."
        ),
    ] = None,
    shapes: Shapes = None,
    signature: Signature = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    tune: Tune = False,
    first: Annotated[
        str | None, typer.Option("--from", metavar="STAGE", help="Redo this stage and all after it.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="STAGE", help="Stop after this stage.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Redo every stage.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run, run nothing.")] = False,
    json: Json = False,
) -> None:
    """Carry a data set to a verified device build: train, int8, C, image, parity, profile, report."""
    from edgeflow.artifact import read_json
    from edgeflow.codegen.options import parse_shapes
    from edgeflow.pipeline import open_build, plan_steps, run_steps
    from edgeflow.runtimes import interface_overrides
    from edgeflow.stages import chain, check_budgets

    chosen = interface_overrides(parse_shapes(shapes or ()), signature)
    work = open_build(
        project_file=project_file,
        overrides=(*(overrides or ()), *chosen, *(["codegen.tune=true"] if tune else [])),
        build_dir=build_dir,
        target=target,
        compiler=compiler,
        model=model,
        data=data,
    )
    stages = chain(work, first=first, last=last)
    steps = plan_steps(work, stages, redo_from=stages[0].name if force else first)
    if dry_run:
        rows = [(step.stage.name, "unchanged" if step.is_fresh else "would run") for step in steps]
        if json:
            console.answer_json({"schema": 1, "stages": dict(rows)})
        else:
            console.answer_table(("stage", "state"), rows)
        return
    results = run_steps(work, steps, console.note)
    if "report" in results:
        # From the store: the output folder may meanwhile hold what another build has made of it.
        report = results["report"] / "report.json"
        if json:
            console.answer_json(read_json(report))
        else:
            _answer_build(work, results, read_json(report))
            answer_causes(read_json(report)["causes"])
        check_budgets(report)
    elif json:
        console.answer_json({"schema": 1, "results": str(work.output_dir)})
    else:
        if last == "evaluate":
            _answer_accuracy(read_json(results["evaluate"] / "evaluation.json"))
        if last == "agreement":
            _answer_agreement(read_json(results["agreement"] / "agreement.json"))
        console.answer(f"results: {work.output_dir}")


def train(
    project_file: ProjectFile = None, overrides: Overrides = None, build_dir: BuildDir = DEFAULT_BUILD_DIR
) -> None:
    """Prepare the data and train the model (`build --to train`)."""
    build(project_file=project_file, overrides=overrides, build_dir=build_dir, last="train")


def quantize(
    project_file: ProjectFile = None, overrides: Overrides = None, build_dir: BuildDir = DEFAULT_BUILD_DIR
) -> None:
    """Up to the full-integer int8 .tflite (`build --to quantize`)."""
    build(project_file=project_file, overrides=overrides, build_dir=build_dir, last="quantize")


def evaluate(
    project_file: ProjectFile = None, overrides: Overrides = None, build_dir: BuildDir = DEFAULT_BUILD_DIR
) -> None:
    """Up to float and int8 accuracy on the test part (`build --to evaluate`)."""
    build(project_file=project_file, overrides=overrides, build_dir=build_dir, last="evaluate")


def _answer_build(build: Build, results: dict[str, Path], report: dict[str, Any]) -> None:
    """The figures a user looks for first; everything else stands in report.html."""
    from edgeflow.cli.profile import answer_totals, answer_tuning

    answer_totals(report["profile"])
    answer_tuning(results)
    console.answer("")
    if report["evaluation"]:
        _answer_accuracy(report["evaluation"])
    if report["agreement"]:
        _answer_agreement(report["agreement"])
    if report["training_energy"]:
        console.answer(_training(report["training_energy"]))
    parity = report["parity"]
    console.answer(f"parity: {parity['differing_bytes']} differing bytes")
    for row in parity["comparisons"]:
        first, second = row["between"]
        console.answer(
            f"  {first} and {second}, {row['kind']}: {row['cases']} cases, {row['tensors']} tensors, "
            f"{row['bytes']:,} bytes, {row['differing_bytes']} differ"
        )
    console.answer(f"results: {build.output_dir}, report: {build.output_dir / 'report.html'}")


def _training(energy: dict[str, Any]) -> str:
    text = f"training: {energy['seconds']:,.1f} s"
    if energy["energy_j"] is None:
        return f"{text}; energy {energy['kind']} (`energy.training_power_w` makes it an estimate)"
    return f"{text}, {energy['energy_j']:,.1f} J, {energy['carbon_g']:,.3f} g of CO2; {energy['kind']}"


def _answer_agreement(agreement: dict[str, Any]) -> None:
    """On the test part; report and agreement.json have the rest."""
    for row in (row for row in agreement["rows"] if row["part"] == "test"):
        text = f"{row['between'][0]} to {row['between'][1]}: output {row['output']} differs by"
        text += f" {100 * row['relative_max_difference']:.2g} % of its range"
        text += f" (mean {100 * row['relative_mean_difference']:.2g} %)"
        if row["same_class"] is not None:
            text += f", same class for {row['same_class']} of {row['cases']}"
        console.answer(text)
    known = [layer for layer in agreement["noise"]["layers"] if layer["sqnr_db"] is not None]
    if known:
        worst = known[0]
        console.answer(f"most noise of int8: {worst['kind']} #{worst['operator']}, {worst['sqnr_db']:.1f} dB")


def _answer_accuracy(evaluation: dict[str, Any]) -> None:
    rows = [(kind, evaluation[kind]["accuracy"]) for kind in ("float", "int8") if evaluation[kind]]
    if not rows:
        console.answer(f"no accuracy: {evaluation['unknown_because']}")
        return
    text = ", ".join(f"{kind} {accuracy:.4f}" for kind, accuracy in rows)
    console.answer(f"accuracy on {evaluation['pictures']} test cases: {text}")
    if evaluation.get("hint"):
        console.answer(f"hint: {evaluation['hint']}")
