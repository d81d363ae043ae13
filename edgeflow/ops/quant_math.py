"""Scales as fixed-point numbers, with the roundings and float widths of TFLite's reference kernels.

A positive real factor becomes ``multiplier * 2**(shift - 31)`` with a multiplier of 0 or
2**30 .. 2**31 - 1. Scales are float32 in the file; which products are taken in float32 and which in
float64 shows in the last bit and differs from operator to operator, as each function says.
Sources: B. Jacob et al., arXiv 1712.05877; the TFLite 8-bit quantization specification.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

INT8_MIN, INT8_MAX = -128, 127
_INTEGER_LIMITS = {
    "int8": (INT8_MIN, INT8_MAX),
    "uint8": (0, 255),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
}
ACTIVATION_LIMITS: dict[str, tuple[float | None, float | None]] = {
    "NONE": (None, None),
    "RELU": (0.0, None),
    "RELU6": (0.0, 6.0),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU_0_TO_1": (0.0, 1.0),
}


def round_half_away(value: float) -> int:
    """Nearest integer, halves away from zero (C's ``round``); Python's own rounds halves to even."""
    whole = math.floor(abs(value))
    if abs(value) - whole >= 0.5:
        whole += 1
    return -whole if value < 0 else whole


def quantize_multiplier(real: float) -> tuple[int, int]:
    """The (multiplier, shift) of a factor that is at least 0; factors below 2**-32 become 0.

    The mantissa of ``frexp`` is rounded to 31 bits; one that rounds up to 2**31 is halved.
    """
    if real == 0.0:
        return 0, 0
    mantissa, shift = math.frexp(real)
    multiplier = round_half_away(mantissa * 2.0**31)
    if multiplier == 1 << 31:
        multiplier //= 2
        shift += 1
    if shift < -31:
        return 0, 0
    return multiplier, shift


def conv_multipliers(
    input_scale: float, weight_scales: Sequence[float], output_scale: float
) -> list[tuple[int, int]]:
    """(multiplier, shift) of each output channel of a convolution: all in float64."""
    return [quantize_multiplier(input_scale * scale / output_scale) for scale in weight_scales]


def fully_connected_multiplier(
    input_scale: float, weight_scale: float, output_scale: float
) -> tuple[int, int]:
    """(multiplier, shift) of a per-tensor fully connected layer: the product of scales is a float32."""
    product = float(np.float32(input_scale) * np.float32(weight_scale))
    return quantize_multiplier(product / output_scale)


def float32_ratio(numerator: float, denominator: float) -> float:
    """A quotient rounded to float32, as RELU takes it."""
    with np.errstate(over="ignore"):
        return float(np.float32(numerator) / np.float32(denominator))


def float32_product_ratio(left: float, right: float, denominator: float) -> float:
    """``left * right / denominator``, each step rounded to float32, as MUL and PRELU take it."""
    with np.errstate(over="ignore", under="ignore"):
        return float(np.float32(left) * np.float32(right) / np.float32(denominator))


def add_factors(
    input1_scale: float, input2_scale: float, output_scale: float, extra_bits: int
) -> tuple[float, float, float]:
    """The factors of ADD: each input to twice the larger scale, and their sum with more bits back."""
    twice_larger = 2.0 * max(input1_scale, input2_scale)
    return (
        input1_scale / twice_larger,
        input2_scale / twice_larger,
        twice_larger / (2.0**extra_bits * output_scale),
    )


def power_of_two_exponent(scale: float) -> int | None:
    """The logarithm to base 2 where it is an integer within 1/1000, as the reference takes int16 scales."""
    exponent = math.log2(scale)
    return round(exponent) if abs(exponent - round(exponent)) < 1e-3 else None


def mean_multiplier(input_scale: float, output_scale: float, element_count: int) -> tuple[int, int]:
    """(multiplier, shift) of MEAN over that many elements.

    The factor between the scales is made fixed-point first and then divided, rounding down, by the
    count after as many left shifts as the count has bits: 30 to 31 bits remain.
    """
    multiplier, shift = quantize_multiplier(input_scale / output_scale)
    extra = min(element_count.bit_length() - 1, 32, 31 + shift)
    return (multiplier << extra) // element_count, shift - extra


def softmax_scaling(beta_scale: float) -> tuple[int, int, int]:
    """(multiplier, left shift, smallest difference) that turn input steps into Q5.26 exponents.

    ``beta_scale`` is beta times the input scale, in float64. The factor is capped at 2**31 - 1;
    differences below the smallest would leave Q5.26.
    """
    factor = min(beta_scale * 2.0**26, 2.0**31 - 1.0)
    multiplier, left_shift = quantize_multiplier(factor)
    radius = math.floor(31.0 * 2.0**26 / 2.0**left_shift)
    return multiplier, left_shift, -radius


def _whole_steps(real: float, scale: float) -> int:
    """A real limit in steps of the scale; of a tiny scale 2**31, which is beyond every element type."""
    return round_half_away(max(-(2.0**31), min(2.0**31, float32_ratio(real, scale))))


def activation_range(activation: str, scale: float, zero_point: int, dtype: str = "int8") -> tuple[int, int]:
    """The quantized limits of a fused activation within the element type.

    Raises:
        KeyError: the activation or element type is unknown; the operators' rules exclude it.
    """
    low, high = _INTEGER_LIMITS[dtype]
    real_low, real_high = ACTIVATION_LIMITS[activation]
    if real_low is not None:
        low = max(low, zero_point + _whole_steps(real_low, scale))
    if real_high is not None:
        high = min(high, zero_point + _whole_steps(real_high, scale))
    return low, high


def integer_limits(dtype: str) -> tuple[int, int]:
    """Smallest and largest value of ``int8``, ``uint8``, ``int16`` or ``int32``."""
    return _INTEGER_LIMITS[dtype]
