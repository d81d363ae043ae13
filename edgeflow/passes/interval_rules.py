"""How the intervals of an operator's output follow from those of its inputs, one rule per kind.

A rule may give more values than can occur, never fewer. Kinds without a rule can give every value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from types import MappingProxyType

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement, pad
from edgeflow.ops.lowering import quant_of
from edgeflow.ops.registry import lower
from edgeflow.passes.element_function import every_value, outcome
from edgeflow.passes.interval import (
    Interval,
    channel_count,
    full,
    joined,
    regrouped,
    spread,
    union,
)
from edgeflow.passes.layer_sums import fused_limits, layer_interval, rescaled

# The output's interval from those of the inputs, by position; None where nothing is known.
Transfer = Callable[[Graph, Op, Tensor, Sequence[Interval | None]], Interval | None]

EIGHT_BITS = {"int8", "uint8"}


def layer(graph: Graph, op: Op, _output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """Convolutions and fully connected layers."""
    return None if inputs[0] is None else layer_interval(graph, op, inputs[0])


def same(_graph: Graph, _op: Op, _output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """Elements of each channel of the input."""
    return inputs[0]


def reshaped(_graph: Graph, _op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """The same packed elements with another last dimension."""
    return None if inputs[0] is None else regrouped(inputs[0], channel_count(output))


def moved(_graph: Graph, _op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """Any element of the data input, which is the first that has an interval."""
    data = next((interval for interval in inputs if interval is not None), None)
    return None if data is None else spread(*data.hull, channel_count(output))


def pooled(_graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """A mean or maximum of elements of the channel, clamped; rounding keeps integer bounds."""
    if inputs[0] is None:
        return None
    limits = fused_limits(op, output)
    return Interval(np.clip(inputs[0].low, *limits), np.clip(inputs[0].high, *limits))


def element(graph: Graph, op: Op, _output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """A function of one element: the extremes of its values within each interval."""
    source, every = inputs[0], every_value(graph.input_tensor(op, 0).dtype)
    results = outcome(graph, op, [every])
    if source is None or results is None:
        return None
    first, values = int(every[0]), results.astype(np.int64)
    ends = zip((source.low - first).tolist(), (source.high - first + 1).tolist(), strict=True)
    parts = [values[begin:end] for begin, end in ends]
    return Interval(np.array([part.min() for part in parts]), np.array([part.max() for part in parts]))


def paired(graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """A function of two elements that grows or falls with each of them: its extremes are at the ends."""
    left, right = inputs[0], inputs[1]
    if left is None or right is None or _may_wrap(graph, op):
        return None
    dtypes = [graph.input_tensor(op, place).dtype for place in (0, 1)]
    corners = [
        outcome(graph, op, [a.astype(dtypes[0]), b.astype(dtypes[1])])
        for a, b in product((left.low, left.high), (right.low, right.high))
    ]
    known = [corner.astype(np.int64) for corner in corners if corner is not None]
    if not known:
        return None
    shape = (len(known), channel_count(output))
    values = np.broadcast_to(np.stack(known), shape)
    return Interval(values.min(axis=0), values.max(axis=0))


def _may_wrap(graph: Graph, op: Op) -> bool:
    """Whether MUL could shift a product out of 32 bits; ADD and SUB shift to the right alone."""
    shift = dict(lower(graph, op)[0].params).get("scaling.shift", 0)
    return not isinstance(shift, int) or 255 * 255 << max(shift, 0) >= 2**31


def averaged(graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """MEAN and SUM: a sum of that many elements, rescaled."""
    source = _kept(graph, op, output, inputs[0])
    [call] = lower(graph, op)
    counts = dict(call.params)["averaged_count"]
    params = {name: value for name, value in call.params if isinstance(value, int)}
    if source is None or not isinstance(counts, tuple):
        return None
    count, start = math.prod(counts), params["sum_offset"]
    sums = Interval(source.low * count + start, source.high * count + start)
    factors = [(params["multiplier"], params["shift"])] * source.low.size
    return rescaled(sums, factors, params["output_offset"], (-128, 127))


def keeps_channels(graph: Graph, op: Op) -> bool:
    """Whether a reduction leaves the last dimension in its place."""
    rank = len(graph.input_tensor(op, 0).shape)
    axes = {axis % rank for axis in movement.int_inputs(graph, op, 1)}
    return rank - 1 not in axes


def _kept(graph: Graph, op: Op, output: Tensor, source: Interval | None) -> Interval | None:
    if source is None or keeps_channels(graph, op):
        return source
    return spread(*source.hull, channel_count(output))


def reduced(graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """REDUCE_MAX and REDUCE_MIN: one of the elements."""
    return _kept(graph, op, output, inputs[0])


def padded(graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """PAD and PADV2: the elements and the value around them."""
    source = inputs[0]
    if source is None:
        return None
    value = quant_of(output).zero_point
    if op.kind == "PADV2":
        value = int(np.asarray(graph.input_tensor(op, 2).data, np.int64).reshape(-1)[0])
    *others, (before, after) = pad.paddings(graph, op)
    if any(map(any, others)):
        source = union([source, spread(value, value, source.low.size)])
    return joined([spread(value, value, before), source, spread(value, value, after)])


def concatenated(_graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """CONCATENATION: in sequence along the last dimension, else any of the inputs."""
    parts = [interval for interval in inputs if interval is not None]
    if len(parts) < len(inputs):
        return None
    last = op.attrs.get("axis") in {-1, len(output.shape) - 1}
    return joined(parts) if last else union(parts)


def reordered(graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval | None:
    """TRANSPOSE."""
    rank = len(output.shape)
    last = movement.int_inputs(graph, op, 1)[-1] % rank
    return inputs[0] if last == rank - 1 else moved(graph, op, output, inputs)


RULES: Mapping[str, Transfer] = MappingProxyType(
    {
        **dict.fromkeys(("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"), layer),
        **dict.fromkeys(("ADD", "MAXIMUM", "MINIMUM", "MUL", "SUB"), paired),
        **dict.fromkeys(("AVERAGE_POOL_2D", "MAX_POOL_2D"), pooled),
        **dict.fromkeys(("REDUCE_MAX", "REDUCE_MIN"), reduced),
        **dict.fromkeys(("PAD", "PADV2"), padded),
        **dict.fromkeys(("RESHAPE", "SQUEEZE", "EXPAND_DIMS"), reshaped),
        **dict.fromkeys(("BATCH_TO_SPACE_ND", "RESIZE_NEAREST_NEIGHBOR"), same),
        **dict.fromkeys(("DEPTH_TO_SPACE", "SPACE_TO_DEPTH"), reshaped),
        **dict.fromkeys(("GATHER", "MIRROR_PAD", "SLICE", "SPLIT", "SPLIT_V"), moved),
        **dict.fromkeys(("STRIDED_SLICE", "TILE", "UNPACK"), moved),
        **dict.fromkeys(("RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "QUANTIZE"), element),
        **dict.fromkeys(("ABS", "EXP", "GELU", "HARD_SWISH", "LEAKY_RELU"), element),
        **dict.fromkeys(("LOGISTIC", "RSQRT", "TANH"), element),
        "CONCATENATION": concatenated,
        **dict.fromkeys(("MEAN", "SUM"), averaged),
        "TRANSPOSE": reordered,
    }
)


def output_interval(graph: Graph, op: Op, output: Tensor, inputs: Sequence[Interval | None]) -> Interval:
    """The intervals of one output of an operator that keeps its rules."""
    rule = RULES.get(op.kind)
    tensors = [graph.tensors[i] for i in op.inputs if i is not None]
    activations = [t for t in (*tensors, output) if not t.is_constant]
    if rule is None or any(t.dtype not in EIGHT_BITS for t in activations):
        return full(output)
    found = rule(graph, op, output, inputs)
    return full(output) if found is None else found
