"""Fit engines to published runs, and say how well estimates agree with silicon.

    python benchmarks/latency/accuracy.py --write

writes `edgeflow/profile/engines.csv` and `docs/accuracy.md` from `published.csv` (facts with sources),
`networks.csv` and `benchmarks/mlperf_tiny_bar.csv`. Without `--write` it prints the page.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from edgeflow.profile.accuracy_class import ACCURACY_CLASSES
from edgeflow.profile.engines import CLASSES, TABLE

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "accuracy.md"
BAR = HERE.with_name("mlperf_tiny_bar.csv")
# Engines that leave out channels which are constant for every input; the others compute all.
SKIPS_CONSTANT = {"x-cube-ai"}
# Published runs that are compared with but fit no row of the table: the name says of what engine.
ONLY_CHECKED = {"microtvm", "tflm-2.3"}
# A class below this share of a network's MACs does not decide its time.
LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Run:
    """One published latency, in cycles."""

    engine: str
    core: str
    net: str
    board: str
    version: str
    source: str
    cycles: float


@dataclass(frozen=True)
class Fit:
    """Cycles per MAC by class; errors of each run in the fit, and when it is predicted from the others.

    The second is None where the others do not hold the run's class of layers at all.
    """

    runs: list[Run]
    cycles_per_mac: dict[str, float]
    errors: dict[str, float]
    predicted: dict[str, float | None]


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV whose remarks begin with #."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def published() -> dict[tuple[str, str], list[Run]]:
    """All runs by engine and core; TFLM on the M4F is the one simulated for this project."""
    found: dict[tuple[str, str], list[Run]] = {}
    for row in read_table(BAR):
        if row["cycles"]:
            version = "TFLM + CMSIS-NN, 2026-08"
            run = Run(
                "tflm", row["core"], row["net"], "emulated core", version, BAR.name, float(row["cycles"])
            )
            found.setdefault((run.engine, run.core), []).append(run)
    for row in read_table(HERE / "published.csv"):
        cycles = float(row["latency_ms"]) / 1000 * float(row["clock_hz"])
        run = Run(
            row["engine"], row["core"], row["net"], row["board"], row["engine_version"], row["source"], cycles
        )
        found.setdefault((run.engine, run.core), []).append(run)
    return found


def network_macs() -> dict[tuple[str, str], np.ndarray]:
    """MACs by class of every network, dense and kept."""
    return {
        (row["net"], row["kind"]): np.array([float(row[one]) for one in CLASSES])
        for row in read_table(HERE / "networks.csv")
    }


def fit(runs: list[Run]) -> Fit:
    """Non-negative least squares of the relative error; then again without each run, to predict it."""
    macs = network_macs()
    kind = "kept" if runs[0].engine in SKIPS_CONSTANT else "dense"
    work = np.array([macs[run.net, kind] for run in runs])
    per_cycle = work / np.array([[run.cycles] for run in runs])
    cycles_per_mac, _ = nnls(per_cycle, np.ones(len(runs)))
    matters = work / work.sum(axis=1, keepdims=True) > LEAST_SHARE
    predicted: dict[str, float | None] = {}
    for i, run in enumerate(runs):
        others = np.delete(per_cycle, i, axis=0)
        known = np.delete(matters, i, axis=0).any(axis=0)
        rest, _ = nnls(others, np.ones(len(others)))
        predicted[run.net] = _error(per_cycle[i] @ rest) if known[matters[i]].all() else None
    errors = {run.net: _error(row @ cycles_per_mac) for run, row in zip(runs, per_cycle, strict=True)}
    return Fit(runs, dict(zip(CLASSES, map(float, cycles_per_mac), strict=True)), errors, predicted)


def _error(ratio: float) -> float:
    return float(ratio - 1) * 100


def fits() -> list[Fit]:
    """The rows of the engines' table."""
    return [fit(runs) for (engine, _), runs in sorted(published().items()) if engine not in ONLY_CHECKED]


def basis(one: Fit) -> str:
    """What a row was fitted to."""
    board = one.runs[0].board
    where = "an emulated core without wait states" if board == "emulated core" else board
    return f"{len(one.runs)} runs on {where}"


def table_text(several: list[Fit]) -> str:
    """The content of ``engines.csv``."""
    head = ["engine", "core", "version", *CLASSES, "basis", "least_error_percent", "most_error_percent"]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    for one in several:
        known = [error for error in one.predicted.values() if error is not None]
        first = one.runs[0]
        figures = [f"{one.cycles_per_mac[c]:.3f}" for c in CLASSES]
        writer.writerow(
            [
                first.engine,
                first.core,
                first.version,
                *figures,
                basis(one),
                f"{min(known):.1f}",
                f"{max(known):.1f}",
            ]
        )
    return stream.getvalue()


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table whose columns after the first are aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def percent(value: float | None) -> str:
    """An error with its sign, a dash without one."""
    return "-" if value is None else f"{value:+.1f}"


def page() -> str:
    """``docs/accuracy.md``."""
    several = fits()
    rates = [
        [f"{f.runs[0].version}, {f.runs[0].core}", *(f"{f.cycles_per_mac[c]:.2f}" for c in CLASSES), basis(f)]
        for f in several
    ]
    runs = [
        [
            f"{f.runs[0].version}, {f.runs[0].core}",
            run.net,
            f"{run.cycles / 1e6:.3f}",
            f"{run.cycles / 1e6 * (1 + f.errors[run.net] / 100):.3f}",
            percent(f.errors[run.net]),
            percent(f.predicted[run.net]),
        ]
        for f in several
        for run in f.runs
    ]
    sources = [
        [f"{run.engine}, {run.net}", run.board, run.source] for many in published().values() for run in many
    ]
    return (
        (HERE / "page.md")
        .read_text(encoding="utf-8")
        .format(
            cores=markdown(["core, target", "edgeflow's own code"], core_rows()),
            rates=markdown(
                ["engine, core", *(f"{c.replace('_', ' ')}" for c in CLASSES), "fitted to"], rates
            ),
            runs=markdown(
                ["engine, core", "net", "million cycles", "fit", "error %", "error %, from the others"], runs
            ),
            flash=markdown(["net", "simulated, zero wait", "silicon", "ratio"], same_kernels()),
            versions=markdown(
                ["net", "TFLM 2.3.1 on silicon", "row of the table", "error %"], older_version()
            ),
            sources=markdown(["row", "board", "source"], sources),
        )
    )


def core_rows() -> list[list[str]]:
    """The error classes of our own estimates; a target's needs its flash simulated."""
    return [[", ".join((row.core, *row.targets)), str(row)] for row in ACCURACY_CLASSES]


def same_kernels() -> list[list[str]]:
    """CMSIS-NN simulated under TFLM, and the same library on silicon under microTVM."""
    runs = published()
    simulated = {run.net: run.cycles for run in runs["tflm", "cortex-m4f"]}
    return [
        [
            run.net,
            f"{simulated[run.net] / 1e6:.3f}",
            f"{run.cycles / 1e6:.3f}",
            f"{run.cycles / simulated[run.net]:.2f}",
        ]
        for run in runs["microtvm", "cortex-m4f"]
    ]


def older_version() -> list[list[str]]:
    """What the table says of runs of a TFLM of 2020, which it was not fitted to."""
    runs = published()
    found = fit(runs["tflm", "cortex-m4f"])
    rates = np.array([found.cycles_per_mac[c] for c in CLASSES])
    macs = network_macs()
    rows = []
    for run in runs["tflm-2.3", "cortex-m4f"]:
        estimate = float(macs[run.net, "dense"] @ rates)
        rows.append(
            [
                run.net,
                f"{run.cycles / 1e6:.2f}",
                f"{estimate / 1e6:.2f}",
                percent(_error(estimate / run.cycles)),
            ]
        )
    return rows


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        TABLE.write_text(table_text(fits()), encoding="utf-8")
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
