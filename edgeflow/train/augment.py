"""Random shifts and mirror images of a batch, a pure function of its random generator."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Augment = Literal["none", "shift", "shift-flip"]
# The largest shift is a side divided by this: 4 of 32 pixels, as is usual for CIFAR-10 (arXiv 1512.03385).
SHIFT_DIVISOR = 8


def augmented(
    images: npt.NDArray[np.uint8],
    augment: Augment,
    random: np.random.Generator,
    *,
    of_sound: bool = False,
) -> npt.NDArray[np.uint8]:
    """A batch ``[N, H, W, C]`` with each picture shifted and perhaps mirrored; edges are repeated.

    Features of sound are shifted in time, along H, alone.
    """
    if augment == "none":
        return images
    count, height, width, _ = images.shape
    rows = _shifted(count, height, random)
    columns = np.tile(np.arange(width), (count, 1)) if of_sound else _shifted(count, width, random)
    if augment == "shift-flip":
        mirrored = random.random(count) < 0.5
        columns[mirrored] = columns[mirrored, ::-1]
    moved: npt.NDArray[np.uint8] = images[
        np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]
    ]
    return moved


def _shifted(count: int, side: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Source indices ``[N, side]`` of each row or column after a shift of up to an eighth."""
    limit = side // SHIFT_DIVISOR
    shifts = random.integers(-limit, limit + 1, count)
    return np.clip(np.arange(side) + shifts[:, None], 0, side - 1)
