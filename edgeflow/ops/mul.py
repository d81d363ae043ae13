"""MUL, int8 or int16, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, rules, shapes
from edgeflow.ops.lowering import activation_limits, kernel_name, no_macs, quant_of
from edgeflow.ops.quant_math import float32_product_ratio, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec


def _factor(graph: Graph, op: Op) -> float:
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    return float32_product_ratio(*(quant_of(tensor).scale for tensor in tensors))


def output_scale(graph: Graph, op: Op) -> bool:
    """The product of the input scales is less than 2**30 times the output scale."""
    return rules.is_factor(_factor(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_mul_s8`` or ``ef_mul_s16``."""
    multiplier, shift = quantize_multiplier(_factor(graph, op))
    scaling = (
        ("input1_offset", -quant_of(graph.input_tensor(op, 0)).zero_point),
        ("input2_offset", -quant_of(graph.input_tensor(op, 1)).zero_point),
        ("output_offset", quant_of(graph.output_tensor(op)).zero_point),
        ("multiplier", multiplier),
        ("shift", shift),
        *activation_limits(op, graph.output_tensor(op)),
    )
    return broadcast.broadcast_call(
        graph, op, kernel_name("mul", graph.output_tensor(op)), "ef_mul.h", "ef_mul_params", scaling
    )


SPEC = OpSpec(
    kind="MUL",
    max_version=7,
    rules=(*broadcast.RULES, rules.known_activation, output_scale),
    output_shapes=shapes.broadcast,
    macs=no_macs,
    lower=lower,
)
