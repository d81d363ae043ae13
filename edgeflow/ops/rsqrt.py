"""RSQRT, int8: one over the square root; inputs of 0 and below give the largest value."""

from __future__ import annotations

import math

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes
from edgeflow.ops.fixed_point import inverse_sqrt, requantize
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.quant_math import INT8_MAX, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec

_EXTRA_BITS = 20  # of the inverse square root of the integer input


def _factor(graph: Graph, op: Op) -> float:
    """What the inverse square root of an integer input is multiplied by: the square root is a float32."""
    source, output = quant_of(graph.input_tensor(op, 0)).scale, quant_of(graph.output_tensor(op)).scale
    product = np.float32(math.sqrt(source)) * np.float32(output)
    return 1.0 / float(product) if product else math.inf


def scales(graph: Graph, op: Op) -> bool:
    """The square root of the input scale, times the output scale, is from 2**-19 to 2**10."""
    return 2.0**-10 <= _factor(graph, op) <= 2.0**19


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    multiplier, shift = quantize_multiplier(_factor(graph, op))
    input_zero = quant_of(graph.input_tensor(op, 0)).zero_point
    output_zero = quant_of(graph.output_tensor(op)).zero_point

    def value(stored: int) -> int:
        if stored <= input_zero:
            return INT8_MAX
        root_multiplier, root_shift = inverse_sqrt(stored - input_zero)
        root = requantize(1, root_multiplier, root_shift + _EXTRA_BITS)
        return lookup.clamp_int8(requantize(root, multiplier, shift - _EXTRA_BITS) + output_zero)

    return lookup.integer_call(graph, op, value)


SPEC = OpSpec(
    kind="RSQRT",
    max_version=3,
    rules=(*lookup.RULES, scales),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
