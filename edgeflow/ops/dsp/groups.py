"""Kernels that take four neighbouring channels at a time: how far their output must lie below the input."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.ops import overlap

CHANNELS = 4  # of a group, and the fewest that a kernel takes: the last group may begin in the one before it


def group_overlaps(
    source: Tensor, output: Tensor, starts: overlap.Places, channels: int
) -> tuple[Overlap, ...]:
    """For each of ``starts``, the first element read for an output position, group after group is written."""
    groups = np.arange(0, channels, CHANNELS, dtype=np.int64)
    positions = np.arange(1, len(starts) + 1, dtype=np.int64) * channels - 1
    last_writes = np.minimum(positions[:, None] - channels + groups + CHANNELS, positions[:, None])
    distance = overlap.step_distance((starts[:, None] + groups).reshape(-1), last_writes.reshape(-1))
    return overlap.element_overlap(source, output, distance)
