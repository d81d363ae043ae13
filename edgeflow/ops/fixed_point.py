"""The kernels' fixed-point arithmetic on Python's integers, for tables made at generation time.

The same roundings as ``kernels/include/ef_requantize.h``. Sources: B. Jacob et al., arXiv 1712.05877,
section 2.2 and appendix B; the TFLite 8-bit quantization specification.
"""

from __future__ import annotations

HIGHEST = 2**31 - 1


def multiply_high(value: int, multiplier: int) -> int:
    """``value * multiplier / 2**31``, halves up."""
    return (value * multiplier + (1 << 30)) >> 31


def divide_by_power_of_two(value: int, exponent: int) -> int:
    """``value / 2**exponent``, halves away from zero."""
    half = (1 << exponent) >> 1
    return (value + half) >> exponent if value >= 0 else -((half - value) >> exponent)


def requantize(value: int, multiplier: int, shift: int) -> int:
    """``value * multiplier * 2**(shift - 31)``; a left shift wraps at 32 bits as the reference's does."""
    if shift > 0:
        wrapped = ((value << shift) + 2**31) % 2**32 - 2**31
        return multiply_high(wrapped, multiplier)
    return divide_by_power_of_two(multiply_high(value, multiplier), -shift)


def inverse_sqrt(value: int) -> tuple[int, int]:
    """(multiplier, shift) of ``1 / sqrt(value)`` for values of 1 to 255; of 1 nearly 1.

    Five Newton-Raphson steps in Q3.28 on a mantissa of 2**26 to 2**28, with the roundings of the public
    gemmlowp fixed-point formulas, as in ``kernels/src/ef_l2_normalization_s8.c``.
    """
    if value <= 1:
        return HIGHEST, 0
    pairs = (29 - value.bit_length()) // 2  # of left shifts, to 2**27 or more
    mantissa = (value << 2 * pairs) >> 1
    x, half_mantissa = 1 << 28, divide_by_power_of_two(mantissa, 1)
    for _ in range(5):
        cube = min(multiply_high(multiply_high(x, x), x) << 6, HIGHEST)
        step = multiply_high(3 << 27, x) - multiply_high(half_mantissa, cube)
        x = min(step << 3, HIGHEST)
    shift = pairs - 11
    multiplier = multiply_high(x, 1518500250)  # the square root of 1/2, Q0.31
    return (multiplier << shift, 0) if shift > 0 else (multiplier, shift)
