"""The constants of an output channel, for ``ef_output_scalar.h``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgeflow.ops.lowering import Params

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_FRACTION_BITS = 13  # EF_FRACTION_BITS
_FACTOR_BITS = 24 + _FRACTION_BITS
# The largest magnitude of a sum: one whose product with the fraction fits 32 bits.
_LARGEST_SUM = 2**18 - 1
_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class _Steps:
    """Where each channel's output grows."""

    levels: Ints  # all outputs but the lowest
    least: Ints  # [channels, levels]: the least sum whose output is at least this level, as far as one occurs
    low: Ints  # [channels]: sums below it have the same output
    high: Ints  # and those above this one


def output_rows(rows: npt.NDArray[np.int32], reach: Ints, limits: Params) -> npt.NDArray[np.int32] | None:
    """The packed rows [channels, 4], or None where one rounding cannot replace the reference's two.

    Args:
        rows: those of ``channel_rows``, which give the reference's outputs.
        reach: for each channel the largest magnitude of a sum without its bias.
        limits: those of ``activation_limits``.

    An output grows with its sum, so a packed row that is right on both sides of every step is right.
    """
    lowest_output, highest_output = (int(value) for _, value in limits if isinstance(value, int))
    if lowest_output >= highest_output:
        return None
    steps = _steps(rows.astype(np.int64), reach, (lowest_output, highest_output))
    if max(np.abs(steps.low).max(), np.abs(steps.high).max()) > _LARGEST_SUM:
        return None
    factors = rows[:, 1].astype(np.int64) << (_FACTOR_BITS - 31) >> rows[:, 3].astype(np.int64)
    lowest, highest = _addends(factors, steps)
    nearer = factors + 1
    lowest_nearer, highest_nearer = _addends(nearer, steps)
    fits, fits_nearer = lowest <= highest, lowest_nearer <= highest_nearer
    if not (fits | fits_nearer).all():
        return None
    factors = np.where(fits, factors, nearer)
    addends = np.where(fits, lowest + highest, lowest_nearer + highest_nearer) >> 1
    whole, fraction = _parts(factors)
    packed = np.stack([(steps.low << _FRACTION_BITS) + fraction, steps.high, whole, addends], axis=1)
    found: npt.NDArray[np.int32] = (packed & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
    return found


def _steps(rows: Ints, reach: Ints, limits: tuple[int, int]) -> _Steps:
    """By bisection between the sums that can occur."""
    levels = np.arange(limits[0] + 1, limits[1] + 1, dtype=np.int64)
    below = np.repeat(-reach[:, None] - 1, len(levels), axis=1)
    above = np.repeat(reach[:, None] + 1, len(levels), axis=1)
    while (above - below > 1).any():
        middle = (below + above) >> 1
        enough = _references(rows, middle) >= levels
        is_open = above - below > 1
        above, below = np.where(is_open & enough, middle, above), np.where(is_open & ~enough, middle, below)
    low, high = np.maximum(above[:, 0] - 1, -reach), np.minimum(above[:, -1], reach)
    return _Steps(levels, above, low, high)


def _references(rows: Ints, sums: Ints) -> Ints:
    """The outputs that ``ef_channel_dsp.h`` gives without limits; sums without their biases."""
    bias, multiplier, addend, shift = (column[:, None] for column in rows.T)
    x = (2 * (sums + bias) * multiplier + 2**31) >> 32
    found: Ints = (x - (x < 0) + addend) >> shift
    return found


def _addends(factors: Ints, steps: _Steps) -> tuple[Ints, Ints]:
    """The lowest and the highest addend of each channel that is right at every step and at both ends."""
    edges = steps.levels << 24
    occurs = (steps.least > steps.low[:, None]) & (steps.least <= steps.high[:, None])
    lowest = np.where(occurs, edges - _scaled(factors, steps.least), -_NEVER).max(axis=1)
    highest = np.where(occurs, edges - 1 - _scaled(factors, steps.least - 1), _NEVER).min(axis=1)
    ends = np.stack([steps.low, steps.high], axis=1)
    outputs = steps.levels[0] - 1 + (steps.least[:, None] <= ends[:, :, None]).sum(axis=2)
    scaled = _scaled(factors, ends)
    lowest = np.maximum(lowest, (outputs[:, 0] << 24) - scaled[:, 0])
    highest = np.minimum(highest, (outputs[:, 1] + 1 << 24) - 1 - scaled[:, 1])
    return lowest, highest


def _scaled(factors: Ints, sums: Ints) -> Ints:
    """What the kernel adds to the addend, without the limit of 32 bits."""
    whole, fraction = (part[:, None] for part in _parts(factors))
    found: Ints = sums * whole + ((sums * fraction) >> _FRACTION_BITS)
    return found


def _parts(factors: Ints) -> tuple[Ints, Ints]:
    return factors >> _FRACTION_BITS, factors & (2**_FRACTION_BITS - 1)
