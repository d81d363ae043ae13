"""A decoded picture or raw frame to the pixels of the network's input."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgeflow.preprocess.color import frame_pixels, recolor
from edgeflow.preprocess.geometry import place
from edgeflow.preprocess.options import FrameFormat
from edgeflow.preprocess.resize import resize
from edgeflow.preprocess.spec import PictureSpec

Pixels = npt.NDArray[np.uint8]


def prepare(pixels: Pixels, spec: PictureSpec) -> Pixels:
    """uint8 ``[..., H, W, 1 or 3]`` to ``[..., height, width, channels]`` of the spec."""
    pixels = recolor(pixels, spec.color_mode)
    height, width = pixels.shape[-3:-1]
    if (height, width) == (spec.height, spec.width):
        return pixels
    placement = place(spec.aspect_ratio, width, height, spec.width, spec.height)
    source, destination = placement.source, placement.destination
    part = pixels[..., source.y : source.y + source.height, source.x : source.x + source.width, :]
    resized = resize(part, destination.height, destination.width, spec.interpolation)
    if (destination.height, destination.width) == (spec.height, spec.width):
        return np.ascontiguousarray(resized)
    shape = (*pixels.shape[:-3], spec.height, spec.width, spec.channels)
    padded = np.full(shape, spec.pad_value, dtype=np.uint8)
    rows = slice(destination.y, destination.y + destination.height)
    columns = slice(destination.x, destination.x + destination.width)
    padded[..., rows, columns, :] = resized
    return padded


def prepare_frame(
    data: bytes, width: int, height: int, frame_format: FrameFormat, spec: PictureSpec
) -> Pixels:
    """A raw frame to ``[height, width, channels]`` of the spec. Raises DataError for a wrong frame."""
    return prepare(frame_pixels(data, width, height, frame_format, spec.color_mode), spec)
