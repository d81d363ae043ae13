"""PRELU, int8: a slope for negative inputs that broadcasts to the input's shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, rules, shapes
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.quant_math import float32_product_ratio, float32_ratio, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec


def _factors(graph: Graph, op: Op) -> tuple[float, float]:
    """What inputs of at least 0, and products of input and slope, are multiplied by."""
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    source, slope, output = (quant_of(tensor).scale for tensor in tensors)
    return float32_ratio(source, output), float32_product_ratio(source, slope, output)


def output_scale(graph: Graph, op: Op) -> bool:
    """The input scale, and it times the slope's scale, are less than 2**30 times the output scale."""
    return all(rules.is_factor(factor) for factor in _factors(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_prelu_s8``."""
    identity, slope = (quantize_multiplier(factor) for factor in _factors(graph, op))
    scaling = (
        ("input_offset", -quant_of(graph.input_tensor(op, 0)).zero_point),
        ("slope_offset", -quant_of(graph.input_tensor(op, 1)).zero_point),
        ("output_offset", quant_of(graph.output_tensor(op)).zero_point),
        ("identity_multiplier", identity[0]),
        ("identity_shift", identity[1]),
        ("slope_multiplier", slope[0]),
        ("slope_shift", slope[1]),
    )
    return broadcast.broadcast_call(graph, op, "ef_prelu_s8", "ef_prelu.h", "ef_prelu_params", scaling)


SPEC = OpSpec(
    kind="PRELU",
    max_version=1,
    rules=(*broadcast.INT8_RULES, rules.same_shape, output_scale),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
