"""Which pictures calibrate, and that both ends of the pixel range are among them."""

import numpy as np
import pytest

from edgeflow.errors import DataError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec
from edgeflow.preprocess.values import network_input
from edgeflow.quantize.calibrate import calibration_pictures, calibration_record, chosen_pictures
from edgeflow.train.pictures import Part

LABELS = np.array([0, 1, 2] * 40 + [2] * 3 + [0])
NAMES = ["ant", "bee", "cow"]
RGB = picture_spec(PreprocessingOptions(color_mode="rgb"))


def test_so_many_of_every_class():
    choices = chosen_pictures(LABELS, NAMES, 5, 1)
    assert [choice.name for choice in choices] == NAMES
    assert [choice.available for choice in choices] == [41, 40, 43]
    for label, choice in enumerate(choices):
        assert len(set(choice.chosen)) == 5
        assert set(LABELS[list(choice.chosen)]) == {label}
        assert list(choice.chosen) == sorted(choice.chosen)


def test_the_seed_decides():
    first, again, other = (chosen_pictures(LABELS, NAMES, 5, seed) for seed in (1, 1, 2))
    assert first == again
    assert [choice.chosen for choice in first] != [choice.chosen for choice in other]


def test_a_small_class_gives_all_it_has_and_is_named():
    choices = chosen_pictures(np.array([0, 0, 1, 0]), ["many", "few"], 3, 1)
    assert choices[1].chosen == (2,)
    record = calibration_record(choices, 3, 1)
    assert record["short_classes"] == ["few"]
    assert record["pictures"] == 4
    assert [(c["name"], c["available"], c["count"]) for c in record["classes"]] == [
        ("many", 3, 3),
        ("few", 1, 1),
    ]
    assert record["classes"][0]["chosen"] == [0, 1, 3]


def test_a_class_without_pictures_is_refused():
    with pytest.raises(DataError, match="class `bee` has no training picture"):
        chosen_pictures(np.array([0, 2, 2]), NAMES, 3, 1)


def grey_part(low, high):
    images = np.random.default_rng(0).integers(low, high + 1, (20, 8, 8, 3), np.uint8)
    images.flat[[7, 9]] = low, high
    return Part(images, np.repeat([0, 1], 10))


@pytest.mark.parametrize(
    ("low", "high", "changed"), [(0, 255, 0), (0, 254, 1), (1, 255, 1), (60, 180, 2), (90, 90, 2)]
)
def test_both_ends_of_the_range_are_there_and_little_else_changes(low, high, changed):
    part = grey_part(low, high)
    before = part.images.copy()
    choices = chosen_pictures(part.labels, ["a", "b"], 10, 1)
    pictures = calibration_pictures(part, choices, RGB)
    assert (pictures.min(), pictures.max()) == (0, 255)
    assert (pictures != part.images).sum() == changed
    assert (part.images == before).all()
    assert pictures.shape == (20, 8, 8, 3)


def test_the_ends_of_the_values_count_not_those_of_the_pixels():
    """Of these channels the second reaches the lowest value with 255 and the third the highest with 255."""
    spec = picture_spec(
        PreprocessingOptions(color_mode="rgb", scale=(0.001, -0.01, 0.02), offset=(0.0, 1.0, -1.0))
    )
    part = grey_part(60, 180)
    choices = chosen_pictures(part.labels, ["a", "b"], 10, 1)
    pictures = calibration_pictures(part, choices, spec)
    values = network_input(pictures, spec)
    assert (values.min(), values.max()) == (np.float32(1 - 2.55), np.float32(5.1 - 1))
    changed = np.argwhere(pictures != part.images)
    assert sorted(changed[:, 3].tolist()) == [1, 2]
    assert (pictures[pictures != part.images] == 255).all()


def test_only_chosen_pictures_come_out():
    part = grey_part(0, 255)
    choices = chosen_pictures(part.labels, ["a", "b"], 2, 3)
    pictures = calibration_pictures(part, choices, RGB)
    inner = (pictures != 0) & (pictures != 255)
    chosen = [index for choice in choices for index in choice.chosen]
    assert len(chosen) == 4
    assert (pictures[inner] == part.images[chosen][inner]).all()
