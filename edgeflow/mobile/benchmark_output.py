"""What LiteRT's own program `benchmark_model` prints, read into figures."""

from __future__ import annotations

import re
from typing import Any

from edgeflow.errors import ToolError

_NUMBER = r"([0-9.]+(?:e[+-]?[0-9]+)?)"
# `count=50 first=.. curr=.. min=.. max=.. avg=.. std=.. p5=.. median=.. p95=..`; the last three are newer.
_COUNT_LINE = re.compile(r"count=\d+ .*\bstd=.*")
_SUMMARY = re.compile(r"Inference timings in us: Init: .*Inference \(avg\): " + _NUMBER)
_PARTS = re.compile(r"yielding (\d+) partitions")
_FIELDS = {"runs": "count", "min_us": "min", "mean_us": "avg", "std_us": "std"}
_NEWER_FIELDS = {"median_us": "median", "p95_us": "p95"}


def parse(output: str) -> dict[str, Any]:
    """Figures of the measured runs, in microseconds; None for what this version does not print.

    Raises ToolError when the output holds no timings, with its last line.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    summary = next((found for line in lines if (found := _SUMMARY.search(line))), None)
    counts = [line for line in lines if _COUNT_LINE.search(line)]
    if summary is None or not counts:
        last = lines[-1] if lines else "nothing"
        raise ToolError(f"the benchmark program printed no timings; its last line: {last}")
    # The warm-up's line comes before that of the measured runs.
    row = {key: _field(counts[-1], name) for key, name in _FIELDS.items()}
    row |= {key: _field(counts[-1], name) for key, name in _NEWER_FIELDS.items()}
    parts = _PARTS.search(output)
    return row | {
        "runs": None if row["runs"] is None else int(row["runs"]),
        "p90_us": None,
        "delegated_parts": int(parts[1]) if parts else None,
    }


def _field(line: str, name: str) -> float | None:
    found = re.search(rf"\b{name}={_NUMBER}", line)
    return float(found[1]) if found else None
