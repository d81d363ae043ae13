"""Interval analysis: the values that each channel of each tensor can take, for every possible input."""

from __future__ import annotations

from collections.abc import Mapping

from edgeflow.ir.graph import Graph
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.interval import INTERVAL_DTYPES, Interval, full, of_values
from edgeflow.passes.interval_rules import output_interval


def value_ranges(graph: Graph) -> Mapping[int, Interval]:
    """Intervals by tensor id, of all 8-bit and 16-bit tensors.

    Inputs of the graph and variables can have any value; so can the outputs of operators that edgeflow
    does not compile or has no rule of intervals for.
    """
    known: dict[int, Interval] = {}
    for tensor in graph.tensors.values():
        if tensor.dtype in INTERVAL_DTYPES:
            known[tensor.id] = full(tensor) if tensor.data is None else of_values(tensor.data)
    for op in graph.ops:
        if op.updates or broken_rule(graph, op) is not None:
            continue
        inputs = [None if i is None else known.get(i) for i in op.inputs]
        for tensor_id in op.outputs:
            output = graph.tensors[tensor_id]
            if output.dtype in INTERVAL_DTYPES:
                known[tensor_id] = output_interval(graph, op, output, inputs)
    return known
