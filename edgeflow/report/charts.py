"""What the report draws: time and flash of each operator, and the roofline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from edgeflow.report.chart import ACCENT, BAD, INK, SECOND, SOFT, Chart, draw, plain_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Json = Mapping[str, Any]
# Rows of the operators' chart; what is left stands in one row.
MOST_ROWS = 24
_MOST_NAMED = 4


def operators_chart(profile: Json) -> Chart | None:
    """Bars of time (or, without a cycle model, instructions) and weights of each operator, in order."""
    operators: Sequence[Json] = profile["operators"]
    key, unit = _time_key(operators)
    if key is None:
        return None
    rows = _largest(operators, key)
    heaviest = max(operators, key=lambda op: op[key])
    total = sum(op[key] for op in operators) or 1
    caption = (
        f"{len(operators)} operators in order of execution. {_name(heaviest)} takes the most: "
        f"{100 * heaviest[key] / total:.0f} % of {unit.partition(',')[0]}."
    )

    def paint(figure: Figure, first: Axes) -> None:
        second = figure.axes[1]
        for axes, what, label, colour in (
            (first, key, unit, ACCENT),
            (second, "weights_bytes", "weights, B", SECOND),
        ):
            axes.barh([name for name, _ in rows], [row[what] or 0 for _, row in rows], color=colour)
            axes.set_xlabel(label)
            axes.grid(visible=False, axis="y")
            axes.tick_params(axis="y", length=0)
            axes.margins(y=0.01)
            axes.locator_params(axis="x", nbins=3)
            axes.ticklabel_format(axis="x", style="plain")
        first.invert_yaxis()
        second.invert_yaxis()
        second.set_yticklabels([])

    height = 0.8 + 0.19 * len(rows)
    return draw("operators-chart", "Time and flash of each operator", caption, paint, height=height, panels=2)


def _time_key(operators: Sequence[Json]) -> tuple[str | None, str]:
    for key, unit in (("latency_us", "time, µs"), ("instructions", "instructions")):
        if operators and all(op[key] is not None for op in operators):
            return key, unit
    return None, ""


def _largest(operators: Sequence[Json], key: str) -> list[tuple[str, Json]]:
    """Names and figures of the operators that take most, in order, and what all others take together."""
    ranked = sorted(operators, key=lambda op: (-op[key], op["index"]))
    shown = {op["index"] for op in ranked[:MOST_ROWS]}
    rows: list[tuple[str, Json]] = [(_name(op), op) for op in operators if op["index"] in shown]
    others = ranked[MOST_ROWS:]
    if others:
        sums = {what: sum(op[what] or 0 for op in others) for what in (key, "weights_bytes")}
        rows.append((f"{len(others)} others", sums))
    return rows


def _name(op: Json) -> str:
    return f"{op['index']} {op['kind']}"


def roofline_chart(profile: Json) -> Chart | None:
    """Attained MACs per cycle by MACs per byte moved, below the roofs of core and memories."""
    roof = profile["roofline"]
    points = [
        (op["macs_per_byte"], op["macs"] / op["cycles"], op)
        for op in profile["operators"]
        if op["macs"] and op["cycles"] and op["macs_per_byte"]
    ]
    peak, ram = roof["peak_macs_per_cycle"], roof["ram_bytes_per_cycle"]
    if not points or not peak or not ram:
        return None
    bound = sum(op["bound"] == "memory" for _, _, op in points)
    best = max(points, key=lambda point: point[1])
    caption = (
        f"Of {len(points)} operators with multiplications memory binds {bound}, the core the others. "
        f"{_name(best[2])} comes closest to the core's {peak:g} MACs a cycle: {best[1]:.2f}."
    )

    def paint(figure: Figure, axes: Axes) -> None:
        lowest = min(x for x, _, _ in points) / 2
        highest = max(peak / ram, *(x for x, _, _ in points)) * 2
        axes.plot([lowest, highest], [peak, peak], color=INK, label=f"core: {peak:g} MACs a cycle")
        memories = (("RAM", ram, "--"), ("flash", roof["flash_bytes_per_cycle"], ":"))
        for name, rate, style in memories:
            if rate:
                top = min(highest, peak / rate)
                line = [lowest, top], [lowest * rate, top * rate]
                axes.plot(*line, style, color=BAD, label=f"{name}: {rate:g} B a cycle")
        axes.scatter([x for x, _, _ in points], [y for _, y, _ in points], s=18, color=ACCENT, zorder=3)
        for x, y, op in sorted(points, key=lambda point: -point[2]["cycles"])[:_MOST_NAMED]:
            axes.annotate(_name(op), (x, y), (-4, -10), textcoords="offset points", fontsize=7, color=SOFT)
        axes.set(xscale="log", yscale="log", xlabel="MACs per byte moved", ylabel="MACs per cycle")
        plain_numbers(axes.xaxis, axes.yaxis)
        axes.margins(y=0.08)
        figure.legend(loc="outside lower center", ncols=2, fontsize=8)

    return draw("roofline-chart", "Roofline of the operators", caption, paint, height=3.5)
