"""The rounded high half of a product by 16-bit products, against exact integers."""

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
"""
EXTREMES = (0, 1, 2, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x10000, 0x10001, 2**30, 2**31 - 0x8000, 2**31 - 1)


@pytest.fixture(scope="module")
def by_halves(tmp_path_factory):
    """The inline function, exported."""
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(SHIM)
    # A sum that leaves 32 bits stops the program.
    command = [*host_compiler(), *STRICT_FLAGS, "-ftrapv", "-shared", "-fPIC", "-o", "shim.so", "shim.c"]
    subprocess.run(command, cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "shim.so")).by_halves


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
def test_any_numbers(by_halves, a, b):
    assert by_halves(a, b) == rounded(a, b)


def test_many_multipliers_of_scales(by_halves):
    rng = np.random.default_rng(0)
    for a, b in zip(rng.integers(-(2**31), 2**31, 20000), rng.integers(2**30, 2**31, 20000), strict=True):
        assert by_halves(int(a), int(b)) == rounded(int(a), int(b))
