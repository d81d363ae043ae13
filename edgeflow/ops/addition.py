"""What ADD and SUB share: rules, and the factors that bring both inputs to one scale."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, rules
from edgeflow.ops.lowering import Params, activation_limits, quant_of
from edgeflow.ops.quant_math import add_factors, quantize_multiplier
from edgeflow.ops.spec import Rule


def _factors(graph: Graph, op: Op) -> tuple[float, float, float]:
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    left, right, output = (quant_of(tensor).scale for tensor in tensors)
    return add_factors(left, right, output)


def output_scale(graph: Graph, op: Op) -> bool:
    """The output scale is more than 2**-19 of the larger input scale."""
    return _factors(graph, op)[2] < 1.0


RULES: tuple[Rule, ...] = (*broadcast.RULES, rules.known_activation, output_scale)


def scaling(graph: Graph, op: Op) -> Params:
    """The fields of ``ef_add_scaling``."""
    left, right, output = (quantize_multiplier(factor) for factor in _factors(graph, op))
    return (
        ("input1_offset", -quant_of(graph.input_tensor(op, 0)).zero_point),
        ("input1_multiplier", left[0]),
        ("input1_shift", left[1]),
        ("input2_offset", -quant_of(graph.input_tensor(op, 1)).zero_point),
        ("input2_multiplier", right[0]),
        ("input2_shift", right[1]),
        ("output_offset", quant_of(graph.output_tensor(op)).zero_point),
        ("output_multiplier", output[0]),
        ("output_shift", output[1]),
        *activation_limits(op, graph.output_tensor(op)),
    )
