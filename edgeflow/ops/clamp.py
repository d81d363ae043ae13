"""What RELU and its limited forms share as operators of their own: rules, and a rescaling call."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules
from edgeflow.ops.lowering import quant_of, rescale_call
from edgeflow.ops.quant_math import activation_range, float32_ratio
from edgeflow.ops.spec import KernelCall, Rule


def _ratio(graph: Graph, op: Op) -> float:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return float32_ratio(quant_of(source).scale, quant_of(output).scale)


def scale_ratio(graph: Graph, op: Op) -> bool:
    """The input scale is less than 2**30 times the output scale."""
    return rules.is_factor(_ratio(graph, op))


RULES: tuple[Rule, ...] = (
    rules.operand_count(1),
    rules.quantized_input_and_output,
    rules.same_shape,
    scale_ratio,
)
# TFLite has no int16 form of these.
INT8_RULES: tuple[Rule, ...] = (
    rules.operand_count(1),
    rules.int8_input_and_output,
    rules.same_shape,
    scale_ratio,
)


def clamp_call(graph: Graph, op: Op, activation: str) -> KernelCall:
    """The call of ``ef_rescale_s8_s8``, or of int16, with an activation's limits at the output's scale."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    quant = quant_of(output)
    limits = activation_range(activation, quant.scale, quant.zero_point, output.dtype)
    return rescale_call(source, output, _ratio(graph, op), limits)
