"""Sizes, settings and frames that the C of pictures is compared on."""

import itertools

import numpy as np

from edgeflow.preprocess.color import PIXEL_BYTES
from edgeflow.preprocess.options import FRAME_FORMATS
from edgeflow.preprocess.spec import PictureSpec

SOURCES = (
    (1, 1), (2, 2), (2, 1), (4, 3), (6, 7), (8, 8), (16, 16), (10, 31), (32, 24), (64, 48), (2, 97), (130, 3),
    (640, 12), (320, 48),
)  # fmt: skip
INPUTS = ((1, 1), (1, 5), (8, 8), (16, 16), (5, 3), (13, 29), (96, 96), (33, 2))
INTERPOLATIONS = ("nearest", "bilinear", "area")
ASPECT_RATIOS = ("fit", "crop", "pad")
PAD_VALUE = 77


def spec_of(width, height, channels, interpolation, aspect_ratio="fit"):
    """A spec with numbers that do not matter to the pixels."""
    return PictureSpec(
        height=height,
        width=width,
        channels=channels,
        color_mode="rgb" if channels == 3 else "grayscale",
        interpolation=interpolation,
        aspect_ratio=aspect_ratio,
        pad_value=PAD_VALUE,
        scale=(1 / 128,) * channels,
        offset=(-1.0,) * channels,
    )


def frame(width, height, frame_format, seed=0):
    """Seeded noise, with the corners of the range beside each other in the first row."""
    generator = np.random.default_rng((width, height, seed))
    data = generator.integers(0, 256, width * height * PIXEL_BYTES[frame_format], dtype=np.uint8)
    data[: width * PIXEL_BYTES[frame_format] // 2] = generator.choice([0, 255])
    return data.tobytes()


def frames():
    """``width, height, format, bytes`` of every source size and format that go together."""
    for (width, height), frame_format in itertools.product(SOURCES, FRAME_FORMATS):
        if frame_format != "yuyv" or width % 2 == 0:
            yield width, height, frame_format, frame(width, height, frame_format)


def specs(interpolation, aspect_ratio):
    """One for every input size and colour."""
    for (width, height), channels in itertools.product(INPUTS, (1, 3)):
        yield spec_of(width, height, channels, interpolation, aspect_ratio)
