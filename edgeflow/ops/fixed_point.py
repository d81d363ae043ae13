"""The kernels' fixed-point arithmetic on Python's integers, for tables made at generation time.

The same roundings as ``kernels/include/ef_requantize.h``. Sources: B. Jacob et al., arXiv 1712.05877,
section 2.2 and appendix B; the TFLite 8-bit quantization specification.
"""

from __future__ import annotations


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
