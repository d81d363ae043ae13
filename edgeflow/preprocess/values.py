"""Pixels to what enters the network: a table of 256 values for each channel."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from edgeflow.preprocess.declaration import Declaration

RawType = Literal["int8", "uint8", "int16"]
RAW_TYPES: tuple[RawType, ...] = get_args(RawType)
LEVELS = np.arange(256)
# Indices take eight bytes each: so many at a time stay in the cache.
_CHUNK_PIXELS = 1 << 14


def real_table(spec: Declaration) -> npt.NDArray[np.float64]:
    """The network's value of each pixel, ``[channels, 256]``: ``pixel * scale + offset`` in doubles."""
    scale, offset = (np.array(numbers)[:, np.newaxis] for numbers in (spec.scale, spec.offset))
    table: npt.NDArray[np.float64] = LEVELS * scale + offset
    return table


def raw_table(spec: Declaration, input_scale: float, input_zero_point: int, dtype: str) -> npt.NDArray[Any]:
    """The int8, uint8 or int16 of each pixel, ``[channels, 256]``; rounds half to even and clamps."""
    limits = np.iinfo(dtype)
    steps = np.rint(real_table(spec) / input_scale) + input_zero_point
    table: npt.NDArray[Any] = np.clip(steps, limits.min, limits.max).astype(dtype)
    return table


def apply_table(table: npt.NDArray[Any], pixels: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    """The table's value of every pixel of ``[..., channels]``."""
    channels = len(table)
    values = np.empty(pixels.shape, table.dtype)
    flat, flat_values = pixels.reshape(-1, channels), values.reshape(-1, channels)
    for start in range(0, len(flat), _CHUNK_PIXELS):
        part = slice(start, start + _CHUNK_PIXELS)
        indices = flat[part] + np.arange(0, channels * 256, 256)
        np.take(table.reshape(-1), indices, out=flat_values[part], mode="clip")
    return values


def network_input(pixels: npt.NDArray[np.uint8], spec: Declaration) -> npt.NDArray[np.float32]:
    """Pixels ``[..., channels]`` as the float32 that the network is trained and calibrated with."""
    return apply_table(real_table(spec).astype(np.float32), pixels)
