"""``report.html``: one self-contained file, rendered from the report with a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from edgeflow.memory.picture import TEMPLATES, timeline
from edgeflow.report import chart
from edgeflow.report.charts import operators_chart, roofline_chart
from edgeflow.report.curves import curves
from edgeflow.report.document import Report
from edgeflow.report.next_steps import next_steps
from edgeflow.report.surroundings import build_row
from edgeflow.report.tables import (
    figures,
    findings,
    heaviest,
    matrices,
    number,
    shortened,
    tiles,
    worst_cases,
)
from edgeflow.report.tradeoff import tradeoff_chart

if TYPE_CHECKING:
    from jinja2 import Environment

# id, which is the template's name, and title of each section, in order
_SECTIONS = (
    ("next", "What to do next"),
    ("summary", "Summary"),
    ("limits", "Limits"),
    ("accuracy", "Accuracy on the test part"),
    ("agreement", "Original, float and int8 model"),
    ("parity", "Parity"),
    ("memory", "Memory"),
    ("operators", "Operators"),
    ("tradeoff", "Other builds and candidates"),
    ("training", "Training"),
    ("data", "Data"),
    ("quantization", "Quantization"),
    ("target", "Target"),
    ("origin", "What it was made of"),
)


def render(report: Report, pictures: Mapping[str, bytes]) -> str:
    """The page; every text from outside is escaped by the template engine.

    ``pictures`` are the PNG files that the worst cases name.
    """
    view: dict[str, Any] = {
        "figures": figures(report.profile, report.priorities),
        "operators": report.profile["operators"] if report.profile else [],
        "heaviest": heaviest(report.causes),
        "matrices": matrices(report.evaluation),
        "worst": worst_cases(report.worst, pictures),
        "findings": findings(report.audit),
        "plan": timeline(report.memory_plan) if report.memory_plan else None,
        "training": curves(report.history) if report.history else None,
        "steps": next_steps(report),
        "builds": [build_row(report), *report.builds],
        "tradeoff": _tradeoff(report) if chart.is_available() else None,
    }
    has = {
        "next": view["steps"],
        "tradeoff": report.builds or report.plan,
        "summary": view["figures"],
        "limits": report.budgets,
        "accuracy": view["matrices"],
        "data": report.dataset or view["findings"],
        "training": view["training"],
        "memory": view["plan"],
        "operators": view["operators"],
        "origin": report.provenance or report.versions,
    }
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            **view,
            sections=[row for row in _SECTIONS if has.get(row[0], getattr(report, row[0], None))],
            tiles=tiles(report),
            charts=_charts(report) if chart.is_available() else [],
            no_charts=not chart.is_available(),
            standalone=False,
            fits=all(row["ok"] for row in report.budgets),
        )
    )


def environment() -> Environment:
    """The engine that renders every page of this package."""
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

    engine = Environment(
        loader=ChoiceLoader([PackageLoader("edgeflow.report"), FileSystemLoader(TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters["number"] = number
    engine.filters["shortened"] = shortened
    return engine


def _tradeoff(report: Report) -> chart.Chart | None:
    return tradeoff_chart(build_row(report), report.builds, report.plan)


def _charts(report: Report) -> list[chart.Chart]:
    if report.profile is None:
        return []
    drawn = (operators_chart(report.profile), roofline_chart(report.profile))
    return [each for each in drawn if each is not None]
