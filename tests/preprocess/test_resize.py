"""Resizing against one pixel at a time in plain integers and exact fractions, over many sizes and ratios."""

from fractions import Fraction

import numpy as np
import pytest
import slow_picture
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeflow.preprocess.resize import resize

INTERPOLATIONS = ("nearest", "bilinear", "area")
# from height, from width -> to height, to width
SIZES = {
    "same height": (8, 13, 8, 9),
    "halves": (16, 24, 8, 12),
    "thirds": (27, 9, 9, 3),
    "nearly the same": (17, 16, 16, 17),
    "two thirds": (12, 15, 8, 10),
    "large shrink": (61, 47, 8, 8),
    "one sample": (1, 1, 8, 9),
    "to one sample": (23, 31, 1, 1),
    "one row": (1, 40, 8, 8),
    "one column": (40, 1, 8, 8),
    "doubles": (8, 8, 16, 16),
    "odd growth": (5, 7, 13, 11),
    "shrink and grow": (30, 4, 9, 17),
    "primes": (31, 37, 29, 23),
}


def noise(*shape, seed=1):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("case", SIZES)
def test_resize_is_the_documented_arithmetic(case, channels, interpolation):
    rows, columns, height, width = SIZES[case]
    picture = noise(rows, columns, channels)
    wanted = slow_picture.resized(picture.tolist(), height, width, interpolation)
    assert resize(picture, height, width, interpolation).tolist() == wanted


side = st.integers(1, 24)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@given(sizes=st.tuples(side, side, side, side), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_any_size_to_any_size(interpolation, sizes, seed):
    rows, columns, height, width = sizes
    picture = noise(rows, columns, 1, seed=seed)
    wanted = slow_picture.resized(picture.tolist(), height, width, interpolation)
    assert resize(picture, height, width, interpolation).tolist() == wanted


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_the_same_size_is_the_identity(interpolation):
    picture = noise(13, 11, 3)
    assert np.array_equal(resize(picture, 13, 11, interpolation), picture)
    # and an axis that keeps its size is untouched by the other's change
    constant = np.repeat(noise(13, 1, 3), 11, axis=1)
    assert np.array_equal(resize(constant, 13, 5, interpolation), constant[:, :5])


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_pictures_of_one_size_go_together(interpolation):
    pictures = noise(5, 20, 30, 3)
    together = resize(pictures, 8, 9, interpolation)
    assert [resize(p, 8, 9, interpolation).tolist() for p in pictures] == together.tolist()


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("level", [0, 1, 127, 254, 255])
def test_a_constant_picture_stays_constant(interpolation, level):
    picture = np.full((37, 53, 1), level, dtype=np.uint8)
    for height, width in ((8, 8), (41, 60), (37, 7)):
        assert (resize(picture, height, width, interpolation) == level).all()


def test_a_white_picture_at_the_limit_of_32_bits_stays_white():
    """4096 x 4096 is 2^24 pixels: the sum of a box reaches 255.5 * 2^24, just below 2^32."""
    white = np.full((4096, 4096, 1), 255, dtype=np.uint8)
    assert (resize(white, 3, 3, "area") == 255).all()


def test_above_2_to_the_24_pixels_the_same_arithmetic_has_64_bits():
    large = np.zeros((4097, 4097, 1), dtype=np.uint8)
    large[:2000] = 255
    share = (2000 - Fraction(4097, 3)) / Fraction(4097, 3)  # of the middle row of boxes
    wanted = [255, int(255 * share + Fraction(1, 2)), 0]
    assert resize(large, 3, 1, "area").ravel().tolist() == wanted
    white = np.full((4200, 4200, 1), 255, dtype=np.uint8)  # its sum is above 2^32
    assert resize(white, 1, 1, "area").item() == 255


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("m", [1, 96, 511])
def test_the_longest_side(interpolation, m):
    row = noise(1, 16384, 1)
    assert resize(row, 1, m, interpolation).tolist() == slow_picture.resized(
        row.tolist(), 1, m, interpolation
    )


@pytest.mark.parametrize("interpolation", ["bilinear", "area"])
def test_ties_round_up(interpolation):
    pair = np.array([[[0], [1]], [[0], [1]]], dtype=np.uint8)
    assert resize(pair, 1, 1, interpolation).tolist() == [[[1]]]


@pytest.mark.parametrize(("n", "m"), [(5, 32), (100, 32), (37, 96), (512, 300)])
def test_bilinear_is_near_the_exact_interpolation(n, m):
    """Weights have 8 bits and positions lose less than m / 65536 of a sample."""
    row = noise(1, n, 1, seed=n)
    got = resize(row, 1, m, "bilinear").ravel().tolist()
    allowed = Fraction(1, 2) + 255 * (Fraction(1, 256) + Fraction(m, 65536))
    for i, value in enumerate(got):
        position = min(max(Fraction((2 * i + 1) * n, 2 * m) - Fraction(1, 2), 0), n - 1)
        low = int(position)
        left, right = int(row[0, low, 0]), int(row[0, min(low + 1, n - 1), 0])
        assert abs(value - (left + (right - left) * (position - low))) <= allowed
