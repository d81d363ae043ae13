"""The 32-bit sums of convolutions and fully connected layers: their bounds, and how they are rescaled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import convolution
from edgeflow.ops.fixed_point import requantize
from edgeflow.ops.geometry import windows
from edgeflow.ops.lowering import activation_limits, quant_of
from edgeflow.passes.interval import Interval, Ints, regrouped

Weights = npt.NDArray[np.generic]

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def is_padded(graph: Graph, op: Op) -> bool:
    """Whether a window of a convolution reaches beyond its input."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    for axis, window in enumerate(windows(op, *weights.shape[1:3]), start=1):
        before = window.pad_before(source.shape[axis])
        end = (output.shape[axis] - 1) * window.stride + window.reach - before
        if before > 0 or end > source.shape[axis]:
            return True
    return False


def _bias(graph: Graph, op: Op, channels: int) -> Ints:
    bias = graph.optional_tensor(op, 2)
    return np.zeros(channels, np.int64) if bias is None else np.asarray(bias.data, np.int64)


def centred(interval: Interval, tensor: Tensor, *, padded: bool) -> Interval:
    """Stored values less the zero point; padding adds a 0."""
    zero_point = quant_of(tensor).zero_point
    low, high = interval.low - zero_point, interval.high - zero_point
    return Interval(np.minimum(low, 0), np.maximum(high, 0)) if padded else Interval(low, high)


def sum_bounds(graph: Graph, op: Op, source: Interval) -> Interval:
    """The sum of bias and products of each output channel, over all inputs of the interval.

    Every tap takes the end of its input channel's interval that its weight's sign asks for.
    """
    padded = op.kind != "FULLY_CONNECTED" and is_padded(graph, op)
    ends = centred(source, graph.input_tensor(op, 0), padded=padded)
    weights = np.asarray(graph.input_tensor(op, 1).data)
    by_channel = {"CONV_2D": _conv_taps, "DEPTHWISE_CONV_2D": _depthwise_taps, "FULLY_CONNECTED": _dense_taps}
    taps, ends = by_channel[op.kind](weights, ends)  # taps [O, taps, I], ends [O, I] or [1, I]
    positive = np.maximum(taps, 0).sum(axis=1, dtype=np.int64)
    negative = np.minimum(taps, 0).sum(axis=1, dtype=np.int64)
    bias = _bias(graph, op, taps.shape[0])
    return Interval(
        bias + _products(positive, ends.low) + _products(negative, ends.high),
        bias + _products(positive, ends.high) + _products(negative, ends.low),
    )


def _products(taps: Ints, ends: Ints) -> Ints:
    """The sum over inputs of each output, without an array of all products."""
    return np.asarray(np.einsum("oi,oi->o", taps, np.broadcast_to(ends, taps.shape)))


def _conv_taps(weights: Weights, ends: Interval) -> tuple[Weights, Interval]:
    outputs, kernel_h, kernel_w, inputs = weights.shape
    groups = ends.low.size // inputs
    low, high = (end.reshape(groups, inputs) for end in (ends.low, ends.high))
    if groups > 1:
        low, high = (np.repeat(end, outputs // groups, axis=0) for end in (low, high))
    return weights.reshape(outputs, kernel_h * kernel_w, inputs), Interval(low, high)


def _depthwise_taps(weights: Weights, ends: Interval) -> tuple[Weights, Interval]:
    outputs = weights.shape[3]
    times = outputs // ends.low.size
    low, high = (np.repeat(end, times).reshape(outputs, 1) for end in (ends.low, ends.high))
    return weights.reshape(-1, outputs).T.reshape(outputs, -1, 1), Interval(low, high)


def _dense_taps(weights: Weights, ends: Interval) -> tuple[Weights, Interval]:
    ends = regrouped(ends, weights.shape[1])
    return weights[:, None, :], Interval(ends.low[None, :], ends.high[None, :])


def rescaled(
    sums: Interval, factors: Sequence[tuple[int, int]], offset: int, limits: tuple[int, int]
) -> Interval:
    """The ends after requantization, which keeps their order, by the (multiplier, shift) of each channel.

    A channel with a 32-bit step that could wrap has the limits.
    """
    rows = zip(sums.low.tolist(), sums.high.tolist(), factors, strict=True)
    ends = np.array([_ends(low, high, *factor, offset) or limits for low, high, factor in rows], np.int64)
    within = np.clip(ends, *limits)
    return Interval(within[:, 0], within[:, 1])


def _ends(low: int, high: int, multiplier: int, shift: int, offset: int) -> tuple[int, int] | None:
    left = max(shift, 0)
    if low << left < INT32_MIN or high << left > INT32_MAX:
        return None
    ends = requantize(low, multiplier, shift) + offset, requantize(high, multiplier, shift) + offset
    return ends if ends[0] >= INT32_MIN and ends[1] <= INT32_MAX else None


def fused_limits(op: Op, output: Tensor) -> tuple[int, int]:
    """The stored values that the operator's clamp lets through."""
    limits = dict(activation_limits(op, output))
    low, high = limits["activation_min"], limits["activation_max"]
    if not isinstance(low, int) or not isinstance(high, int):
        raise TypeError(f"the limits of {op.kind} #{op.index} are no integers")
    return low, high


def layer_interval(graph: Graph, op: Op, source: Interval) -> Interval:
    """The stored values of a layer's output channels."""
    sums, output = sum_bounds(graph, op, source), graph.output_tensor(op)
    factors = convolution.multipliers(graph, op)
    if len(factors) == 1:
        factors *= sums.low.size
    return rescaled(sums, factors, quant_of(output).zero_point, fused_limits(op, output))
