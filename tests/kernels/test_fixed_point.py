"""exp and reciprocal against the real functions, and their constants against high precision."""

import ctypes
import math
import re
import subprocess
from decimal import Decimal, getcontext

import numpy as np
import pytest
from kernel_harness import KERNELS, STRICT_FLAGS, host_compiler

EXP = KERNELS / "src" / "ef_exp_on_negative.c"
TEXT = EXP.read_text() + (KERNELS / "include" / "ef_fixed_point.h").read_text()
SHIM = """
#include "ef_exp_on_negative.h"
#include "ef_fixed_point.h"
int32_t exp_on_negative(int32_t a);
int32_t one_over_one_plus(int32_t a);
int32_t requantize(int32_t value, int32_t multiplier, int32_t shift);
int32_t exp_on_negative(int32_t a) { return ef_exp_on_negative(a); }
int32_t one_over_one_plus(int32_t a) { return ef_one_over_one_plus(a); }
int32_t requantize(int32_t value, int32_t multiplier, int32_t shift)
{
    return ef_requantize(value, multiplier, shift);
}
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    """The inline functions, exported."""
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    command = [*host_compiler(), *STRICT_FLAGS, "-shared", "-fPIC", "-o", "shim.so", "shim.c", EXP]
    subprocess.run(command, cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "shim.so"))


def test_exp_is_within_its_rounding(shim):
    """The polynomial of degree 4 on a quarter is good to 1e-7."""
    points = np.concatenate([np.arange(1, 2000), np.geomspace(2000, 31 * 2**26, 3000).astype(np.int64)])
    for point in points.tolist():
        found = shim.exp_on_negative(-point) / 2**31
        assert abs(found - math.exp(-point / 2**26)) < 3e-7


def test_exp_of_zero_is_the_largest_number(shim):
    assert shim.exp_on_negative(0) == 2**31 - 1


def test_reciprocal_is_within_its_rounding(shim):
    points = [0, 1, 2**31 - 1, 2**30, *np.random.default_rng(0).integers(0, 2**31, 3000).tolist()]
    for point in points:
        found = shim.one_over_one_plus(point) / 2**31
        assert abs(found - 1 / (1 + point / 2**31)) < 1e-8


def steps(value, bits):
    """The nearest integer to value * 2**bits."""
    return int((value * 2**bits).to_integral_value(rounding="ROUND_HALF_UP"))


def test_constants():
    getcontext().prec = 40
    eighth = re.search(r"exp_minus_eighth = (\d+);", TEXT)
    third = re.search(r"third = (\d+);", TEXT)
    table = re.search(r"factors\[7\] = \{([^}]*)\}", TEXT)
    start = re.search(r"int32_t x = (\d+) \+ ef_multiply_high\(half, -(\d+)\)", TEXT)
    assert int(eighth[1]) == steps(Decimal("-0.125").exp(), 31)
    assert int(third[1]) == steps(Decimal(1) / 3, 31)
    assert [int(word) for word in table[1].split(",")] == [
        steps((-(Decimal(2) ** k)).exp(), 31) for k in range(-2, 5)
    ]
    assert (int(start[1]), int(start[2])) == (steps(Decimal(48) / 17, 29), steps(Decimal(32) / 17, 29))


HALF = 1 << 30  # the multiplier 1/2 in Q0.31
REQUANTIZED = [
    # value, multiplier, shift, result: ties of the first rounding go up, of the second away from zero
    (1, HALF, 0, 1),
    (-1, HALF, 0, 0),
    (3, HALF, 0, 2),
    (-3, HALF, 0, -1),
    (2, HALF, -1, 1),
    (-2, HALF, -1, -1),
    (6, HALF, -1, 2),
    (-6, HALF, -1, -2),
    (-3, HALF, -1, -1),
    (5, HALF, -1, 2),
    (5, HALF, 1, 5),
    (-128, HALF, 1, -128),
    (7, HALF, 2, 14),
    (2**31 - 1, 2**31 - 1, 0, 2**31 - 2),
    (-(2**31), 2**31 - 1, 0, -(2**31) + 1),
    (2**31 - 1, HALF, -31, 1),
    (-(2**31), HALF, -31, -1),
    (2**30, HALF, -31, 0),
    (2**31 - 1, 0, 0, 0),
    (1, HALF, 30, 2**29),
    (3, HALF, 30, -(2**29)),  # the left shift wraps, as the reference's does
]


@pytest.mark.parametrize(("value", "multiplier", "shift", "result"), REQUANTIZED)
def test_requantize(shim, value, multiplier, shift, result):
    assert shim.requantize(value, multiplier, shift) == result
