"""Which part of a picture goes where: by hand, and what holds for every size."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeflow.preprocess.geometry import Placement, Rect, place
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.picture import prepare
from edgeflow.preprocess.resize import resize
from edgeflow.preprocess.spec import picture_spec

side = st.integers(1, 16384)
sizes = st.tuples(side, side, side, side)

# (aspect_ratio, picture width, height, input width, height) -> placement
BY_HAND = {
    ("fit", 640, 480, 96, 96): Placement(Rect(0, 0, 640, 480), Rect(0, 0, 96, 96)),
    ("crop", 640, 480, 96, 96): Placement(Rect(80, 0, 480, 480), Rect(0, 0, 96, 96)),
    ("crop", 480, 640, 96, 96): Placement(Rect(0, 80, 480, 480), Rect(0, 0, 96, 96)),
    ("crop", 5, 2, 3, 2): Placement(Rect(1, 0, 3, 2), Rect(0, 0, 3, 2)),
    ("crop", 1000, 1, 8, 512): Placement(Rect(499, 0, 1, 1), Rect(0, 0, 8, 512)),
    ("pad", 640, 480, 96, 96): Placement(Rect(0, 0, 640, 480), Rect(0, 12, 96, 72)),
    ("pad", 480, 640, 96, 96): Placement(Rect(0, 0, 480, 640), Rect(12, 0, 72, 96)),
    ("pad", 1000, 1, 16, 8): Placement(Rect(0, 0, 1000, 1), Rect(0, 3, 16, 1)),
    ("pad", 320, 240, 160, 120): Placement(Rect(0, 0, 320, 240), Rect(0, 0, 160, 120)),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_places_by_hand(case):
    assert place(*case) == BY_HAND[case]


def inside(rect, width, height):
    return (
        rect.width >= 1
        and rect.height >= 1
        and 0 <= rect.x <= width - rect.width
        and 0 <= rect.y <= height - rect.height
        # centred: the borders differ by a pixel at most
        and abs(width - rect.width - 2 * rect.x) <= 1
        and abs(height - rect.height - 2 * rect.y) <= 1
    )


@given(sizes)
def test_crop_takes_the_largest_part_of_the_ratio(case):
    width, height, to_width, to_height = case
    placed = place("crop", *case)
    part = placed.source
    assert placed.destination == Rect(0, 0, to_width, to_height)
    assert inside(part, width, height)
    assert part.width == width or part.height == height
    exact_width = min(Fraction(width), Fraction(height * to_width, to_height))
    exact_height = min(Fraction(height), Fraction(width * to_height, to_width))
    assert abs(part.width - exact_width) <= Fraction(1, 2) or part.width == 1
    assert abs(part.height - exact_height) <= Fraction(1, 2) or part.height == 1


@given(sizes)
def test_pad_is_crop_with_picture_and_input_exchanged(case):
    width, height, to_width, to_height = case
    padded, cropped = place("pad", *case), place("crop", to_width, to_height, width, height)
    assert (padded.source, padded.destination) == (cropped.destination, cropped.source)
    assert inside(padded.destination, to_width, to_height)


@given(sizes)
def test_fit_takes_all(case):
    placed = place("fit", *case)
    assert placed == Placement(Rect(0, 0, *case[:2]), Rect(0, 0, *case[2:]))


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["nearest", "bilinear", "area"]))
@settings(max_examples=60, deadline=None)
def test_a_padded_picture_lies_between_its_borders(width, height, interpolation):
    options = PreprocessingOptions(
        input_size=(12, 20), color_mode="rgb", interpolation=interpolation, aspect_ratio="pad", pad_value=7
    )
    picture = np.random.default_rng(width * 41 + height).integers(100, 200, (height, width, 3), np.uint8)
    prepared = prepare(picture, picture_spec(options))
    where = place("pad", width, height, 20, 12).destination
    rows, columns = slice(where.y, where.y + where.height), slice(where.x, where.x + where.width)
    assert np.array_equal(prepared[rows, columns], resize(picture, where.height, where.width, interpolation))
    borders = np.ones((12, 20), dtype=bool)
    borders[rows, columns] = False
    assert (prepared[borders] == 7).all()


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["nearest", "bilinear", "area"]))
@settings(max_examples=60, deadline=None)
def test_a_cropped_picture_is_the_resized_part(width, height, interpolation):
    options = PreprocessingOptions(input_size=(12, 20), interpolation=interpolation, aspect_ratio="crop")
    picture = np.random.default_rng(width * 41 + height).integers(0, 256, (height, width, 1), np.uint8)
    part = place("crop", width, height, 20, 12).source
    cut = picture[part.y : part.y + part.height, part.x : part.x + part.width]
    assert np.array_equal(prepare(picture, picture_spec(options)), resize(cut, 12, 20, interpolation))


def test_a_picture_of_the_inputs_size_is_not_touched():
    options = PreprocessingOptions(input_size=(12, 20), aspect_ratio="pad")
    picture = np.arange(240, dtype=np.uint8).reshape(12, 20, 1)
    assert np.array_equal(prepare(picture, picture_spec(options)), picture)
