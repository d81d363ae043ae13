"""Several builds on one page: targets, or the same project at other commits, by their ``report.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edgeflow.report import chart
from edgeflow.report.document import Json, Report
from edgeflow.report.html import environment
from edgeflow.report.surroundings import build_row
from edgeflow.report.tradeoff import tradeoff_chart

# key, name, whether more is better
FIGURES = (
    ("accuracy", "accuracy, int8", True),
    ("float_accuracy", "accuracy, float", True),
    ("ram_bytes", "RAM, B", False),
    ("flash_bytes", "flash, B", False),
    ("latency_us", "latency, µs", False),
    ("energy_uj", "energy, µJ", False),
    ("macs", "MACs", False),
    ("differing_bytes", "differing bytes", False),
)


def compared(reports: Mapping[str, Report]) -> list[Json]:
    """The figures of each build; ``reports`` by the name that the user gave it, which tells equals apart."""
    rows = [{**build_row(report), "given": given} for given, report in reports.items()]
    names = [row["name"] for row in rows]
    for row in rows:
        if names.count(row["name"]) > 1:
            row["name"] = f"{row['name']} ({row['given']})"
    return rows


def figure_rows(builds: Sequence[Json]) -> list[Json]:
    """One row a figure: its values, which of them are the best, and the change from the first in percent."""
    return [
        {"key": key, "name": name, "cells": _cells([build[key] for build in builds], more_is_better=more)}
        for key, name, more in FIGURES
        if any(build[key] is not None for build in builds)
    ]


def _cells(values: Sequence[float | None], *, more_is_better: bool) -> list[dict[str, Any]]:
    known = [value for value in values if value is not None]
    best = max(known) if more_is_better else min(known)
    first = values[0]
    return [
        {
            "value": value,
            "best": value == best and len(set(known)) > 1,
            "percent": round(100 * (value - first) / first, 1) if value is not None and first else None,
        }
        for value in values
    ]


def render_comparison(reports: Mapping[str, Report]) -> str:
    """The page of several builds, the first of which is the baseline."""
    builds = compared(reports)
    drawn = tradeoff_chart(None, builds, ()) if chart.is_available() else None
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            builds=builds,
            figures=figure_rows(builds),
            tradeoff=drawn,
            no_charts=not chart.is_available(),
            recalls=_recalls(list(reports.values())),
        )
    )


def _recalls(reports: Sequence[Report]) -> list[Json]:
    """Share of each class's test cases that the int8 models get right; empty where the classes differ."""
    found = [report.evaluation for report in reports if report.evaluation and report.evaluation["int8"]]
    if len(found) < len(reports) or len({tuple(each["classes"]) for each in found}) != 1:
        return []
    matrices = [each["int8"]["confusion_matrix"] for each in found]
    return [
        {"class": name, "shares": [row[place] / max(1, sum(row)) for row in (m[place] for m in matrices)]}
        for place, name in enumerate(found[0]["classes"])
    ]
