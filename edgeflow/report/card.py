"""``MODEL_CARD.md``: what a build is, for those who get only the model (Mitchell et al., FAT* 2019).

The front matter is that of the Hugging Face hub. What only the maker knows stands in ``[export]`` of the
project file; what is missing there is marked in the card, never made up.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from edgeflow.report.document import Json, Report
from edgeflow.report.tables import number

CARD_NAME = "MODEL_CARD.md"
_SPECIAL = re.compile(r"([\\`*_\[\]|#])")
# The hub's names of tasks, by the kind of preprocessing.
_TASKS = {
    "picture": "image-classification",
    "log-mel": "audio-classification",
    "mfcc": "audio-classification",
}


@dataclass(frozen=True, slots=True)
class Maker:
    """What only the maker of a model can say of it; empty where nothing was said."""

    license: str = ""
    author: str = ""
    description: str = ""
    intended_use: str = ""
    limits: str = ""


def model_card(report: Report, maker: Maker) -> str:
    """The card; names from outside are escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    engine = Environment(
        loader=PackageLoader("edgeflow.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  the result is Markdown; `text` escapes what comes from outside
    )
    engine.filters |= {"number": number, "text": text}
    return engine.get_template("card.md.j2").render(
        report=report,
        maker=maker,
        front_matter=yaml(front_matter(report, maker)),
        accuracy=_accuracies(report),
    )


def front_matter(report: Report, maker: Maker) -> Json:
    """The metadata: licence, tags, data sets, metrics and results."""
    task = _TASKS.get((report.preprocessing or {}).get("kind", ""))
    found: Json = {"license": maker.license or "unknown", "library_name": "litert"}
    if task:
        found["pipeline_tag"] = task
    found["tags"] = ["tinyml", "int8", "tflite", "microcontroller", "edgeflow", report.target["core"]]
    if report.dataset:
        found["datasets"] = [report.dataset["name"]]
    accuracies = _accuracies(report)
    if not accuracies or not report.dataset:
        return found
    found["metrics"] = ["accuracy"]
    metrics = [
        {"type": "accuracy", "value": round(value, 6), "name": f"accuracy of the {kind} model"}
        for kind, value in accuracies.items()
    ]
    data = {"name": report.dataset["name"], "type": report.dataset["name"], "split": "test"}
    result = {"task": {"type": task or "other"}, "dataset": data, "metrics": metrics}
    return found | {"model-index": [{"name": report.project, "results": [result]}]}


def _accuracies(report: Report) -> dict[str, float]:
    evaluation = report.evaluation or {}
    return {kind: evaluation[kind]["accuracy"] for kind in ("int8", "float") if evaluation.get(kind)}


def yaml(value: Any, indent: int = 0) -> str:  # noqa: ANN401  any JSON value
    """JSON as block YAML; every scalar is JSON, which YAML 1.2 contains."""
    space = "  " * indent
    if isinstance(value, dict):
        return "".join(f"{space}{key}:{_child(item, indent)}" for key, item in value.items())
    return "".join(f"{space}-{_child(item, indent)}" for item in value)


def _child(value: Any, indent: int) -> str:  # noqa: ANN401  any JSON value
    if isinstance(value, dict | list):
        return f"\n{yaml(value, indent + 1)}"
    return f" {json.dumps(value, ensure_ascii=False)}\n"


def text(value: object) -> str:
    """Words for one line of Markdown: nothing in them marks up or links."""
    line = " ".join(str(value).split())
    return _SPECIAL.sub(r"\\\1", line).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
