"""Weights and constants as the kernels for Helium read them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CHANNELS = 4  # at a time
TAPS = 16  # at a time


def quad_rows(rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The rows of ``channel_rows`` as ``ef_channel_mve.h`` has them: of four channels each kind together."""
    filled = np.concatenate([rows, np.repeat(rows[-1:], -len(rows) % CHANNELS, axis=0)])
    filled[:, 3] = -filled[:, 3]
    return np.ascontiguousarray(filled.reshape(-1, CHANNELS, 4).transpose(0, 2, 1))


def quad_weights(taps: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Filters [O, taps] as [O / 4, taps / 16, 4, 16], filled up with zeros."""
    channels, depth = taps.shape
    filled = np.pad(taps, ((0, -channels % CHANNELS), (0, -depth % TAPS)))
    blocks = filled.reshape(filled.shape[0] // CHANNELS, CHANNELS, -1, TAPS)
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3))
