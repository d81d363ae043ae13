"""What another engine would take for the same network: cycles per MAC, fitted to published runs.

``engines.csv`` is written by ``benchmarks/latency/accuracy.py``, which has the published rows, the fit and
its errors; ``docs/accuracy.md`` shows them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edgeflow.errors import TargetError, UsageError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.registry import op_macs
from edgeflow.target.microcontroller import Target

TABLE = Path(__file__).with_name("engines.csv")
CLASSES = ("convolution", "depthwise", "fully_connected")
_CLASS_OF = {"DEPTHWISE_CONV_2D": "depthwise", "FULLY_CONNECTED": "fully_connected"}


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine on a core: cycles per multiply-accumulate by class, what they were fitted to, and how well.

    The errors are those of predicting each run from the others, in percent: the smallest and the largest.
    """

    name: str
    core: str
    version: str
    cycles_per_mac: dict[str, float]
    basis: str
    least_error_percent: float
    most_error_percent: float

    @property
    def kind(self) -> str:
        """What an estimate with it says of itself."""
        return (
            f"estimated ({self.version}: cycles per MAC fitted to {self.basis}; predicting each run from the "
            f"others errs by {self.least_error_percent:+.0f} to {self.most_error_percent:+.0f} %)"
        )


@cache
def engines() -> tuple[Engine, ...]:
    """All that have a row in the table."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(_engine(row) for row in csv.DictReader(stream))


def _engine(row: dict[str, str]) -> Engine:
    return Engine(
        name=row["engine"],
        core=row["core"],
        version=row["version"],
        cycles_per_mac={one: float(row[one]) for one in CLASSES},
        basis=row["basis"],
        least_error_percent=float(row["least_error_percent"]),
        most_error_percent=float(row["most_error_percent"]),
    )


def engine_for(name: str, core: str) -> Engine:
    """The row of an engine on a core.

    Raises:
        UsageError: no row has such an engine.
        TargetError: the engine has no row for the core.
    """
    alike = [engine for engine in engines() if engine.name == name]
    if not alike:
        names = ", ".join(sorted({engine.name for engine in engines()}))
        raise UsageError(f"there is no engine `{name}`", f"engines: {names}")
    found = next((engine for engine in alike if engine.core == core), None)
    if found is None:
        cores = ", ".join(engine.core for engine in alike)
        raise TargetError(
            f"nothing is published of `{name}` on {core} that a fit could use", f"cores: {cores}"
        )
    return found


def op_class(op: Op) -> str:
    """The class that an operator's multiply-accumulates count to."""
    return _CLASS_OF.get(op.kind, "convolution")


def class_macs(graph: Graph) -> dict[str, int]:
    """Multiply-accumulates of a graph by class."""
    totals = dict.fromkeys(CLASSES, 0)
    for op in graph.ops:
        totals[op_class(op)] += op_macs(graph, op)
    return totals


def estimate(graph: Graph, engine: Engine, target: Target) -> dict[str, Any]:
    """Estimated cycles and time of one inference under another engine, in all and by operator.

    ``graph`` is the network as it is in its file: other engines do not have our passes. Operators without
    multiply-accumulates count nothing.
    """
    macs = [op_macs(graph, op) for op in graph.ops]
    spent = [
        round(count * engine.cycles_per_mac[op_class(op)]) for op, count in zip(graph.ops, macs, strict=True)
    ]
    cycles = sum(spent)
    clock = f"at {target.clock_hz / 1e6:g} MHz"
    return {
        "schema": 1,
        "engine": engine.name,
        "version": engine.version,
        "target": target.name,
        "totals": {
            "macs": sum(macs),
            "cycles": cycles,
            "latency_us": round(cycles * 1e6 / target.clock_hz, 1),
        },
        "kinds": {"cycles": engine.kind, "latency_us": f"{engine.kind[:-1]}; {clock})"},
        "operators": [
            {"index": op.index, "kind": op.kind, "macs": count, "cycles": one}
            for op, count, one in zip(graph.ops, macs, spent, strict=True)
        ],
    }
