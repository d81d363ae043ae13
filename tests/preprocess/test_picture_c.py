"""The C that prepares pictures gives the bytes of Python's, and refuses what it cannot take."""

import itertools

import numpy as np
import pytest
from picture_cases import ASPECT_RATIOS, INTERPOLATIONS, SOURCES, frame, frames, spec_of, specs
from picture_library import BAD_FORMAT, BAD_ROW, BAD_SIZE, DONE, MORE, Preparer

from edgeflow.preprocess.picture import prepare_frame
from edgeflow.preprocess.spec import MAX_SIDE

SETTINGS = list(itertools.product(INTERPOLATIONS, ASPECT_RATIOS))


@pytest.mark.parametrize("aspect_ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_every_picture_is_python_s(interpolation, aspect_ratio):
    """880 pictures each, noise of every format."""
    count = 0
    for spec in specs(interpolation, aspect_ratio):
        preparer = Preparer(spec)
        for width, height, frame_format, data in frames():
            prepared = preparer.whole(data, width, height, frame_format)
            expected = prepare_frame(data, width, height, frame_format, spec)
            assert np.array_equal(prepared, expected), (spec, width, height, frame_format)
            count += 1
    assert count == 16 * 55


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_axes_of_all_small_sizes(interpolation):
    """Rows and columns of 1 to 24 pixels to 1 to 24: every ratio of small numbers, both ways."""
    generator = np.random.default_rng(3)
    for size, to_size in itertools.product(range(1, 25), repeat=2):
        data = generator.integers(0, 256, size, dtype=np.uint8).tobytes()
        for shape in ((size, 1), (1, size)):
            to_shape = tuple(1 if side == 1 else to_size for side in shape)
            spec = spec_of(*to_shape, 1, interpolation)
            prepared = Preparer(spec).whole(data, *shape, "gray8")
            assert np.array_equal(prepared, prepare_frame(data, *shape, "gray8", spec)), (shape, to_shape)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize(("width", "height"), [(MAX_SIDE, 1), (1, MAX_SIDE), (MAX_SIDE, 1024), (4096, 4096)])
def test_largest_pictures(width, height, interpolation):
    """At the limits of the sides and of the sum: all 255, and noise."""
    spec = spec_of(7, 5, 1, interpolation)
    white = bytes([255]) * (width * height)
    assert (Preparer(spec).whole(white, width, height, "gray8") == 255).all()
    noise = np.random.default_rng(1).integers(250, 256, width * height, dtype=np.uint8).tobytes()
    expected = prepare_frame(noise, width, height, "gray8", spec)
    assert np.array_equal(Preparer(spec).whole(noise, width, height, "gray8"), expected)


@pytest.mark.parametrize("pixels", [1, 2, 3, 5, 255, 256, 257, 4095, 65537, 2**23 - 1, 2**23, 2**23 + 1])
def test_averages_on_both_sides_of_every_tie(pixels):
    """The quotient comes from an estimate: sums just below and at each half, of one row of each length."""
    columns = min(pixels, 4096)
    rows = -(-pixels // columns)
    spec = spec_of(1, 1, 1, "area")
    count = rows * columns
    generator = np.random.default_rng(pixels)
    for total in {*generator.integers(0, 255 * count, 3).tolist(), count // 2, (count - 1) // 2, 255 * count}:
        data = np.full(count, total // count, np.uint8)
        data[: total % count] += 1
        prepared = Preparer(spec).whole(data.tobytes(), columns, rows, "gray8")
        assert prepared.item() == (total + count // 2) // count


def values_table(channels, dtype):
    """Other values for every pixel and channel, the type's limits among them."""
    if dtype == "float32":
        return np.random.default_rng(5).normal(size=(channels, 256)).astype(np.float32)
    limits = np.iinfo(dtype)
    table = np.random.default_rng(5).integers(limits.min, limits.max, (channels, 256), dtype, endpoint=True)
    table[:, 0], table[:, 255] = limits.min, limits.max
    return table


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "float32"])
@pytest.mark.parametrize(("channels", "tables"), [(1, 1), (3, 1), (3, 3)])
@pytest.mark.parametrize(("interpolation", "aspect_ratio"), SETTINGS)
def test_values_come_from_the_channel_s_table(interpolation, aspect_ratio, channels, tables, dtype):
    """Borders, too; 16-bit values take the pixels' place from behind."""
    spec = spec_of(13, 9, channels, interpolation, aspect_ratio)
    table = values_table(tables, dtype)
    for width, height, frame_format in ((13, 9, "rgb888"), (32, 24, "rgb565"), (6, 31, "yuyv")):
        data = frame(width, height, frame_format)
        pixels = prepare_frame(data, width, height, frame_format, spec)
        expected = table[np.arange(channels) if tables > 1 else 0, pixels]
        assert np.array_equal(Preparer(spec, table).by_rows(data, width, height, frame_format), expected)


@pytest.mark.parametrize(("interpolation", "aspect_ratio"), SETTINGS)
def test_minus_128_needs_no_table(interpolation, aspect_ratio):
    spec = spec_of(12, 16, 3, interpolation, aspect_ratio)
    for width, height in ((12, 16), (40, 30)):
        data = frame(width, height, "rgb888")
        pixels = prepare_frame(data, width, height, "rgb888", spec)
        prepared = Preparer(spec, flip=128).whole(data, width, height, "rgb888").view(np.int8)
        assert np.array_equal(prepared, pixels.astype(np.int16) - 128)


@pytest.mark.parametrize(("interpolation", "aspect_ratio"), SETTINGS)
def test_a_second_picture_does_not_see_the_first(interpolation, aspect_ratio):
    """Also when the first stopped in the middle, and rows behind the last needed one may come or not."""
    spec = spec_of(8, 8, 1, interpolation, aspect_ratio)
    preparer = Preparer(spec)
    for width, height in SOURCES[:8]:
        data = frame(width, height, "gray8")
        preparer.begin(64, 48, "gray8")
        for _ in range(17):
            assert preparer.row(bytes([255]) * 64) == MORE
        prepared = preparer.by_rows(data, width, height, "gray8")
        assert np.array_equal(prepared, prepare_frame(data, width, height, "gray8", spec))


@pytest.mark.parametrize(
    ("width", "height", "code"),
    [
        (0, 4, BAD_SIZE),
        (4, 0, BAD_SIZE),
        (MAX_SIDE + 1, 1, BAD_SIZE),
        (1, MAX_SIDE + 1, BAD_SIZE),
        (2**32 - 1, 2**32 - 1, BAD_SIZE),
        (2**16, 2**16, BAD_SIZE),
        (4097, 4096, BAD_SIZE),
        (4096, 4096, MORE),
    ],
)
def test_sizes_out_of_range_are_refused(width, height, code):
    preparer = Preparer(spec_of(8, 8, 1, "area", "pad"))
    assert preparer.begin(width, height, "gray8") == code
    if code != MORE:
        assert preparer.row(bytes(8)) == BAD_ROW


def test_formats_out_of_range_and_odd_yuyv_are_refused():
    preparer = Preparer(spec_of(8, 8, 1, "nearest"))
    assert preparer.begin(8, 8, -1) == BAD_FORMAT
    assert preparer.begin(8, 8, 4) == BAD_FORMAT
    assert preparer.begin(7, 8, "yuyv") == BAD_SIZE
    assert preparer.row(bytes(16)) == BAD_ROW


def test_rows_after_the_last_are_refused_and_change_nothing():
    spec = spec_of(4, 4, 1, "bilinear")
    preparer = Preparer(spec)
    data = frame(8, 8, "gray8")
    before = preparer.by_rows(data, 8, 8, "gray8")
    assert preparer.row(bytes(8)) == BAD_ROW
    assert np.array_equal(preparer.result(), before)


def test_rows_before_the_first_begin_are_refused():
    assert Preparer(spec_of(4, 4, 1, "bilinear")).row(bytes(8)) == BAD_ROW


def test_the_input_may_be_complete_before_the_last_row():
    """nearest takes the middle rows; the rest need not come."""
    preparer = Preparer(spec_of(2, 2, 1, "nearest"))
    preparer.begin(2, 8, "gray8")
    assert [preparer.row(bytes([y, y])) for y in range(8)] == [MORE] * 6 + [DONE] * 2
    assert preparer.result()[:, 0, 0].tolist() == [2, 6]
