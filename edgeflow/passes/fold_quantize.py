"""Fold QUANTIZE and DEQUANTIZE into each other, and remove those that change nothing.

Two in a row are one, or none, where their 256 results say so: every value of the first one's input goes
through both. Scales that differ round once more on the way and mostly stay. QUANTIZE of float32 has too
many values to try and stays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.element_function import Values, every_value, outcome, results_by_value
from edgeflow.passes.rewrite import (
    absorb,
    bypassed,
    is_interchangeable,
    is_private,
    producer,
    with_input,
    with_ops,
    without_unread,
)

KINDS = frozenset({"DEQUANTIZE", "QUANTIZE"})


def fold_quantize(graph: Graph) -> Graph:
    """Fold pairs of QUANTIZE and DEQUANTIZE, and remove those that change nothing."""
    for op in graph.ops:
        if op.kind in KINDS and broken_rule(graph, op) is None:
            graph = _folded(graph, op)
    return graph


def _folded(graph: Graph, op: Op) -> Graph:
    """The graph after one operator, which an earlier one may have given another input."""
    op = next(current for current in graph.ops if current.index == op.index)
    source = graph.input_tensor(op, 0)
    results = results_by_value(graph, op)
    if results is not None and is_interchangeable(source, graph.output_tensor(op)):
        return bypassed(graph, op, source.id) if np.array_equal(results, every_value(source.dtype)) else graph
    before = producer(graph, source.id)
    if before is None or before.kind not in KINDS:
        return graph
    return _without_pair(graph, before, op)


def _without_pair(graph: Graph, before: Op, op: Op) -> Graph:
    """The graph whose second operator reads the first one's input, or is gone."""
    first = results_by_value(graph, before)
    if first is None or (both := outcome(graph, op, [first])) is None:
        return graph
    source = graph.input_tensor(before, 0)
    if source.id in graph.variables:
        return graph
    if is_interchangeable(source, graph.output_tensor(op)) and np.array_equal(
        both, every_value(source.dtype)
    ):
        return without_unread(bypassed(graph, op, source.id), before)
    absorbed = absorb(op, before) if is_private(graph, before.outputs[0]) else op.absorbed
    direct = replace(with_input(op, 0, source.id), absorbed=absorbed)
    changed = with_ops(graph, {op.index: direct})
    return without_unread(changed, before) if _same_results(changed, direct, both) else graph


def _same_results(graph: Graph, op: Op, expected: Values) -> bool:
    results = results_by_value(graph, op)
    return results is not None and results.tobytes() == expected.tobytes()
