"""What ``edgeflow profile --engine`` answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow import console

if TYPE_CHECKING:
    from edgeflow.target.microcontroller import Target


def answer_engine(name: str, model: Path, target: Target, *, json: bool) -> None:
    """Estimated cycles and time of a model under another engine."""
    from edgeflow.frontend.tflite import read_model
    from edgeflow.ops.registry import check_ops
    from edgeflow.profile.engines import engine_for, estimate

    engine = engine_for(name, target.core)
    graph = read_model(model)
    check_ops(graph, model.name)
    result = estimate(graph, engine, target)
    if json:
        console.answer_json(result)
        return
    totals = result["totals"]
    console.answer(f"{engine.version} on {target.name}\n")
    console.answer_table(
        ("#", "operator", "MACs", "cycles"),
        [(op["index"], op["kind"], op["macs"], op["cycles"]) for op in result["operators"] if op["macs"]],
    )
    console.answer(f"\n{totals['cycles']:,} cycles, {totals['latency_us'] / 1000:,.1f} ms")
    console.answer(result["kinds"]["latency_us"])
