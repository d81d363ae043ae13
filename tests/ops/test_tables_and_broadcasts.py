"""Pieces under the elementwise operators: fixed-point on Python's integers, and merged dimensions."""

import numpy as np
import pytest
from cases_pairs import pair
from op_graphs import graph_of

from edgeflow.ops import broadcast, fixed_point, lookup

LOWEST, HIGHEST = -(2**31), 2**31 - 1


@pytest.mark.parametrize(
    ("value", "multiplier", "high"),
    [
        (1, 1 << 30, 1), (-1, 1 << 30, 0), (3, 1 << 30, 2), (-3, 1 << 30, -1),  # halves go up
        (1, (1 << 30) - 1, 0), (0, HIGHEST, 0), (HIGHEST, HIGHEST, HIGHEST - 1), (LOWEST, HIGHEST, -HIGHEST),
    ],
)  # fmt: skip
def test_multiply_high(value, multiplier, high):
    assert fixed_point.multiply_high(value, multiplier) == high


@pytest.mark.parametrize(
    ("value", "exponent", "quotient"),
    [
        (1, 1, 1), (-1, 1, -1), (3, 2, 1), (2, 2, 1), (-2, 2, -1), (1, 2, 0), (-1, 2, 0), (6, 2, 2),
        (-6, 2, -2), (5, 0, 5), (-5, 0, -5), (HIGHEST, 31, 1), (LOWEST, 31, -1),
        (2**30 - 1, 31, 0), (-(2**30), 31, -1),
    ],
)  # fmt: skip
def test_divide_by_power_of_two(value, exponent, quotient):
    assert fixed_point.divide_by_power_of_two(value, exponent) == quotient


@pytest.mark.parametrize(
    ("value", "shift", "result"),
    [
        (100, 1, 100), (100, 0, 50), (100, -1, 25), (100, 3, 400), (5, -2, 1), (-5, -1, -1), (-6, -1, -2),
        (2**15, 16, 2**30 * -1), (2**15, 17, 0), (255, 30, -(2**29)),  # what leaves 32 bits wraps
    ],
)  # fmt: skip
def test_requantize_by_a_half_and_a_shift(value, shift, result):
    assert fixed_point.requantize(value, 1 << 30, shift) == result


def test_inverse_sqrt_is_near():
    for value in range(1, 256):
        multiplier, shift = fixed_point.inverse_sqrt(value)
        assert 2**27 < multiplier < 2**31
        assert multiplier * 2.0 ** (shift - 31) * value**0.5 == pytest.approx(1, abs=2e-6), value


@pytest.mark.parametrize(
    ("left", "right", "shape", "strides"),
    [
        ((2, 3, 4, 5), (2, 3, 4, 5), (1, 1, 1, 120), ((0, 0, 0, 1), (0, 0, 0, 1))),
        ((2, 3, 4, 5), (5,), (1, 1, 24, 5), ((0, 0, 5, 1), (0, 0, 0, 1))),
        ((2, 3, 4, 5), (), (1, 1, 1, 120), ((0, 0, 0, 1), (0, 0, 0, 0))),
        ((2, 3, 4, 5), (2, 1, 1, 5), (1, 2, 12, 5), ((0, 60, 5, 1), (0, 5, 0, 1))),
        ((2, 3, 4, 5), (2, 1, 4, 1), (2, 3, 4, 5), ((60, 20, 5, 1), (4, 0, 1, 0))),
        ((4, 1), (1, 5), (1, 1, 4, 5), ((0, 0, 1, 0), (0, 0, 0, 1))),
        ((1, 1), (1,), (1, 1, 1, 1), ((0, 0, 0, 0), (0, 0, 0, 0))),
        ((1, 2, 3, 4, 5), (1, 2, 3, 4, 5), (1, 1, 1, 120), ((0, 0, 0, 1), (0, 0, 0, 1))),
    ],
)
def test_dimensions_that_both_inputs_walk_evenly_are_one(left, right, shape, strides):
    graph = graph_of(pair("MUL", "walk", left, right))
    params = dict(broadcast.shape_params(graph, graph.ops[0]))
    assert params == {
        "broadcast.shape": shape, "broadcast.stride1": strides[0], "broadcast.stride2": strides[1],
    }  # fmt: skip


@pytest.mark.parametrize("value", [-104.0, -87.3, -1.0, -1e-9, 0.0, 1e-9, 0.5, 1.0, 88.7])
def test_exponential_is_the_nearest_float32(value):
    real = np.float32(value)
    result = lookup.exp_float32(np.array([real]))[0]
    exact = np.exp(np.longdouble(real))
    neighbours = [np.nextafter(result, np.float32(to)) for to in (-np.inf, np.inf)]
    assert all(abs(np.longdouble(result) - exact) <= abs(np.longdouble(n) - exact) for n in neighbours)
    assert result.dtype == np.float32


def test_exponential_beyond_float32_is_infinite_or_zero():
    assert lookup.exp_float32(np.array([1000.0, -1000.0], np.float32)).tolist() == [float("inf"), 0.0]
