"""The upper part of a product by 16-bit products, against exact integers."""

import ctypes
import subprocess
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_harness import STRICT_FLAGS, host_compiler

SHIM = """
#include "ef_high_multiply.h"
int32_t by_halves(int32_t a, int32_t b);
int32_t by_halves(int32_t a, int32_t b) { return ef_multiply_by_halves(a, b); }
int32_t rounded_down(int32_t a, int32_t b);
int32_t rounded_down(int32_t a, int32_t b) { return ef_multiply_and_add_by_halves(a, b, 0); }
int32_t doubled(int32_t a, int32_t b);
int32_t doubled(int32_t a, int32_t b) { return ef_multiply_doubled_by_halves(a, b); }
int64_t wide(int64_t a, int32_t b);
int64_t wide(int64_t a, int32_t b) { return ef_multiply_wide_by_halves(a, b); }
"""
EXTREMES = (0, 1, 2, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x10000, 0x10001, 2**30, 2**31 - 0x8000, 2**31 - 1)


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    """The inline functions, exported."""
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    # A sum that leaves 32 bits stops the program.
    command = [*host_compiler(), *STRICT_FLAGS, "-ftrapv", "-shared", "-fPIC", "-o", "shim.so", "shim.c"]
    subprocess.run(command, cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "shim.so"))
    library.wide.argtypes, library.wide.restype = (ctypes.c_int64, ctypes.c_int32), ctypes.c_int64
    return library


@pytest.fixture(scope="module")
def by_halves(shim):
    """The function that rounds at 2**32."""
    return shim.by_halves


def rounded(a, b):
    """round(a * b / 2**32), halves up."""
    return (a * b + 2**31) >> 32


@pytest.mark.parametrize("b", EXTREMES)
def test_extremes(by_halves, b):
    for a, sign in product((*EXTREMES, 2**31), (1, -1)):
        value = min(sign * a, 2**31 - 1)
        assert by_halves(value, b) == rounded(value, b)


@pytest.mark.parametrize("power", range(1, 31))
def test_ties_go_up(by_halves, power):
    """Odd multiples of 2**(31 - power) times 2**power lie halfway."""
    for odd in (1, 2**power - 1):
        for value in (odd << (31 - power), -odd << (31 - power)):
            assert value * 2**power % 2**32 == 2**31
            assert by_halves(value, 2**power) == rounded(value, 2**power)


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**31 - 1))
def test_any_numbers(by_halves, shim, a, b):
    assert by_halves(a, b) == rounded(a, b)
    assert shim.rounded_down(a, b) == a * b >> 32


def test_many_multipliers_of_scales(by_halves):
    rng = np.random.default_rng(0)
    for a, b in zip(rng.integers(-(2**31), 2**31, 20000), rng.integers(2**30, 2**31, 20000), strict=True):
        assert by_halves(int(a), int(b)) == rounded(int(a), int(b))


@pytest.mark.parametrize("b", [sign * b for b in (*EXTREMES, 2**31 - 3) for sign in (1, -1)])
def test_extremes_of_the_doubled_product(shim, b):
    for a in (*EXTREMES, *(-a for a in EXTREMES), -(2**31)):
        assert shim.doubled(a, b) == (a * b + 2**30) >> 31


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31) + 1, 2**31 - 1))
def test_any_numbers_doubled(shim, a, b):
    assert shim.doubled(a, b) == (a * b + 2**30) >> 31


@pytest.mark.parametrize("power", range(1, 31))
def test_ties_of_the_doubled_product_go_up(shim, power):
    for odd in (1, 2**power - 1):
        for value in (odd << (30 - power), -odd << (30 - power)):
            assert shim.doubled(value, 2**power) == (value * 2**power + 2**30) >> 31


@pytest.mark.parametrize(
    "a", [s * a for a in (0, 1, 2**16 - 1, 2**16, 2**32 - 1, 2**47 - 1) for s in (1, -1)]
)
def test_extremes_of_the_wide_product(shim, a):
    for b in (0, 1, 2, 0x4000, 0x7FFF):
        assert shim.wide(a, b) == a * b


@given(st.integers(-(2**47), 2**47 - 1), st.integers(0, 2**15 - 1))
def test_any_wide_product(shim, a, b):
    assert shim.wide(a, b) == a * b
