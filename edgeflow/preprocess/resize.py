"""Resize 8-bit pictures in integers, the same to the bit here and in generated C: docs/preprocessing.md.

Every sum is exact until one last rounding, so the order of the axes does not matter: here the cheapest.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from edgeflow.preprocess.options import Interpolation

Pixels = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]
Sums = npt.NDArray[np.uint32] | npt.NDArray[np.uint64]


def resize(pixels: Pixels, height: int, width: int, interpolation: Interpolation) -> Pixels:
    """uint8 ``[..., H, W, C]`` to ``[..., height, width, C]``; pictures of one size go together."""
    from_height, from_width = pixels.shape[-3:-1]
    if (from_height, from_width) == (height, width):
        return pixels
    if interpolation == "nearest":
        rows, columns = nearest_indices(from_height, height), nearest_indices(from_width, width)
        return np.ascontiguousarray(pixels[..., rows[:, np.newaxis], columns, :])
    return (_bilinear if interpolation == "bilinear" else _area)(pixels, height, width)


@lru_cache(maxsize=64)
def nearest_indices(size: int, to_size: int) -> Indices:
    """The sample of ``size`` under the middle of each of ``to_size``."""
    return ((2 * np.arange(to_size) + 1) * size) // (2 * to_size)


@lru_cache(maxsize=64)
def bilinear_taps(size: int, to_size: int) -> tuple[Indices, Indices, npt.NDArray[np.uint32]]:
    """Of each output sample the two input samples and the second one's weight in 1/256."""
    step = (size << 16) // to_size
    positions = np.clip((step >> 1) - 32768 + np.arange(to_size) * step, 0, (size - 1) << 16)
    low = positions >> 16
    return low, np.minimum(low + 1, size - 1), ((positions >> 8) & 255).astype(np.uint32)


@lru_cache(maxsize=64)
def area_taps(size: int, to_size: int) -> tuple[Indices, npt.NDArray[np.uint32]]:
    """Of each output sample the input samples it overlaps and the weights, both ``[to_size, taps]``.

    The weights are lengths in units of 1 / (size * to_size) of the axis and sum to ``size``; an output
    that overlaps fewer samples than others has weights of 0.
    """
    starts = np.arange(to_size) * size
    first = starts // to_size
    taps = int(((starts + size - 1) // to_size - first).max()) + 1
    samples = first[:, np.newaxis] + np.arange(taps)
    from_, to = samples * to_size, (samples + 1) * to_size
    overlap = np.minimum(to, (starts + size)[:, np.newaxis]) - np.maximum(from_, starts[:, np.newaxis])
    return np.minimum(samples, size - 1), np.maximum(overlap, 0).astype(np.uint32)


def _bilinear(pixels: Pixels, height: int, width: int) -> Pixels:
    """Two taps on each axis: at a large shrink most samples are not looked at."""
    top, bottom, down = bilinear_taps(pixels.shape[-3], height)
    left, right, along = bilinear_taps(pixels.shape[-2], width)
    along = along[:, np.newaxis]

    def blended(rows: Indices) -> npt.NDArray[np.uint32]:
        chosen = pixels.take(rows, axis=-3)
        before, after = chosen.take(left, axis=-2), chosen.take(right, axis=-2)
        row_values: npt.NDArray[np.uint32] = before * (256 - along) + after * along
        return row_values

    down = down[:, np.newaxis, np.newaxis]
    summed = blended(top) * (256 - down) + blended(bottom) * down + np.uint32(32768)
    rounded: Pixels = (summed >> np.uint32(16)).astype(np.uint8)
    return rounded


def _area(pixels: Pixels, height: int, width: int) -> Pixels:
    """The average over the box that an output pixel covers, every sample by its share."""
    from_height, from_width = pixels.shape[-3:-1]
    count = from_height * from_width
    # Sums reach 255.5 times the pixels of the picture.
    kind = np.uint32 if count <= 1 << 24 else np.uint64
    rows = _weighted(pixels, -3, area_taps(from_height, height), kind)
    summed = _weighted(rows, -2, area_taps(from_width, width), kind)
    averages: Pixels = ((summed + kind(count // 2)) // kind(count)).astype(np.uint8)
    return averages


def _weighted(
    samples: Sums | Pixels,
    axis: int,
    taps: tuple[Indices, npt.NDArray[np.uint32]],
    kind: type[np.uint32 | np.uint64],
) -> Sums:
    """The weighted sums along an axis, tap by tap."""
    indices, weights = taps
    columns = weights.T.astype(kind).reshape(*weights.T.shape, *[1] * (-axis - 1))
    summed: Sums = samples.take(indices[:, 0], axis=axis) * columns[0]
    for tap in range(1, len(columns)):
        summed += samples.take(indices[:, tap], axis=axis) * columns[tap]
    return summed
