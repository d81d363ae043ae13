"""``edgeflow plan``."""

from __future__ import annotations

import os
from typing import Annotated, Any

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


def plan(
    budgets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=AMOUNT]...",
            help="ram=96KiB flash=512KiB latency=100ms energy=2mJ; they win over [budget].",
        ),
    ] = None,
    target: TargetName = None,
    classes: Annotated[
        int | None,
        typer.Option("--classes", min=2, help="Number of classes; default: those of the project's data."),
    ] = None,
    architectures: Annotated[
        str | None, typer.Option("--architectures", help="Names of networks; default: all.")
    ] = None,
    widths: Annotated[
        str | None, typer.Option("--widths", help="Width multipliers; default: 0.25,0.5,1.0.")
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option("--sizes", help="Sides of the input in pixels, or WIDTHxHEIGHT; default: 32,48,64,96."),
    ] = None,
    colors: Annotated[str | None, typer.Option("--colors", help="Default: grayscale,rgb.")] = None,
    stem_strides: Annotated[
        str | None, typer.Option("--stem-strides", help="Of the first convolution: 1, 2; default: 2.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Candidates at a time; default: one for each processor."),
    ] = None,
    compiler: CompilerName = None,
    project_file: ProjectFile = None,
    overrides: Overrides = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Before any training: what networks of each width, input size and colour cost on a target.

    Each is built from random weights for real: RAM and flash are exact, times estimated as in a profile.
    """
    import msgspec

    from edgeflow.pipeline import open_build
    from edgeflow.plan.run import class_count, run
    from edgeflow.plan.sweep import read_sweep
    from edgeflow.profile.quantity import parse_budget

    asked = dict(parse_budget(text) for text in budgets or ())
    build = open_build(
        project_file=project_file,
        overrides=overrides or (),
        build_dir=build_dir,
        target=target,
        compiler=compiler,
    )
    sweep = read_sweep(
        {
            "architectures": architectures,
            "widths": widths,
            "sizes": sizes,
            "colors": colors,
            "stem_strides": stem_strides,
        }
    )
    answer = run(
        build,
        sweep,
        classes or class_count(build, console.note),
        msgspec.to_builtins(build.project.budget) | asked,
        jobs=jobs or os.cpu_count() or 1,
        progress=console.note,
    )
    if json:
        console.answer_json(answer)
    else:
        _answer(answer)


def _answer(answer: dict[str, Any]) -> None:
    rows = answer["candidates"]
    fitting = [row for row in rows if row["fits"]]
    console.answer(f"{len(fitting)} of {len(rows)} networks fit {answer['target']}\n")
    if fitting:
        _answer_fitting(fitting)
    for row in rows:
        if not row["fits"]:
            console.answer(f"{row['name']}: {'; '.join(row['broken'])}")
    if not fitting:
        return
    order = ", ".join(answer["priorities"])
    console.answer(f"\nby priorities: {order}; * no other network is better in one of them and worse in none")
    console.answer("accuracy is not known before training: more MACs stand for it")
    for figure in ("ram_bytes", "flash_bytes", "latency_us"):
        console.answer(f"{figure}: {answer['kinds'][figure]}")
    best = " ".join(
        f"--set {key}={value}".replace(", ", ",") for key, value in fitting[0]["settings"].items()
    )
    console.answer(f"\nthe first one: edgeflow build --target {answer['target']} {best}")
    console.answer(f"picture: {answer['folder']}/plan.svg, figures: plan.json")


def _answer_fitting(rows: list[dict[str, Any]]) -> None:
    shown = []
    for row in rows:
        totals = row["totals"]
        latency = totals["latency_us"]
        shown.append(
            (
                row["name"] + (" *" if row["on_front"] else ""),
                totals["ram_bytes"],
                totals["flash_bytes"],
                totals["macs"],
                None if latency is None else latency / 1000,
                row["score"],
            )
        )
    console.answer_table(("network", "RAM B", "flash B", "MACs", "latency ms", "score"), shown)
