"""Colour and raw frames: every value of the small domains, against plain integers and Pillow."""

import numpy as np
import pytest
import slow_picture

from edgeflow.errors import DataError
from edgeflow.preprocess.color import frame_pixels, recolor
from edgeflow.preprocess.options import FRAME_FORMATS, PreprocessingOptions
from edgeflow.preprocess.picture import prepare, prepare_frame
from edgeflow.preprocess.spec import picture_spec


def noise(*shape):
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


def test_grey_is_pillows():
    image = pytest.importorskip("PIL.Image")
    picture = noise(200, 300, 3)
    assert np.array_equal(
        recolor(picture, "grayscale")[..., 0], np.asarray(image.fromarray(picture).convert("L"))
    )


def test_grey_by_plain_integers():
    picture = noise(20, 30, 3)
    wanted = [[[slow_picture.grey(*pixel)] for pixel in row] for row in picture.tolist()]
    assert recolor(picture, "grayscale").tolist() == wanted
    assert recolor(np.full((1, 1, 3), 255, np.uint8), "grayscale").tolist() == [[[255]]]


def test_rgb_from_grey_is_three_times_the_value():
    grey = noise(4, 5, 1)
    assert np.array_equal(recolor(grey, "rgb"), np.concatenate([grey] * 3, axis=2))
    assert recolor(grey, "grayscale") is grey


def test_every_rgb565_word():
    words = np.arange(65536, dtype="<u2")
    wanted = [
        [slow_picture.from_565(word % 256, word // 256) for word in range(y * 256, y * 256 + 256)]
        for y in range(256)
    ]
    assert frame_pixels(words.tobytes(), 256, 256, "rgb565", "rgb").tolist() == wanted
    grey = [[[slow_picture.grey(*pixel)] for pixel in row] for row in wanted]
    assert frame_pixels(words.tobytes(), 256, 256, "rgb565", "grayscale").tolist() == grey


def test_yuyv_by_plain_integers():
    # all chroma, every luma among them
    frames = [bytes([u, u, (u + v) % 256, v]) for u in range(256) for v in range(256)]
    data = b"".join(frames)
    pixels = frame_pixels(data, 512, 256, "yuyv", "rgb").reshape(-1, 2, 3).tolist()
    for frame, row in zip(frames, pixels, strict=True):
        assert row == [slow_picture.from_yuv(luma, frame[1], frame[3]) for luma in frame[::2]]
    grey = frame_pixels(data, 512, 256, "yuyv", "grayscale")
    assert grey.ravel().tolist() == list(data[::2])


def test_yuyv_is_near_jfif():
    """The full-range matrix of ITU-R BT.601 in reals, within a rounding."""
    data = noise(4000).tobytes()
    pixels = frame_pixels(data, 2, 1000, "yuyv", "rgb").astype(float)
    raw = np.frombuffer(data, np.uint8).reshape(1000, 4).astype(float)
    u, v = raw[:, 1:2] - 128, raw[:, 3:4] - 128
    luma = raw[:, ::2]
    real = np.stack([luma + 1.402 * v, luma - 0.344136 * u - 0.714136 * v, luma + 1.772 * u], axis=-1)
    assert np.abs(pixels - np.clip(real, 0, 255)).max() <= 0.51


def test_plain_frames_are_pixels():
    picture = noise(6, 8, 3)
    assert np.array_equal(frame_pixels(picture.tobytes(), 8, 6, "rgb888", "rgb"), picture)
    assert np.array_equal(
        frame_pixels(picture[..., 0].tobytes(), 8, 6, "gray8", "grayscale")[..., 0], picture[..., 0]
    )


@pytest.mark.parametrize("frame_format", FRAME_FORMATS)
def test_a_frame_is_prepared_as_its_pixels(frame_format):
    spec = picture_spec(PreprocessingOptions(input_size=(8, 12), interpolation="area", aspect_ratio="pad"))
    data = noise(40 * 30 * {"gray8": 1, "rgb888": 3}.get(frame_format, 2)).tobytes()
    pixels = frame_pixels(data, 40, 30, frame_format, "grayscale")
    assert np.array_equal(prepare_frame(data, 40, 30, frame_format, spec), prepare(pixels, spec))


BAD_FRAMES = {
    "too short": (b"12345", 2, 3, "gray8", "a `gray8` frame of 2x3 has 6 bytes, not 5"),
    "too long": (b"1" * 25, 2, 4, "rgb888", "24 bytes, not 25"),
    "odd width": (b"1" * 18, 3, 3, "yuyv", "its width cannot be 3"),
    "no pixel": (b"", 0, 3, "gray8", "not 0x3"),
    "too wide": (b"1" * 20000, 20000, 1, "gray8", "sides of 1 to 16384"),
    "too large": (b"", 8192, 4096, "gray8", "at most 16777216 pixels"),
}


@pytest.mark.parametrize("case", BAD_FRAMES)
def test_bad_frames_are_refused(case):
    data, width, height, frame_format, message = BAD_FRAMES[case]
    with pytest.raises(DataError) as caught:
        frame_pixels(data, width, height, frame_format, "grayscale")
    assert message in caught.value.message
