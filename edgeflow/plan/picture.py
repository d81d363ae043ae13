"""The plan as a picture: every candidate by time and RAM, the front joined, limits as lines."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from edgeflow.errors import ToolError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KIB = 1024
_MOST_NAMES = 12
# Fixed identifiers: equal plans are equal files.
_SETTINGS: Any = {"svg.hashsalt": "edgeflow", "svg.fonttype": "none", "font.family": "sans-serif"}


def plan_svg(plan: Mapping[str, Any]) -> str:
    """An SVG of the content of ``plan.json``.

    Candidates without a time (they do not fit the target, or its core has no cycle model) stand by MACs
    in place of milliseconds, if any candidate has no time.

    Raises:
        ToolError: matplotlib is missing.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as fault:
        raise ToolError(
            "the picture of a plan needs the package `matplotlib`", "pip install 'edgeflow[plan]'"
        ) from fault
    rows = plan["candidates"]
    fitting = [row for row in rows if row["fits"]]
    timed = bool(fitting) and all(row["totals"]["latency_us"] for row in fitting)
    with rc_context(_SETTINGS):
        figure = Figure(figsize=(9, 5.5), layout="constrained")
        axes = figure.subplots()
        _points(axes, rows, timed=timed)
        _limits(axes, plan)
        axes.set(
            xscale="log",
            yscale="log",
            xlabel="estimated latency, ms" if timed else "million multiply-accumulates",
            ylabel="RAM, KiB (arena alone where a network does not fit)",
            title=f"Candidates for {plan['target']}",
        )
        axes.legend()
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": "edgeflow"})
    return stream.getvalue()


def _points(axes: Axes, rows: list[dict[str, Any]], *, timed: bool) -> None:
    groups = (
        ("does not fit", "x", "0.6", [row for row in rows if not row["fits"]]),
        ("fits", "o", "tab:blue", [row for row in rows if row["fits"] and not row["on_front"]]),
        ("on the front", "o", "tab:orange", [row for row in rows if row["on_front"]]),
    )
    for label, marker, color, members in groups:
        known = [(x, _ram_kib(row)) for row in members if (x := _x(row, timed=timed))]
        if known:
            axes.scatter(*zip(*known, strict=True), marker=marker, color=color, label=label)
    front = sorted(
        (x, _ram_kib(row), row["name"]) for row in rows if row["on_front"] and (x := _x(row, timed=timed))
    )
    axes.plot([x for x, _, _ in front], [y for _, y, _ in front], color="tab:orange", linewidth=0.7)
    for x, y, name in front[:_MOST_NAMES]:
        axes.annotate(name, (x, y), xytext=(5, 4), textcoords="offset points", fontsize=7)


def _x(row: Mapping[str, Any], *, timed: bool) -> float | None:
    totals = row["totals"]
    value: float | None = totals.get("latency_us") if timed else totals["macs"]
    return value / (1000 if timed else 1e6) if value else None


def _ram_kib(row: Mapping[str, Any]) -> float:
    totals = row["totals"]
    known: int = totals.get("ram_bytes") or totals["arena_bytes"]
    return known / KIB


def _limits(axes: Axes, plan: Mapping[str, Any]) -> None:
    ram = min(filter(None, (plan["limits"].get("ram_bytes"), plan["budgets"].get("ram_bytes"))), default=None)
    if ram:
        axes.axhline(ram / KIB, color="tab:red", linewidth=1, label="RAM to have")
