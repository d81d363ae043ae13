"""Which models of a set compile and give their golden outputs, on the host and on the emulated core.

    python benchmarks/coverage.py [--models FOLDER] [--target nucleo-l4r5zi] [--kernels plain] > table.md

The folder holds `index.json`, the models and `goldens/NAME.npz` with `in{case}_{k}` and `out{case}_{k}`,
of models that keep state also `seq{case}_{k}`. A model that is refused is listed with the sentence.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.host import HostRuntime
from edgeflow.emulate.network import load_network
from edgeflow.errors import BuildError, EdgeflowError
from edgeflow.firmware.host import build_library
from edgeflow.firmware.stage import run as build_firmware
from edgeflow.target.descriptor import load_target

CASES = 8
SHARED = Path(__file__).resolve().parents[2] / "shared" / "models"


@dataclass(frozen=True)
class Row:
    """How far one model came: `exact`, `differs`, `too large`, `no golden` or a sentence."""

    name: str
    tier: str
    compiled: str
    seconds: float = 0.0
    host: str = "-"
    core: str = "-"


def stacked(goldens: Mapping[str, np.ndarray], kind: str, count: int) -> list[np.ndarray]:
    """The arrays of all cases, one for each port."""
    return [np.stack([goldens[f"{kind}{case}_{k}"] for case in range(CASES)]) for k in range(count)]


def verdict(runtime: HostRuntime | CoreRuntime, goldens: Mapping[str, np.ndarray]) -> str:
    """Compare all cases, and those in sequence where the golden has them."""
    network = runtime.network
    inputs = stacked(goldens, "in", len(network.inputs))
    kinds = [("out", False)] + ([("seq", True)] if "seq0_0" in goldens else [])
    for kind, sequence in kinds:
        outputs = runtime.run(inputs, sequence=sequence)
        expected = stacked(goldens, kind, len(network.outputs))
        if any(a.tobytes() != b.tobytes() for a, b in zip(outputs, expected, strict=True)):
            return "differs"
    return "exact"


def on_core(folder: Path, target: str, goldens: Mapping[str, np.ndarray]) -> str:
    """The same on the emulated core, if the program fits the target."""
    try:
        build_firmware(folder, folder / "core", target=load_target(target), compiler="auto")
    except BuildError as error:
        return (
            "too large" if "does not fit" in error.message or "overflow" in error.message else error.message
        )
    return verdict(CoreRuntime(folder / "core", load_network(folder)), goldens)


def examine(entry: dict[str, Any], models: Path, target: str, kernels: str) -> Row:
    """One model through the compiler and both runtimes."""
    name, tier = entry["name"], entry["tier"]
    golden = models / "goldens" / f"{name}.npz"
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            options = CodegenOptions(kernels=kernels) if kernels != "default" else CodegenOptions()
            generate(models / entry["file"], folder, name=name, options=options)
        except EdgeflowError as error:
            return Row(name, tier, " ".join(error.message.split()))
        seconds = time.perf_counter() - started
        if not golden.is_file():
            return Row(name, tier, "yes", seconds, "no golden", "no golden")
        goldens = np.load(golden)
        library = build_library(folder / "c", folder / "host")
        host = verdict(HostRuntime(library, load_network(folder)), goldens)
        return Row(name, tier, "yes", seconds, host, on_core(folder, target, goldens))


def print_table(rows: list[Row]) -> None:
    """Totals by tier, then what is not exact everywhere."""
    print("| tier | models | compiled | exact on host | exact on core | too large for the core |")
    print("|---|---:|---:|---:|---:|---:|")
    for tier in dict.fromkeys(row.tier for row in rows):
        group = [row for row in rows if row.tier == tier]
        counts = Counter(row.core for row in group)
        compiled = sum(row.compiled == "yes" for row in group)
        host = sum(row.host == "exact" for row in group)
        print(f"| {tier} | {len(group)} | {compiled} | {host} | {counts['exact']} | {counts['too large']} |")
    slowest = max(rows, key=lambda row: row.seconds)
    print(f"\nSlowest to compile to C: {slowest.name}, {slowest.seconds:.2f} s.\n")
    print("| model | tier | compiled | host | core |\n|---|---|---|---|---|")
    for row in rows:
        if row.core != "exact":
            print(f"| {row.name} | {row.tier} | {row.compiled} | {row.host} | {row.core} |")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--models", type=Path, default=SHARED)
    parser.add_argument("--target", default="nucleo-l4r5zi")
    parser.add_argument("--kernels", default="default")
    options = parser.parse_args()
    entries = json.loads((options.models / "index.json").read_text())["models"]
    with ProcessPoolExecutor(2) as pool:
        waiting = [
            pool.submit(examine, entry, options.models, options.target, options.kernels) for entry in entries
        ]
        rows = []
        for future in waiting:
            rows.append(future.result())
            print(f"{len(rows)} of {len(entries)}: {rows[-1].name}", file=sys.stderr)
    print_table(rows)


if __name__ == "__main__":
    main()
