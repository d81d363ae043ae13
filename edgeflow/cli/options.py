"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectFile = Annotated[
    Path | None,
    typer.Option(
        "--project", help="Project file; without it `edgeflow.toml` here, else the default project."
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="TABLE.KEY=VALUE", help="Override a key of the project file; repeatable."),
]
BuildDir = Annotated[Path, typer.Option("--build-dir", help="Folder for results and cache.")]
TargetName = Annotated[
    str | None, typer.Option("--target", help="Target name or descriptor file; see `edgeflow targets list`.")
]
CompilerName = Annotated[str | None, typer.Option("--compiler", help="auto, zig or gcc.")]
Tune = Annotated[
    bool, typer.Option("--tune", help="Measure on the emulated core which kernels are the fastest; cached.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Shapes = Annotated[
    list[str] | None,
    typer.Option("--shape", metavar="NAME=1,96,96,3", help="Size of an input that has none; repeatable."),
]
Signature = Annotated[
    str | None, typer.Option("--signature", help="Which of the model's signatures, where it has several.")
]
ModelFile = Annotated[Path, typer.Argument(help="A full-integer int8 .tflite file.", show_default=False)]

EngineName = Annotated[
    str | None,
    typer.Option("--engine", help="Estimate another engine instead (tflm, x-cube-ai, hale); nothing is run."),
]

DEFAULT_BUILD_DIR = Path("build")
