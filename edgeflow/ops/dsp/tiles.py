"""Weights of a convolution as ``ef_tile_dsp.h`` reads them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.dsp.channels import tile_rows, tile_weights
from edgeflow.ops.lowering import activation_limits, quant_of

_CHANNELS = 2  # at a time
# Bits of a scaled sum that the kernel without signs does not round away first.
_FRACTION_BITS = 7


def tile_stream(graph: Graph, op: Op, taps: npt.NDArray[np.int8]) -> tuple[npt.NDArray[np.int8], bool] | None:
    """One row of bytes per pair of channels, and whether signs matter; None where sums would not be exact.

    ``taps`` are [channels, taps], a multiple of 4.
    """
    rows = tile_rows(graph, op, taps, _CHANNELS)
    if rows is None:
        return None
    scaling, signs = rows[:, 1:], True
    if _is_cut_below_zero(graph, op):
        without = _scaling_without_signs(scaling.astype(np.int64))
        scaling, signs = (scaling, True) if without is None else (without, False)
    parts = (rows[:, :1], tile_weights(taps, _CHANNELS).view("<i4"), scaling)
    pairs = [np.ascontiguousarray(part, "<i4").reshape(len(rows) // _CHANNELS, -1) for part in parts]
    return np.ascontiguousarray(np.concatenate(pairs, axis=1)).view(np.int8), signs


def _is_cut_below_zero(graph: Graph, op: Op) -> bool:
    """Whether no output of a negative sum can be told from that of 0: RELU and RELU6."""
    output = graph.output_tensor(op)
    (_, lowest), _ = activation_limits(op, output)
    return isinstance(lowest, int) and lowest >= quant_of(output).zero_point


def _scaling_without_signs(scaling: npt.NDArray[np.int64]) -> npt.NDArray[np.int32] | None:
    """Multiplier, addend and shift of a sum that is scaled, rounded and shifted at once.

    The rounded product ``x`` is ``(256 * sum * multiplier >> 32) + 64 >> 7``; shifts in a row are one
    shift by as much. Products are below 2**30, so the addends may be, too; None where they are not.
    """
    addends = (scaling[:, 1] << _FRACTION_BITS) + (1 << _FRACTION_BITS - 1)
    if np.abs(addends).max() >= 2**30:
        return None
    found = np.stack([scaling[:, 0], addends, scaling[:, 2] + _FRACTION_BITS], axis=1).astype(np.int32)
    return np.ascontiguousarray(found)
