"""The trade-off between time and memory: builds of a project, and the candidates of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from edgeflow.report.chart import ACCENT, BAD, INK, LINE, SOFT, Chart, draw, plain_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Json = Mapping[str, Any]
KIB = 1024
# Between largest and least.
_FAR = 10


def tradeoff_chart(this: Json | None, others: Sequence[Json], plan: Sequence[Json]) -> Chart | None:
    """Latency across, RAM up; by multiply-accumulates where a build has no latency. None of a lone point.

    ``this`` is the report's own build, None on a page that compares equals.
    """
    builds = [*([this] if this else []), *others]
    key, divisor, label = ("latency_us", 1e3, "latency, ms")
    if any(not row[key] for row in builds):
        key, divisor, label = ("macs", 1e6, "million multiply-accumulates")
    candidates = _points(plan, key, divisor)
    known = _points(builds, key, divisor)
    if len(known) + len(candidates) < 2:
        return None
    caption = f"{len(known)} build{'s' if len(known) > 1 else ''}, by the numbers of the table"
    if candidates:
        caption += f", and {len(candidates)} candidates of edgeflow plan, which are untrained"
    caption += ". Less is better on both axes."

    def paint(figure: Figure, axes: Axes) -> None:
        groups = (
            ("does not fit", "x", BAD, [p for p in candidates if not p[2]["fits"]]),
            ("candidate", "o", LINE, [p for p in candidates if p[2]["fits"] and not p[2]["on_front"]]),
            ("candidate on the front", "o", SOFT, [p for p in candidates if p[2]["on_front"]]),
            ("build", "D", ACCENT, [p for p in known if p[2] is not this]),
            ("this build", "*", ACCENT, [p for p in known if p[2] is this]),
        )
        for name, marker, colour, points in groups:
            if points:
                across, up = [p[0] for p in points], [p[1] for p in points]
                size = 110 if marker == "*" else 22
                axes.scatter(across, up, marker=marker, color=colour, s=size, label=name, zorder=3)
        for number, row in enumerate(builds, start=1):
            for x, y, _ in (point for point in known if point[2] is row):
                axes.annotate(str(number), (x, y), (5, 5), textcoords="offset points", color=INK)
        axes.set(xlabel=label, ylabel="RAM, KiB")
        axes.margins(0.15)
        every = [*known, *candidates]
        if _is_wide([x for x, _, _ in every]):
            axes.set_xscale("log")
            plain_numbers(axes.xaxis)
        if _is_wide([y for _, y, _ in every]):
            axes.set_yscale("log")
            plain_numbers(axes.yaxis)
        figure.legend(loc="outside lower center", ncols=3, fontsize=8)

    return draw("tradeoff-chart", "Time against memory", caption, paint, height=3.6)


def _is_wide(values: Sequence[float]) -> bool:
    """Whether an axis of these values should be logarithmic."""
    return max(values) > _FAR * min(values)


def _points(rows: Sequence[Json], key: str, divisor: float) -> list[tuple[float, float, Json]]:
    return [
        (row[key] / divisor, row["ram_bytes"] / KIB, row) for row in rows if row[key] and row["ram_bytes"]
    ]
