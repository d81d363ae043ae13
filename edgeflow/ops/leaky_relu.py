"""LEAKY_RELU, int8 or int16."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, rules, shapes
from edgeflow.ops.fixed_point import requantize
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, quant_of, tensor_arg
from edgeflow.ops.quant_math import float32_product_ratio, float32_ratio, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def slope(_graph: Graph, op: Op) -> bool:
    """The slope for negative inputs is a finite number of at least 0."""
    alpha = op.attrs.get("alpha")
    return isinstance(alpha, float) and math.isfinite(alpha) and alpha >= 0


def _factors(graph: Graph, op: Op) -> tuple[float, float]:
    """What inputs of at least 0, and negative inputs, are multiplied by."""
    source, output = quant_of(graph.input_tensor(op, 0)).scale, quant_of(graph.output_tensor(op)).scale
    alpha = op.attrs["alpha"]
    if not isinstance(alpha, float):
        raise TypeError(f"LEAKY_RELU option alpha is {alpha!r}, not a float")
    return float32_ratio(source, output), float32_product_ratio(source, alpha, output)


def output_scale(graph: Graph, op: Op) -> bool:
    """The input scale, and it times the slope, are less than 2**30 times the output scale."""
    return all(rules.is_factor(factor) for factor in _factors(graph, op))


def _wide_call(graph: Graph, op: Op, identity: tuple[int, int], leak: tuple[int, int]) -> KernelCall:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function="ef_leaky_relu_s16",
        header="ef_leaky_relu.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_leaky_relu_params",
        params=(
            ("count", output.element_count),
            *zip(("identity_multiplier", "identity_shift"), identity, strict=True),
            *zip(("slope_multiplier", "slope_shift"), leak, strict=True),
        ),
        overlaps=elementwise_overlaps(output, source),
    )


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8`` or ``ef_leaky_relu_s16``."""
    identity, leak = (quantize_multiplier(factor) for factor in _factors(graph, op))
    if graph.input_tensor(op, 0).dtype == "int16":
        return _wide_call(graph, op, identity, leak)
    input_zero = quant_of(graph.input_tensor(op, 0)).zero_point
    output_zero = quant_of(graph.output_tensor(op)).zero_point

    def value(stored: int) -> int:
        centred = stored - input_zero
        multiplier, shift = identity if centred >= 0 else leak
        return lookup.clamp_int8(requantize(centred, multiplier, shift) + output_zero)

    return lookup.integer_call(graph, op, value)


SPEC = OpSpec(
    kind="LEAKY_RELU",
    max_version=2,
    rules=(*lookup.WIDE_RULES, slope, output_scale),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
