"""``edgeflow benchmark``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from edgeflow import console
from edgeflow.cli.options import DEFAULT_BUILD_DIR, BuildDir, Json, TargetName
from edgeflow.errors import UsageError


def benchmark(
    model: Annotated[Path, typer.Argument(help="A .tflite file of any types.", show_default=False)],
    host: Annotated[bool, typer.Option("--host", help="On this machine, in LiteRT.")] = False,
    adb: Annotated[bool, typer.Option("--adb", help="On an attached Android phone.")] = False,
    phone: Annotated[
        str | None, typer.Option("--phone", help="Which phone, as `adb devices` has it.")
    ] = None,
    serial: Annotated[
        str | None,
        typer.Option("--serial", metavar="PORT", help="On a board that speaks the device protocol."),
    ] = None,
    baud: Annotated[int, typer.Option("--baud", min=300, help="Of the serial port.")] = 115200,
    target: TargetName = None,
    inputs: Annotated[
        Path | None, typer.Option("--inputs", help="Cases for the board, in0, in1 ... as .npz.")
    ] = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    benchmark_binary: Annotated[
        Path | None, typer.Option("--benchmark-binary", help="LiteRT's `benchmark_model` for the phone.")
    ] = None,
    threads: Annotated[str, typer.Option("--threads", help="Numbers of threads, such as 1,2,4.")] = "1",
    runs: Annotated[int, typer.Option("--runs", min=1, help="Measured runs.")] = 50,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="On a board: how often.")] = 3,
    warm_up: Annotated[int, typer.Option("--warm-up", min=0, help="Runs before them.")] = 5,
    json: Json = False,
) -> None:
    """Measured latency of a .tflite: with XNNPACK on this machine or a phone, or of its C on a board.

    On a board every output is compared with TFLite's first; the result is kept for `edgeflow profile`.
    """
    from edgeflow.mobile import device
    from edgeflow.mobile import host as this_machine

    if sum((host, adb, serial is not None)) != 1:
        raise UsageError("where to measure?", "give one of --host, --adb and --serial PORT")
    if serial is not None:
        schedule = {"inferences": runs, "warm_up": warm_up, "repeats": repeats}
        _on_board(model, serial, baud, target, inputs, build_dir, schedule, json=json)
        return
    counts = _thread_counts(threads)
    if host:
        result = this_machine.benchmark(model, threads=counts, runs=runs, warm_up_runs=warm_up)
    else:
        result = device.benchmark(
            model, benchmark_binary, serial=phone, threads=counts, runs=runs, warm_up_runs=warm_up
        )
    if json:
        console.answer_json(result)
    else:
        _answer(result)


def _on_board(
    model: Path,
    port: str,
    baud: int,
    target: str | None,
    inputs: Path | None,
    build_dir: Path,
    schedule: dict[str, int],
    *,
    json: bool,
) -> None:
    from edgeflow.device.measure import Schedule, benchmark
    from edgeflow.device.records import estimate_us, write_row
    from edgeflow.emulate.cases import load_inputs, seeded_arrays
    from edgeflow.target.descriptor import load

    board = load(target or "cortex-m", Path())
    row = benchmark(
        model,
        port,
        baud=baud,
        target=board.name,
        cases=lambda infos: load_inputs(inputs, infos) if inputs else seeded_arrays(infos, _BOARD_CASES),
        schedule=Schedule(**schedule),
        progress=console.note,
    )
    row["estimated_us"] = estimate_us(build_dir, row["model_sha256"], board.name)
    path = write_row(build_dir, row)
    if json:
        console.answer_json(row)
        return
    console.answer_table(
        ("board", "inferences", "latency ms", "least ms", "most ms"),
        [
            (
                row["board"],
                row["inferences"],
                *(
                    _ms(value)
                    for value in (row["latency_us"], min(row["latencies_us"]), max(row["latencies_us"]))
                ),
            )
        ],
    )
    console.answer(
        f"{row['cases']} cases equal TFLite's reference kernels ({row['compared']}); kept in {path}"
    )


_BOARD_CASES = 8


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
