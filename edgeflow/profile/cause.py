"""What makes a build large or slow: the buffers alive at the arena's peak, the heaviest operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edgeflow.memory.regions import short_name
from edgeflow.profile.budget import BudgetRow, broken_totals

Json = dict[str, Any]
# Rows of each list.
MOST = 5
# Of them in a sentence.
_MOST_NAMED = 3


def causes(
    profile: Mapping[str, Any], plan: Mapping[str, Any] | None, rows: Sequence[BudgetRow]
) -> Json | None:
    """Of profile.json and memory_plan.json what weighs most, the largest first; None if all limits are kept.

    ``figures`` are the totals that break a limit. ``peak`` is None without a plan; lists hold operators with
    a figure only.
    """
    figures = broken_totals(rows)
    if not figures:
        return None
    operators = profile["operators"]
    return {
        "figures": list(figures),
        "peak": peak(plan, [op["label"] for op in operators]) if plan else None,
        "weights": _largest(operators, "weights_bytes"),
        "code": [row | {"percent": None} for row in _largest(operators, "executed_code_bytes")],  # shared
        "slowest": _largest(operators, "latency_us"),
    }


def peak(plan: Mapping[str, Any], labels: Sequence[str]) -> Json:
    """Where most of the arena of a memory_plan.json is in use, and by what.

    ``labels`` name the operators in order of execution. Buffers may share bytes, so that they can add up
    to more than ``live_bytes``.
    """
    live = plan["live_bytes"]
    at = live.index(max(live))
    alive = [place for place in plan["placements"] if place["first_op"] <= at <= place["last_op"]]
    return {
        "operator": labels[at],
        "live_bytes": live[at],
        "arena_bytes": plan["arena_bytes"],
        "buffers": [
            {
                "name": place["name"],
                "role": place["role"],
                "byte_count": place["byte_count"],
                "written_by": labels[place["first_op"]],
            }
            for place in sorted(alive, key=lambda place: (-place["byte_count"], place["name"]))
        ],
    }


def explanation(network: Mapping[str, Any], plan: Mapping[str, Any], *, only_flash: bool) -> str:
    """Of network.json and memory_plan.json the largest buffers at the peak, or the largest weights."""
    operators = network["operators"]
    if only_flash:
        rows = _largest(operators, "weights_bytes")
        largest = [f"{row['kind']} #{row['index']} with {row['weights_bytes']:,} bytes" for row in rows]
        return f"largest weights: {', '.join(largest[:_MOST_NAMED])}"
    found = peak(plan, [op["label"] for op in operators])
    alive = [f"`{short_name(each['name'])}` with {each['byte_count']:,} bytes" for each in found["buffers"]]
    at = found["operator"].partition(" (")[0]  # without the tensor's name
    return f"alive at the arena's peak, {at}: {', '.join(alive[:_MOST_NAMED])}"


def _largest(operators: Sequence[Mapping[str, Any]], key: str) -> list[Json]:
    known = [op for op in operators if op[key]]
    total = sum(op[key] for op in known)
    known.sort(key=lambda op: (-op[key], op["index"]))
    return [
        {
            "index": op["index"],
            "kind": op["kind"],
            "label": op["label"],
            key: op[key],
            "percent": round(100 * op[key] / total, 1),
        }
        for op in known[:MOST]
    ]
