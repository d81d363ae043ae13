"""Fuse operators that only clamp into the limits of the operator that writes their input.

RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1, and MAXIMUM and MINIMUM with one constant, where enumeration of all
256 values shows that the operator adds the difference of the zero points and clamps, at one scale. A clamp
that changes the scale rounds a second time and stays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.lowering import activation_limits, quant_of
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.element_function import every_value, results_by_value
from edgeflow.passes.rewrite import absorb, is_private, producer, with_ops

CLAMPS = frozenset({"MAXIMUM", "MINIMUM", "QUANTIZE", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1"})
# Operators whose kernels limit their results last.
CLAMPED = frozenset(
    {
        "ADD",
        "AVERAGE_POOL_2D",
        "CONV_2D",
        "DEPTHWISE_CONV_2D",
        "FULLY_CONNECTED",
        "MAX_POOL_2D",
        "MUL",
        "SUB",
        "TRANSPOSE_CONV",
    }
)


def fuse_activation(graph: Graph) -> Graph:
    """Fuse stand-alone clamps (RELU6, MINIMUM ...) into the limits of the operator before them."""
    for op in graph.ops:
        if op.kind in CLAMPS:
            graph = _fused(graph, op)
    return graph


def _fused(graph: Graph, op: Op) -> Graph:
    """The graph without the clamp; unchanged where it is not one, or nothing before it can take it."""
    results = results_by_value(graph, op)
    if results is None or results.dtype != np.int8:
        return graph
    source = next(graph.tensors[i] for i in op.inputs if i is not None and not graph.tensors[i].is_constant)
    output = graph.output_tensor(op)
    before = producer(graph, source.id)
    if source.dtype != "int8" or before is None or before.kind not in CLAMPED:
        return graph
    if not is_private(graph, source.id) or quant_of(source).scale != quant_of(output).scale:
        return graph
    if broken_rule(graph, before) is not None:
        return graph
    step = quant_of(output).zero_point - quant_of(source).zero_point
    low, high = int(results.min()), int(results.max())
    moved = every_value("int8").astype(np.int64) + step
    if not np.array_equal(np.clip(moved, low, high), results):
        return graph
    limits = [int(np.clip(limit + step, low, high)) for limit in _limits(graph, before)]
    fused = _with_limits(before, op, limits[0], limits[1])
    changed = with_ops(graph, {before.index: fused, op.index: None})
    return graph if broken_rule(changed, fused) is not None else changed


def _limits(graph: Graph, op: Op) -> list[int]:
    """The operator's smallest and largest result."""
    limits = dict(activation_limits(op, graph.output_tensor(op)))
    return [value for value in limits.values() if isinstance(value, int)]


def _with_limits(before: Op, clamp: Op, low: int, high: int) -> Op:
    """The operator with these limits, writing what the clamp wrote."""
    attrs = {**before.attrs, "fused_activation_function": "NONE", "clamp_min": low, "clamp_max": high}
    return replace(before, attrs=attrs, outputs=clamp.outputs, absorbed=absorb(before, clamp))
