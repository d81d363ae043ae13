"""Real pictures, made by Pillow from seeded pixels."""

import os

import numpy as np
import pytest
from PIL import Image


def pixels(seed, height=10, width=12, channels=3):
    """Random uint8 pixels; equal seeds give equal pixels."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def save(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array.squeeze()).save(path)
    return path


@pytest.fixture
def make_picture():
    """Write one lossless picture: make_picture(path, seed)."""
    return lambda path, seed, **size: save(path, pixels(seed, **size))


@pytest.fixture
def make_folder(tmp_path):
    """Write a folder of different pictures: make_folder({"cat": 5, "dog": 7})."""

    def make(counts, name="pictures", **size):
        folder = tmp_path / name
        seed = 0
        for label, count in counts.items():
            for number in range(count):
                seed += 1
                save(folder / label / f"{number:03d}.png", pixels(seed, **size))
        return folder

    return make


@pytest.fixture
def unprivileged():
    """Give up root's right to read everything; a no-op for other users."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def messages():
    """A list, and its `append` is a progress callback."""
    return []
