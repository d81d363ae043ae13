"""The constants of an output channel, folded for ``ef_channel_dsp.h``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution
from edgeflow.ops.lowering import quant_of

Ints = npt.NDArray[np.int64]
_INT32 = np.iinfo(np.int32)


def channel_rows(
    graph: Graph, op: Op, filters: Ints, largest_sum: int = 2**30 - 1
) -> npt.NDArray[np.int32] | None:
    """Bias, multiplier, addend and shift of each channel, or None where their arithmetic would not be exact.

    Args:
        graph: the graph.
        op: a convolution or a fully connected layer.
        filters: its weights, [channels, taps].
        largest_sum: the largest magnitude of a sum that the kernel can scale.

    Exact means: every multiplier shifts to the right by at least 1, no sum with its folded bias
    exceeds ``largest_sum``, and the scaled sum with the addend fits 32 bits.
    """
    count = len(filters)
    pairs = convolution.multipliers(graph, op)
    pairs = pairs * count if len(pairs) == 1 else pairs
    multipliers = np.array([multiplier for multiplier, _ in pairs], np.int64)
    # Nothing times anything is nothing by any shift; a dead channel of a tiny scale has that factor.
    shifts = np.array([-shift if multiplier else 1 for multiplier, shift in pairs], np.int64)
    if shifts.min() < 1 or shifts.max() > 31:
        return None
    zero_point = quant_of(graph.output_tensor(op)).zero_point
    addends = (1 << (shifts - 1)) + zero_point * (1 << shifts)
    biases = _biases(graph, op, count) - quant_of(graph.input_tensor(op, 0)).zero_point * filters.sum(axis=1)
    largest = np.abs(biases) + 128 * np.abs(filters).sum(axis=1)
    scaled = (largest * multipliers >> 31) + 2 + np.abs(addends)
    if largest.max() > largest_sum or scaled.max() > _INT32.max or np.abs(addends).max() > _INT32.max:
        return None
    rows: npt.NDArray[np.int32] = np.stack([biases, multipliers, addends, shifts], axis=1).astype(np.int32)
    return rows


def tile_rows(
    graph: Graph, op: Op, taps: npt.NDArray[np.int8], channels: int
) -> npt.NDArray[np.int32] | None:
    """The rows for ``ef_tile_dsp.h``, a multiple of ``channels``; None where they would not be exact.

    ``taps`` are [channels, taps] with an even number of taps. The kernel's sums are 256 times the real
    ones and begin without what the odd inputs add to the even taps, modulo 2**32.
    """
    rows = channel_rows(graph, op, taps.astype(np.int64), largest_sum=2**23 - 1)
    if rows is None or not _fit_pairs(taps):
        return None
    start = 256 * rows[:, 0].astype(np.int64) - 127 * taps[:, 0::2].sum(axis=1, dtype=np.int64)
    rows[:, 0] = (start & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
    filled: npt.NDArray[np.int32] = np.concatenate(
        [rows, np.repeat(rows[-1:], -len(rows) % channels, axis=0)]
    )
    return filled


def tile_weights(taps: npt.NDArray[np.int8], channels: int) -> npt.NDArray[np.int8]:
    """Taps [O, taps], a multiple of 4, as ``ef_tile_dsp.h`` has them: [O / channels, taps / 4, channels, 4].

    Filters of zeros fill the last group of channels.
    """
    taps = np.pad(taps, ((0, -len(taps) % channels), (0, 0))).astype(np.int16)
    pairs = (256 * taps[:, 1::2] + taps[:, 0::2]).astype("<i2")
    fours = pairs.reshape(len(taps) // channels, channels, -1, 2).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(fours).view(np.int8)


def _fit_pairs(taps: npt.NDArray[np.int8]) -> bool:
    """Whether 256 times an odd tap plus the even one before it is always an int16."""
    pairs = 256 * taps[:, 1::2].astype(np.int32) + taps[:, 0::2]
    return bool((pairs >= -(2**15)).all())


def _biases(graph: Graph, op: Op, count: int) -> Ints:
    bias = graph.optional_tensor(op, 2)
    if bias is None or bias.data is None:
        return np.zeros(count, np.int64)
    return bias.data.astype(np.int64)
