"""ABS, int8, with another output scale if the model has one."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, rules, shapes
from edgeflow.ops.fixed_point import requantize
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.quant_math import float32_ratio, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec


def _ratio(graph: Graph, op: Op) -> float:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return float32_ratio(quant_of(source).scale, quant_of(output).scale)


def scale_ratio(graph: Graph, op: Op) -> bool:
    """The input scale is less than 2**30 times the output scale."""
    return rules.is_factor(_ratio(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    multiplier, shift = quantize_multiplier(_ratio(graph, op))
    input_zero = quant_of(graph.input_tensor(op, 0)).zero_point
    output_zero = quant_of(graph.output_tensor(op)).zero_point

    def value(stored: int) -> int:
        return lookup.clamp_int8(requantize(abs(stored - input_zero), multiplier, shift) + output_zero)

    return lookup.integer_call(graph, op, value)


SPEC = OpSpec(
    kind="ABS",
    max_version=5,
    rules=(*lookup.RULES, scale_ratio),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
