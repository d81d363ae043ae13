"""HARD_SWISH, int8: ``x * relu6(x + 3) / 6`` in the reference's 16-bit arithmetic."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes
from edgeflow.ops.fixed_point import divide_by_power_of_two
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.quant_math import float32_ratio, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec

_INT16_MAX = 2**15 - 1


def _factors(graph: Graph, op: Op) -> tuple[float, float]:
    """Input steps with 7 more bits to output steps, and to steps of 3/32768; float32 throughout."""
    source, output = quant_of(graph.input_tensor(op, 0)).scale, quant_of(graph.output_tensor(op)).scale
    fine = float(np.float32(1 / 128) * np.float32(source))
    return float32_ratio(fine, output), float32_ratio(fine, float(np.float32(3) / np.float32(32768)))


def scales(graph: Graph, op: Op) -> bool:
    """The input scale is from 2e-7 to 768, and from 1/512 to 128 times the output scale."""
    to_output, to_gate = _factors(graph, op)
    return 2.0**-16 <= to_output < 1.0 and 2.0**-16 <= to_gate < 2.0**16


def _multiplier_16(factor: float) -> tuple[int, int]:
    """The multiplier's upper 16 bits, halves up, and the shift."""
    multiplier, shift = quantize_multiplier(factor)
    return min((multiplier + 2**15) >> 16, _INT16_MAX), shift


def _multiply_high(value: int, multiplier: int) -> int:
    """``value * multiplier / 2**15``, halves up."""
    return (value * multiplier + 2**14) >> 15


def _saturating_shift(value: int, exponent: int) -> int:
    return max(-(2**15), min(_INT16_MAX, value << exponent))


def _gate(fine: int, multiplier: int, shift: int) -> int:
    """``relu6(x + 3) / 6`` in Q0.15: limits come from saturation at -3 and 3."""
    value = _saturating_shift(fine, shift - 1) if shift > 0 else fine
    value = _multiply_high(value, multiplier)
    if shift > 0:
        value = _saturating_shift(value, 1)
    elif shift < 0:
        value = divide_by_power_of_two(value, -shift)
    return (value + 2**15) >> 1


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    output_factor, gate_factor = _factors(graph, op)
    (multiplier, shift), gate = _multiplier_16(output_factor), _multiplier_16(gate_factor)
    input_zero = quant_of(graph.input_tensor(op, 0)).zero_point
    output_zero = quant_of(graph.output_tensor(op)).zero_point

    def value(stored: int) -> int:
        fine = (stored - input_zero) * 128
        product = _gate(fine, *gate) * _multiply_high(fine, multiplier)
        high = abs(product) >> 15  # towards zero
        result = divide_by_power_of_two(high if product >= 0 else -high, -shift)
        return lookup.clamp_int8(result + output_zero)

    return lookup.integer_call(graph, op, value)


SPEC = OpSpec(
    kind="HARD_SWISH",
    max_version=1,
    rules=(*lookup.RULES, scales),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
