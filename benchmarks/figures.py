"""Time the main job and profile models: the figures of README and release notes, as markdown.

    python benchmarks/figures.py [MODEL.tflite ...]

Bytes and instructions are exact. Seconds are wall-clock of this machine: compare them only within one
run, as the ratios below do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TARGET = "cortex-m"
COLUMNS = ("flash_bytes", "code_bytes", "ram_bytes", "arena_bytes", "stack_bytes", "instructions", "macs")


def edgeflow(folder: Path, *arguments: str) -> tuple[str, float]:
    """Standard output and wall seconds of one command line."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "edgeflow", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"edgeflow {' '.join(arguments)}: {done.stderr}")
    return done.stdout, time.perf_counter() - started


def time_the_main_job(folder: Path) -> None:
    """First and second build of the default project, and the start of the command line."""
    rows = [
        ("edgeflow --help", edgeflow(folder, "--help")[1]),
        ("edgeflow build, first", edgeflow(folder, "build", "--target", TARGET)[1]),
        ("edgeflow build, again", edgeflow(folder, "build", "--target", TARGET)[1]),
    ]
    print("| command | seconds | share of the first build |\n|---|---:|---:|")
    for name, seconds in rows:
        print(f"| `{name}` | {seconds:.2f} | {seconds / rows[1][1]:.4f} |")
    report = json.loads((folder / "build/digits" / TARGET / "report.json").read_text())
    accuracy = {kind: report["evaluation"][kind]["accuracy"] for kind in ("float", "int8")}
    print(f"\nTest accuracy: float {accuracy['float']:.4f}, int8 {accuracy['int8']:.4f}.\n")


def profile_models(folder: Path, models: list[Path]) -> None:
    """Sizes and instructions with every compiler that is here."""
    compilers = ["zig"] + (["gcc"] if shutil.which("arm-none-eabi-gcc") else [])
    print("| model | compiler | " + " | ".join(COLUMNS) + " |")
    print("|---|---|" + "---:|" * len(COLUMNS))
    for model in models:
        for compiler in compilers:
            text, _ = edgeflow(
                folder, "profile", str(model), "--target", TARGET, "--compiler", compiler, "--json"
            )
            totals: dict[str, Any] = json.loads(text)["totals"]
            values = " | ".join(f"{totals[column]:,}" for column in COLUMNS)
            print(f"| {model.stem} | {compiler} | {values} |")


def main() -> None:
    """Run both parts in an empty folder."""
    models = [Path(argument).resolve() for argument in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="edgeflow-figures-") as temporary:
        folder = Path(temporary)
        time_the_main_job(folder)
        profile_models(folder, [folder / "build/digits" / TARGET / "model_int8.tflite", *models])


if __name__ == "__main__":
    main()
