"""``edgeflow benchmark``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from edgeflow import console
from edgeflow.cli.options import Json
from edgeflow.errors import UsageError


def benchmark(
    model: Annotated[Path, typer.Argument(help="A .tflite file of any types.", show_default=False)],
    host: Annotated[bool, typer.Option("--host", help="On this machine, in LiteRT.")] = False,
    adb: Annotated[bool, typer.Option("--adb", help="On an attached Android phone.")] = False,
    serial: Annotated[
        str | None, typer.Option("--serial", help="Which phone, as `adb devices` has it.")
    ] = None,
    benchmark_binary: Annotated[
        Path | None, typer.Option("--benchmark-binary", help="LiteRT's `benchmark_model` for the phone.")
    ] = None,
    threads: Annotated[str, typer.Option("--threads", help="Numbers of threads, such as 1,2,4.")] = "1",
    runs: Annotated[int, typer.Option("--runs", min=1, help="Measured runs.")] = 50,
    warm_up: Annotated[int, typer.Option("--warm-up", min=0, help="Runs before them.")] = 5,
    json: Json = False,
) -> None:
    """Measured latency of a .tflite with XNNPACK, on this machine or on a phone."""
    from edgeflow.mobile import device
    from edgeflow.mobile import host as this_machine

    if host == adb:
        raise UsageError("where to measure?", "give one of --host and --adb")
    counts = _thread_counts(threads)
    if host:
        result = this_machine.benchmark(model, threads=counts, runs=runs, warm_up_runs=warm_up)
    else:
        result = device.benchmark(
            model, benchmark_binary, serial=serial, threads=counts, runs=runs, warm_up_runs=warm_up
        )
    if json:
        console.answer_json(result)
    else:
        _answer(result)


def _thread_counts(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise UsageError(f"`--threads {text}` is no list of numbers of threads", "such as --threads 1,2,4")
    return [int(part) for part in parts]


_COLUMNS = ("median_us", "p90_us", "p95_us", "min_us", "mean_us", "std_us")


def _answer(result: dict[str, Any]) -> None:
    console.answer_table(
        ("threads", "runs", *(f"{key.removesuffix('_us')} ms" for key in _COLUMNS), "parts on XNNPACK"),
        [
            (row["threads"], row["runs"], *(_ms(row[key]) for key in _COLUMNS), row["delegated_parts"])
            for row in result["results"]
        ],
    )
    console.answer(result["kind"])
    if any(row["delegated_parts"] == 0 for row in result["results"]):
        console.answer("XNNPACK took nothing: these are the runtime's own kernels")


def _ms(microseconds: float | None) -> Decimal | None:
    return None if microseconds is None else Decimal(f"{microseconds / 1000:.3f}")
