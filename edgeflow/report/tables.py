"""Rows of the report's tables: what a page shows of the stages' figures."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from edgeflow.report.document import Json, Report

# key of the totals, name shown, unit, key of the limit it counts against, aim of [priorities] it serves
_FIGURES = (
    ("flash_bytes", "Flash", "B", "flash_bytes", "flash"),
    ("code_bytes", "of it code and tables", "B", None, "flash"),
    ("weights_bytes", "of it weights", "B", None, "flash"),
    ("ram_bytes", "RAM", "B", "ram_bytes", "ram"),
    ("arena_bytes", "of it arena", "B", None, "ram"),
    ("static_bytes", "of it static data", "B", None, "ram"),
    ("stack_bytes", "of it stack", "B", None, "ram"),
    ("arena_lower_bound_bytes", "Arena, lower bound of any plan", "B", None, "ram"),
    ("macs", "Multiply-accumulates", "", None, None),
    ("dense_macs", "with the channels that were eliminated", "", None, None),
    ("recomputed_macs", "run again in stripes", "", None, None),
    ("moved_bytes", "Bytes moved by all operators", "B", None, None),
    ("instructions", "Instructions per inference", "", None, "latency"),
    ("cycles", "Cycles per inference", "", None, "latency"),
    ("flash_wait_cycles", "of it waiting for the flash", "", None, "latency"),
    ("latency_us", "Latency", "µs", None, "latency"),
    ("energy_uj", "Energy per inference", "µJ", None, "energy"),
)
_MAX_NAMES = 20


def number(value: object) -> str:
    """A figure with thousands separators; absent ones as n/a, floats with at most four places."""
    if value is None:
        return "n/a"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


def shortened(values: str) -> str:
    """The first of a list of values separated by spaces (the scales of every channel) and their number."""
    first, *others = values.split(" ")
    return f"{first} ... ({len(others) + 1} values)" if len(others) > 3 else values


def figures(profile: Json | None, priorities: Sequence[str]) -> list[Json]:
    """Rows of the summary: value, unit, share of the target, and how the figure came about.

    What serves the first of the priorities stands first; what serves none of them comes last.
    """
    if profile is None:
        return []
    # Inferences in a second follow from the latency.
    ranks = {
        "latency" if aim == "throughput" else aim: rank for rank, aim in reversed([*enumerate(priorities)])
    }
    rows = []
    for key, name, unit, limit_key, _ in sorted(
        _FIGURES, key=lambda row: ranks.get(row[4] or "", len(ranks))
    ):
        value, limit = profile["totals"][key], profile["limits"].get(limit_key)
        kind, how = _kind(profile["kinds"][key])
        rows.append(
            {
                "name": name,
                "value": value,
                "unit": unit,
                "percent": round(100 * value / limit, 1) if limit and value is not None else None,
                "kind": kind,
                "how": how,
            }
        )
    return rows


def _kind(text: str) -> tuple[str, str]:
    """``measured (linked ELF)`` as kind and how; or why there is no figure."""
    absent, colon, why = text.partition(": ")
    if absent == "not available" and colon:
        return absent, why
    kind, _, how = text.partition(" ")
    return kind.rstrip(":"), how.strip("()")


def heaviest(causes: Json | None) -> list[tuple[str, list[Json], str]]:
    """Title, rows and the rows' key of each list of operators that belongs to a broken figure."""
    if causes is None:
        return []
    flash, times = "flash_bytes" in causes["figures"], {"latency_us", "energy_uj"} & set(causes["figures"])
    lists = (
        ("Largest weights", "weights", "weights_bytes", flash),
        ("Most code that runs", "code", "executed_code_bytes", flash),
        ("Slowest operators", "slowest", "latency_us", bool(times)),
    )
    return [(title, causes[name], key) for title, name, key, asked in lists if asked and causes[name]]


def matrices(evaluation: Json | None) -> list[Json]:
    """Confusion matrices with each cell's share of its row, which is the true class."""
    if evaluation is None:
        return []
    return [
        {"name": name, "rows": _rows(evaluation, name), **evaluation[name]}
        for name in ("float", "int8")
        if evaluation.get(name)
    ]


def _rows(evaluation: Json, name: str) -> list[Json]:
    rows: Sequence[Sequence[int]] = evaluation[name]["confusion_matrix"]
    return [
        {
            "label": label,
            "cells": [
                {"count": count, "share": round(count / max(1, sum(row)), 3), "hit": column == place}
                for column, count in enumerate(row)
            ],
        }
        for place, (label, row) in enumerate(zip(evaluation["classes"], rows, strict=True))
    ]


def findings(audit: Json | None) -> list[Json]:
    """The audit's lists and tables by name: how many, and the first few."""
    if audit is None:
        return []
    return [
        {"name": key.replace("_", " "), "count": len(value), "first": [_short(v) for v in _items(value)]}
        for key, value in audit.items()
        if isinstance(value, Mapping | Sequence) and not isinstance(value, str)
    ]


def _items(value: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    entries: list[Any] = (
        [f"{k}: {v}" for k, v in value.items()] if isinstance(value, Mapping) else list(value)
    )
    return entries[:_MAX_NAMES]


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_short(item)}" for key, item in value.items())
    if isinstance(value, list):
        return " = ".join(_short(item) for item in value)
    return str(value)


# Keys of the totals and of their limits that stand in large type, with a divisor and a unit.
_TILES = (
    ("RAM", "ram_bytes", "ram_bytes", 1024, "KiB"),
    ("Flash", "flash_bytes", "flash_bytes", 1024, "KiB"),
    ("Latency", "latency_us", None, 1000, "ms"),
    ("Energy", "energy_uj", None, 1, "µJ"),
)


def tiles(report: Report) -> list[Json]:
    """The figures that a reader looks for first: accuracy and what the target is asked for."""
    found: list[Json] = []
    int8 = (report.evaluation or {}).get("int8")
    plain = (report.evaluation or {}).get("float")
    if int8:
        note = f"float {100 * plain['accuracy']:.1f} %" if plain else "of the test part"
        found.append({"name": "Accuracy, int8", "value": f"{100 * int8['accuracy']:.1f} %", "note": note})
    totals = report.profile["totals"] if report.profile else {}
    for name, key, limit_key, divisor, unit in _TILES:
        value = totals.get(key)
        if value is None or report.profile is None:
            continue
        limit = report.profile["limits"].get(limit_key)
        share = f"{100 * value / limit:.1f} % of the target, " if limit else ""
        kind, _how = _kind(report.profile["kinds"][key])
        found.append({"name": name, "value": f"{value / divisor:,.1f} {unit}", "note": f"{share}{kind}"})
    return found


def worst_cases(worst: Json | None, pictures: Mapping[str, bytes]) -> list[Json]:
    """The cases of ``worst.json``, each with its picture as a data URI, or None."""
    return [
        {**case, "uri": _data_uri(pictures[case["picture"]]) if case["picture"] in pictures else None}
        for case in (worst or {"cases": ()})["cases"]
    ]


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"
