"""Shifts and mirror images against pictures padded and cut one by one."""

import numpy as np
import pytest

from edgeflow.train.augment import augmented

PICTURES = np.random.default_rng(0).integers(0, 256, (40, 16, 24, 3), np.uint8)


def possible_results(picture, rows, columns, *, flip):
    """All shifts of a picture with its edge repeated, made by padding and cutting."""
    padded = np.pad(picture, ((rows, rows), (columns, columns), (0, 0)), mode="edge")
    height, width, _ = picture.shape
    for top in range(2 * rows + 1):
        for left in range(2 * columns + 1):
            cut = padded[top : top + height, left : left + width]
            yield cut.tobytes()
            if flip:
                yield cut[:, ::-1].tobytes()


@pytest.mark.parametrize("augment", ["shift", "shift-flip"])
def test_every_result_is_a_shift_by_up_to_an_eighth(augment):
    results = augmented(PICTURES, augment, np.random.default_rng(1))
    assert results.dtype == np.uint8
    for before, after in zip(PICTURES, results, strict=True):
        assert after.tobytes() in set(possible_results(before, 2, 3, flip=augment == "shift-flip"))


def test_shifts_reach_both_limits_in_both_directions():
    marked = np.zeros((500, 16, 16, 1), np.uint8)
    marked[:, 8, 8] = 255
    results = augmented(marked, "shift", np.random.default_rng(2))
    _, rows, columns, _ = np.nonzero(results)
    assert set(rows) == set(columns) == {6, 7, 8, 9, 10}


def test_about_half_is_mirrored_only_when_asked():
    ramp = np.broadcast_to(np.arange(0, 160, 10, dtype=np.uint8)[None, None, :, None], (400, 8, 16, 1))
    falling = augmented(ramp, "shift-flip", np.random.default_rng(3))
    mirrored = (falling[:, 0, 0, 0] > falling[:, 0, -1, 0]).mean()
    assert 0.4 < mirrored < 0.6
    rising = augmented(ramp, "shift", np.random.default_rng(3))
    assert (rising[:, 0, 0, 0] < rising[:, 0, -1, 0]).all()


def test_none_changes_nothing_and_the_source_stays():
    before = PICTURES.copy()
    assert (augmented(PICTURES, "none", np.random.default_rng(0)) == PICTURES).all()
    augmented(PICTURES, "shift-flip", np.random.default_rng(0))
    assert (before == PICTURES).all()


def test_the_generator_alone_decides():
    first, second, other = (augmented(PICTURES, "shift-flip", np.random.default_rng(s)) for s in (4, 4, 5))
    assert (first == second).all()
    assert (first != other).any()


def test_pictures_below_eight_pixels_are_not_shifted():
    tiny = PICTURES[:, :7, :7]
    assert (augmented(tiny, "shift", np.random.default_rng(0)) == tiny).all()


def test_sounds_move_in_time_alone():
    results = augmented(PICTURES, "shift", np.random.default_rng(1), of_sound=True)
    assert not np.array_equal(results, PICTURES)
    for before, after in zip(PICTURES, results, strict=True):
        assert after.tobytes() in set(possible_results(before, 2, 0, flip=False))
