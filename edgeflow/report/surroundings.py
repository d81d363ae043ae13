"""What lies around a build in its folder: other builds of the project, a plan, advice that was measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from edgeflow.artifact import read_json
from edgeflow.report.document import SCHEMA, Json, Report, read_report

REPORT, PLAN, ADVICE = "report.json", "plan.json", "advice.json"
_TOTALS = ("ram_bytes", "flash_bytes", "latency_us", "energy_uj", "macs")


def surroundings(output_dir: Path) -> Json:
    """``builds``, ``plan`` and ``advice`` as a report has them; ``output_dir`` is the build's own folder."""
    folders = sorted(path.parent for path in output_dir.parent.glob(f"*/{REPORT}"))
    rows = [build_row(report) for folder in folders if folder != output_dir and (report := _readable(folder))]
    plan = read_json(output_dir / PLAN)["candidates"] if (output_dir / PLAN).is_file() else []
    return {
        "builds": rows,
        "plan": [_candidate(row) for row in plan],
        "advice": _advice(read_json(output_dir / ADVICE)) if (output_dir / ADVICE).is_file() else None,
    }


def _readable(folder: Path) -> Report | None:
    """The report of a finished build; None of one that another version of edgeflow wrote."""
    try:
        report = read_report(folder / REPORT)
    except msgspec.DecodeError:
        return None
    return report if report.schema == SCHEMA and report.profile else None


def build_row(report: Report) -> Json:
    """The figures by which builds are compared; null where nobody has one."""
    totals = report.profile["totals"] if report.profile else {}
    evaluation = report.evaluation or {}
    return {
        "name": f"{report.project} on {report.target['name']}",
        "target": report.target["name"],
        "accuracy": evaluation["int8"]["accuracy"] if evaluation.get("int8") else None,
        "float_accuracy": evaluation["float"]["accuracy"] if evaluation.get("float") else None,
        **{key: totals.get(key) for key in _TOTALS},
        "differing_bytes": report.parity["differing_bytes"] if report.parity else None,
        "fits": all(row["ok"] for row in report.budgets),
    }


def _candidate(row: Mapping[str, Any]) -> Json:
    figures = {key: row["totals"].get(key) for key in _TOTALS}
    return {"name": row["name"], "fits": row["fits"], "on_front": row["on_front"], **figures}


def _advice(found: Mapping[str, Any]) -> Json:
    """Without what differs from run to run."""
    changes = [
        {key: row[key] for key in ("command", "needs_training", "price", "saving", "keeps")}
        for row in found["changes"]
    ]
    return {"now": found["now"], "changes": changes}


def with_surroundings(report: Report, around: Mapping[str, Any]) -> Report:
    """The report with what lies around it; advice on another state of the build is left out."""
    advice = around["advice"]
    totals = report.profile["totals"] if report.profile else {}
    if advice and any(totals.get(key) != value for key, value in advice["now"].items()):
        advice = None
    return msgspec.structs.replace(
        report, builds=list(around["builds"]), plan=list(around["plan"]), advice=advice
    )
