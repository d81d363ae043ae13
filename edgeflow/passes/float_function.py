"""Functions of one float32 element, worked out with the error that a mathematics library may make.

A value is a range from the least to the largest float32 that it can be. What IEEE 754 rounds in one way
(sums, products, quotients, square roots) adds nothing to the range; of the exponential and its like the last
bit differs from library to library, and a step on either side of the nearest float32 stands for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edgeflow.ops.quant_math import ACTIVATION_LIMITS

Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """The least and the largest value that each element can be."""

    low: Float32s
    high: Float32s

    @property
    def is_finite(self) -> bool:
        """Whether no element is an infinity or not a number."""
        return bool(np.isfinite(self.low).all() and np.isfinite(self.high).all())

    @property
    def is_exact(self) -> bool:
        """Whether every element has one value."""
        return bool((self.low == self.high).all())


def exactly(values: Float32s) -> Range:
    """The range of values that are known."""
    return Range(values, values)


def function_range(kind: str, activation: str, operands: Sequence[Range]) -> Range | None:
    """The operator's results; None of another operator, or where they cannot be told."""
    with np.errstate(all="ignore"):
        found = _results(kind, operands)
    if found is None or not found.is_finite or activation not in ACTIVATION_LIMITS:
        return None
    low, high = ACTIVATION_LIMITS[activation]
    if low is None and high is None:
        return found
    return Range(*(np.clip(end, low, high).astype(np.float32) for end in (found.low, found.high)))


def _results(kind: str, operands: Sequence[Range]) -> Range | None:
    if len(operands) == 1:
        return _single(kind, operands[0])
    if len(operands) != 2:
        return None
    if kind == "POW" and all(each.is_exact for each in operands):
        base, exponent = (each.low.astype(np.float64) for each in operands)
        return _by_library(base**exponent, base**exponent)
    return _pair(kind, *operands) if kind in _PAIRS else None


def _single(kind: str, value: Range) -> Range | None:
    if kind in _RISING:
        return Range(_RISING[kind](value.low), _RISING[kind](value.high))
    if kind in _RISING_LIBRARY:
        function = _RISING_LIBRARY[kind]
        return _by_library(function(value.low.astype(np.float64)), function(value.high.astype(np.float64)))
    if kind == "ELU":
        return _elu(value)
    return Range(-value.high, -value.low) if kind == "NEG" else _turning(kind, value)


def _turning(kind: str, value: Range) -> Range | None:
    """A function that rises and falls, so that ends say nothing about what lies between."""
    if value.is_exact and kind in _TURNING:
        return exactly(_TURNING[kind](value.low))
    if value.is_exact and kind in _TURNING_LIBRARY:
        found = _TURNING_LIBRARY[kind](value.low.astype(np.float64))
        return _by_library(found, found)
    return None


def _pair(kind: str, left: Range, right: Range) -> Range | None:
    """Least and largest stand at ends of the operands, but for a quotient by what may be 0."""
    if kind == "DIV" and bool(((right.low <= 0) & (right.high >= 0)).any()):
        return None
    ends = [_PAIRS[kind](a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Range(np.minimum.reduce(ends), np.maximum.reduce(ends))


def _by_library(low: Float64s, high: Float64s) -> Range:
    """Results in float32, as far as libraries differ."""
    # An error below 1.5 ulp, which good libraries keep (GNU C library manual, "Known Maximum Errors in Math
    # Functions": 1 ulp for these in float32), gives the nearest float32 or a neighbour.
    infinity = np.float32(np.inf)
    return Range(
        np.nextafter(low.astype(np.float32), -infinity), np.nextafter(high.astype(np.float32), infinity)
    )


def _elu(value: Range) -> Range:
    """ELU, which asks the library for negative numbers alone."""
    library = _by_library(np.expm1(value.low.astype(np.float64)), np.expm1(value.high.astype(np.float64)))
    return Range(
        np.where(value.low < 0, library.low, value.low), np.where(value.high < 0, library.high, value.high)
    )


_PAIRS: Mapping[str, Callable[[Float32s, Float32s], Float32s]] = MappingProxyType(
    {
        "ADD": np.add,
        "DIV": np.divide,
        "MAXIMUM": np.maximum,
        "MINIMUM": np.minimum,
        "MUL": np.multiply,
        "SUB": np.subtract,
    }
)
_RISING: Mapping[str, Callable[[Float32s], Float32s]] = MappingProxyType(
    {
        "FLOOR": np.floor,
        "RELU": lambda value: np.maximum(value, np.float32(0)),
        "RELU6": lambda value: np.clip(value, np.float32(0), np.float32(6)),
        "RELU_0_TO_1": lambda value: np.clip(value, np.float32(0), np.float32(1)),
        "RELU_N1_TO_1": lambda value: np.clip(value, np.float32(-1), np.float32(1)),
        "ROUND": np.rint,
        "SIGN": np.sign,
        "SQRT": np.sqrt,
    }
)
_RISING_LIBRARY: Mapping[str, Callable[[Float64s], Float64s]] = MappingProxyType(
    {"EXP": np.exp, "LOG": np.log}
)
_TURNING: Mapping[str, Callable[[Float32s], Float32s]] = MappingProxyType(
    {"ABS": np.abs, "SQUARE": np.square}
)
_TURNING_LIBRARY: Mapping[str, Callable[[Float64s], Float64s]] = MappingProxyType(
    {"COS": np.cos, "SIN": np.sin}
)
KINDS = frozenset({"ELU", "NEG", "POW", *_PAIRS, *_RISING, *_RISING_LIBRARY, *_TURNING, *_TURNING_LIBRARY})
