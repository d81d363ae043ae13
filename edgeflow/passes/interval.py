"""Intervals of stored integers, one per channel: what a tensor's elements can be.

A channel is an index of the last dimension. Intervals include both ends and hold 64-bit integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Tensor

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

INTERVAL_DTYPES = ("int8", "uint8", "int16")


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """The least and the largest value of each channel."""

    low: Ints
    high: Ints

    @property
    def constant(self) -> Mask:
        """The channels that always have one and the same value."""
        return np.asarray(self.low == self.high)

    @property
    def hull(self) -> tuple[int, int]:
        """The least and the largest value of any channel."""
        return int(self.low.min()), int(self.high.max())


def channel_count(tensor: Tensor) -> int:
    """The size of the last dimension; 1 for a scalar."""
    return tensor.shape[-1] if tensor.shape else 1


def spread(low: int, high: int, channels: int) -> Interval:
    """The same interval for every channel."""
    return Interval(np.full(channels, low, np.int64), np.full(channels, high, np.int64))


def full(tensor: Tensor) -> Interval:
    """Every value of the element type."""
    limits = np.iinfo(tensor.dtype)
    return spread(int(limits.min), int(limits.max), channel_count(tensor))


def of_values(values: npt.NDArray[np.generic]) -> Interval:
    """The intervals that hold the elements of an array."""
    wide = np.asarray(values, np.int64)
    rows = wide.reshape(-1, wide.shape[-1] if wide.shape else 1)
    return Interval(rows.min(axis=0), rows.max(axis=0))


def regrouped(interval: Interval, channels: int) -> Interval:
    """The intervals after a reshape of packed elements to another number of channels.

    Element ``e`` is of channel ``e % before`` and becomes one of channel ``e % channels``: both have
    the same remainder by the greatest common divisor.
    """
    before = interval.low.size
    common = gcd(before, channels)
    low = interval.low.reshape(-1, common).min(axis=0)
    high = interval.high.reshape(-1, common).max(axis=0)
    return Interval(np.tile(low, channels // common), np.tile(high, channels // common))


def union(intervals: Sequence[Interval]) -> Interval:
    """The least intervals that hold all of the given ones, channel by channel."""
    low = np.min([interval.low for interval in intervals], axis=0)
    high = np.max([interval.high for interval in intervals], axis=0)
    return Interval(low, high)


def joined(intervals: Sequence[Interval]) -> Interval:
    """The channels of all intervals in sequence."""
    low = np.concatenate([interval.low for interval in intervals])
    return Interval(low, np.concatenate([interval.high for interval in intervals]))
