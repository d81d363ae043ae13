"""One rounding in place of the reference's two: the same output for every sum, or no row at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeflow.ops.scalar.outputs import output_rows


def references(sums, bias, multiplier, shift, zero_point, limits):
    """The reference's arithmetic on exact integers: two roundings, then zero point and limits."""
    high = ((sums + bias) * multiplier + 2**30) >> 31
    halves_away = np.sign(high) * ((np.abs(high) + (1 << shift >> 1)) >> shift)
    return np.clip(halves_away + zero_point, *limits)


def kernel_outputs(sums, row):
    """What ``ef_output_of_sum`` does, in its 32 bits."""
    low, fraction, high = row[0] >> 13, row[0] & 0x1FFF, row[1]
    limited = np.clip(sums, low, high)
    assert np.abs(limited * fraction).max() < 2**31
    total = limited * (row[2] & 0xFFFFFFFF) + (limited * fraction >> 13) + row[3]
    return (total.astype(np.uint64) & 0xFFFFFFFF).astype(np.uint32).view(np.int32) >> 24


def packed(bias, multiplier, shift, zero_point, limits, reach):
    """The packed row of one channel as Python integers, or None."""
    addend = (1 << (shift - 1)) + zero_point * (1 << shift)
    named = tuple(zip(("activation_min", "activation_max"), limits, strict=True))
    rows = output_rows(np.array([[bias, multiplier, addend, shift]], np.int32), np.array([reach]), named)
    return rows if rows is None else [int(number) for number in rows[0]]


@settings(max_examples=150, deadline=None)
@given(
    st.integers(-(2**16), 2**16),
    st.one_of(st.integers(2**30, 2**31 - 1), st.sampled_from([0, 2**30, 3 * 2**29, 5 * 2**28, 2**31 - 1])),
    st.integers(1, 12),
    st.sampled_from([-128, -3, 0, 127]),
    st.sampled_from([(-128, 127), (-128, 0), (-3, 40), (126, 127)]),
    st.integers(1, 150_000),
)
def test_every_sum_gives_the_reference(bias, multiplier, shift, zero_point, limits, reach):
    row = packed(bias, multiplier, shift, zero_point, limits, reach)
    if row is not None:
        sums = np.arange(-reach, reach + 1, dtype=np.int64)
        expected = references(sums, bias, multiplier, shift, zero_point, limits)
        np.testing.assert_array_equal(kernel_outputs(sums, row), expected)


def test_nearly_all_rows_exist():
    rng = np.random.default_rng(0)
    made = [
        packed(bias, multiplier, shift, -128, (-128, 127), 100_000)
        for bias, multiplier, shift in zip(
            rng.integers(-(2**14), 2**14, 400).tolist(),
            rng.integers(2**30, 2**31, 400).tolist(),
            rng.integers(3, 10, 400).tolist(),
            strict=True,
        )
    ]
    assert sum(row is not None for row in made) >= 390


@pytest.mark.parametrize("shift", [1, 4, 8])
def test_no_row_where_the_first_rounding_shows(shift):
    """Of a scale 2**-n a sum just below a positive tie goes up, its negative does not go down."""
    sums = np.array([2**shift - 1, 1 - 2**shift])
    found = references(sums, 0, 2**30, shift, 0, (-128, 127))
    assert found.tolist() == [1, 0]
    assert packed(0, 2**30, shift, 0, (-128, 127), 4000) is None


def test_no_row_for_sums_that_are_too_large_or_for_a_single_output():
    assert packed(0, 2**30, 12, 0, (-128, 127), 2**19) is None
    assert packed(0, 2**30, 8, 0, (5, 5), 1000) is None
