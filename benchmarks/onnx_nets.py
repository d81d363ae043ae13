"""What importing ONNX nets costs: differences, transposes, agreement of int8 and time, as a table.

    python benchmarks/onnx_nets.py [--nets FOLDER] [--data DATA] [--set KEY=VALUE ...] > table.md

Every `.onnx` of the folder goes through `edgeflow build --to agreement`. Without `--data` its inputs are
256 cases of normal noise, from which a seed draws a fifth to test; nets of data have `--data`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgeflow.frontend.tflite import read_model
from edgeflow.ir.graph import Graph
from edgeflow.passes.run import run_passes

NETS = Path(__file__).resolve().parents[1] / "tests" / "importers" / "onnx_nets"
SHAPES = {"dynamic": {"x": (1, 3, 12, 20)}}  # of the nets that leave sizes open
INPUTS = {"two_inputs": ((1, 12, 20), (7,)), "channels_last": ((12, 20, 3),), "waves": ((3, 50),)}
PICTURE = ((3, 12, 20),)
CASES = 256
# The table shows what is lost; nothing is to stop it.
LENIENT = ("int8_mean_difference=1", "int8_argmax_agreement=0", "int8_accuracy_drop=1")


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    net: str
    nodes: int
    difference: float
    largest: float
    transposes: tuple[int, int]
    int8: dict[str, Any]
    drop: float | None
    seconds: float


def noise(net: str, folder: Path) -> Path:
    """Cases of normal noise for a net's inputs."""
    random = np.random.default_rng(1)
    shapes = INPUTS.get(net, PICTURE)
    arrays = {f"in{i}": random.normal(size=(CASES, *s)).astype(np.float32) for i, s in enumerate(shapes)}
    np.savez(folder / f"{net}.npz", allow_pickle=False, **arrays)
    return folder / f"{net}.npz"


def measured(net: Path, data: str, settings: list[str], folder: Path) -> Row:
    """Build a net as far as the agreement of original, float and int8 and read the records."""
    command = [sys.executable, "-m", "edgeflow", "build", "--model", str(net), "--data", data]
    command += ["--to", "agreement", "--build-dir", str(folder / net.stem)]
    for name, shape in SHAPES.get(net.stem, {}).items():
        command += ["--shape", f"{name}={','.join(map(str, shape))}"]
    for key in (*(f"parity.{key}" for key in LENIENT), *settings):
        command += ["--set", key]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        sys.exit(done.stderr)
    (record,) = (folder / net.stem).glob("*/*/import.json")
    imported = json.loads(record.read_text())
    agreement = json.loads(record.with_name("agreement.json").read_text())
    rows = [row for row in agreement["rows"] if row["part"] == "test"]
    tests = {row["model"]: row["accuracy"] for row in agreement["accuracy"] if row["part"] == "test"}
    graph = read_model(record.with_name("model_int8.tflite"))
    return Row(
        net.stem,
        len(graph.ops),
        max(row["max_difference"] for row in rows if row["between"] == ["original", "float"]),
        imported["float_check"]["max_value"],
        (transposes(graph), transposes(run_passes(graph))),
        next(row for row in rows if row["between"] == ["float", "int8"]),
        tests["int8"] - tests["original"] if tests else None,
        imported["seconds"],
    )


def transposes(graph: Graph) -> int:
    """How many operators do nothing but change the order of axes."""
    return sum(op.kind == "TRANSPOSE" for op in graph.ops)


HEADS = ("net", "operators", "float: largest difference", "largest value", "transposes", "after passes")
HEADS += ("int8: mean difference", "same class", "accuracy", "import [s]")


def line(row: Row) -> str:
    """The row in Markdown."""
    figures = [row.net, row.nodes, f"{row.difference:.1e}", f"{row.largest:.1f}", *row.transposes]
    figures += [f"{100 * row.int8['relative_mean_difference']:.2f} %"]
    figures += [f"{row.int8['same_class']} of {row.int8['cases']}"]
    figures += ["" if row.drop is None else f"{100 * row.drop:+.1f} points", f"{row.seconds:.1f}"]
    return f"| {' | '.join(map(str, figures))} |"


def main() -> None:
    """Measure every net and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nets", type=Path, default=NETS)
    parser.add_argument("--data")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    options = parser.parse_args()
    print(f"| {' | '.join(HEADS)} |\n|---|{'---:|' * (len(HEADS) - 1)}")
    with tempfile.TemporaryDirectory() as name:
        for net in sorted(options.nets.resolve().glob("*.onnx")):
            data = options.data or str(noise(net.stem, Path(name)))
            print(line(measured(net, data, options.settings, Path(name))), flush=True)


if __name__ == "__main__":
    main()
