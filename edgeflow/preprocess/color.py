"""Colour of pixels, and raw frames of cameras, in the integer arithmetic of docs/preprocessing.md."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from edgeflow.errors import DataError
from edgeflow.preprocess.options import ColorMode, FrameFormat
from edgeflow.preprocess.spec import MAX_PIXELS, MAX_SIDE

PIXEL_BYTES: dict[FrameFormat, int] = {"gray8": 1, "rgb888": 3, "rgb565": 2, "yuyv": 2}

Pixels = npt.NDArray[np.uint8]


def frame_pixels(
    data: bytes, width: int, height: int, frame_format: FrameFormat, color_mode: ColorMode
) -> Pixels:
    """A raw frame as uint8 ``[height, width, C]``.

    Raises DataError for a size out of range or a frame of another number of bytes.
    """
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise DataError(
            f"a frame has sides of 1 to {MAX_SIDE} and at most {MAX_PIXELS} pixels, not {width}x{height}"
        )
    if frame_format == "yuyv" and width % 2:
        raise DataError(f"a `yuyv` frame holds pairs of pixels; its width cannot be {width}")
    wanted = width * height * PIXEL_BYTES[frame_format]
    if len(data) != wanted:
        raise DataError(f"a `{frame_format}` frame of {width}x{height} has {wanted} bytes, not {len(data)}")
    raw = np.frombuffer(data, dtype=np.uint8).reshape(height, width, PIXEL_BYTES[frame_format])
    if frame_format == "yuyv":
        return _luma(raw) if color_mode == "grayscale" else _from_yuyv(raw)
    return recolor(_from_565(raw) if frame_format == "rgb565" else raw, color_mode)


def recolor(pixels: Pixels, color_mode: ColorMode) -> Pixels:
    """uint8 ``[..., 1]`` or ``[..., 3]`` in a colour mode: ITU-R 601-2 luma, or grey three times."""
    if color_mode == "rgb":
        return pixels if pixels.shape[-1] == 3 else np.repeat(pixels, 3, axis=-1)
    if pixels.shape[-1] == 1:
        return pixels
    red, green, blue = (pixels[..., channel].astype(np.uint32) for channel in range(3))
    grey = (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16
    return _bytes(grey[..., np.newaxis])


def _from_565(raw: Pixels) -> Pixels:
    """Two bytes a pixel, little-endian, red in the top bits; the top bits fill the low ones."""
    words = raw[..., 0].astype(np.uint16) | (raw[..., 1].astype(np.uint16) << 8)
    red, green, blue = words >> 11, (words >> 5) & 63, words & 31
    full = ((red << 3) | (red >> 2), (green << 2) | (green >> 4), (blue << 3) | (blue >> 2))
    return _bytes(np.stack(full, axis=-1))


def _luma(raw: Pixels) -> Pixels:
    """The first byte of every pixel."""
    return np.ascontiguousarray(raw[..., :1])


def _from_yuyv(raw: Pixels) -> Pixels:
    """``Y0 U Y1 V`` for each two pixels, full range of ITU-R BT.601 (as JFIF), in 16.16 fixed point."""
    luma = raw[..., 0].astype(np.int32)
    chroma = raw[..., 1].astype(np.int32) - 128
    u, v = (np.repeat(chroma[:, first::2], 2, axis=1) for first in (0, 1))
    red = luma + ((91881 * v + 32768) >> 16)
    green = luma - ((22554 * u + 46802 * v + 32768) >> 16)
    blue = luma + ((116130 * u + 32768) >> 16)
    return _bytes(np.clip(np.stack((red, green, blue), axis=-1), 0, 255))


def _bytes(values: npt.NDArray[Any]) -> Pixels:
    return values.astype(np.uint8)
