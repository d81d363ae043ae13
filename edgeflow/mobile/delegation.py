"""A model against the tables of delegates: who takes which operator, in how many parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgeflow.errors import UsageError
from edgeflow.frontend.tflite import read_operators
from edgeflow.ir.graph import Graph, Op
from edgeflow.mobile.compatibility import Verdict, verdict
from edgeflow.mobile.partition import partition
from edgeflow.mobile.table import Delegate
from edgeflow.ops.registry import REGISTRY
from edgeflow.target.system import System

SCHEMA = 1
KIND = "from the tables of `edgeflow delegates list`: what their sources say, at best; nothing ran"

Json = dict[str, Any]


def of_model(model: Path, delegates: Sequence[Delegate]) -> Json:
    """Verdicts on each operator of a model and the parts that follow from them."""
    graph = read_operators(model)
    verdicts = {each.name: [verdict(each, graph, op) for op in graph.ops] for each in delegates}
    macs = [operator_macs(graph, op) for op in graph.ops]
    return {
        "schema": SCHEMA,
        "model": model.name,
        "kind": KIND,
        "operators": [
            _operator(graph, op, macs[index], {name: found[index] for name, found in verdicts.items()})
            for index, op in enumerate(graph.ops)
        ],
        "delegates": [_summary(each, graph, verdicts[each.name], macs) for each in delegates],
    }


def operator_macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates of one operator; 0 of one that edgeflow does not know."""
    spec = REGISTRY.get(op.kind)
    return 0 if spec is None else spec.macs(graph, op)


def _operator(graph: Graph, op: Op, macs: int, verdicts: dict[str, Verdict]) -> Json:
    source = graph.optional_tensor(op, 0)
    return {
        "index": op.index,
        "kind": op.kind,
        "label": graph.label(op),
        "version": op.version,
        "dtype": source.dtype if source else None,
        "macs": macs,
        "verdicts": {name: {"answer": each.answer, "reason": each.reason} for name, each in verdicts.items()},
    }


def _summary(delegate: Delegate, graph: Graph, verdicts: Sequence[Verdict], macs: Sequence[int]) -> Json:
    taken = [each.is_taken for each in verdicts]
    parts = partition(graph, taken)
    total = sum(macs)
    delegated = sum(count for count, flag in zip(macs, taken, strict=True) if flag)
    return {
        "name": delegate.name,
        "title": delegate.title,
        "version": delegate.version,
        "operators_taken": sum(taken),
        "operators_open": sum(each.answer == "if" for each in verdicts),
        "delegated_parts": sum(part.is_delegated for part in parts),
        "cpu_parts": sum(not part.is_delegated for part in parts),
        "macs_percent": round(100 * delegated / total, 1) if total else None,
        "parts": [{"delegated": part.is_delegated, "operators": list(part.ops)} for part in parts],
    }


def of_target(delegates: Sequence[Delegate], system: System) -> tuple[list[Delegate], list[str]]:
    """The delegates that a target can have, and its accelerators for which there is no public table."""
    chosen = [each for each in delegates if each.processor == "cpu"]
    without = []
    for accelerator in system.accelerator:
        fitting = [
            each
            for each in delegates
            if any(part in accelerator.name for part in each.accelerators)
            or (_is_for_any_gpu(each) and accelerator.kind == "gpu" and system.kind == "phone")
        ]
        chosen += [each for each in fitting if each not in chosen]
        if not fitting:
            without.append(f"{accelerator.name} ({accelerator.kind})")
    return chosen, without


def _is_for_any_gpu(delegate: Delegate) -> bool:
    return delegate.processor == "gpu" and not delegate.accelerators


def listed(delegates: Sequence[Delegate]) -> list[Json]:
    """The tables themselves, for the static answer."""
    import msgspec

    return [msgspec.to_builtins(each) | {"kinds": list(each.kinds)} for each in delegates]


def row_count(delegates: Sequence[Delegate]) -> int:
    """How many operators the tables name, each form of one counted."""
    return sum(len(row.kinds) for each in delegates for row in each.operators)


def require_system(descriptor: object, name: str) -> System:
    """The phone or Linux board. Raises UsageError for a microcontroller."""
    if isinstance(descriptor, System):
        return descriptor
    raise UsageError(
        f"`{name}` is a microcontroller, which has no delegates",
        "give a phone or Linux board; `edgeflow profile` is for boards",
    )
