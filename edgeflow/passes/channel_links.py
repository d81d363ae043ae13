"""Which channels of an operator's tensors stand and fall together, and which a layer reads."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement, pad
from edgeflow.ops.lowering import quant_of
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.interval import Interval, Ints, Mask, channel_count
from edgeflow.passes.interval_rules import keeps_channels
from edgeflow.passes.layer_sums import is_padded

Needed = MutableMapping[int, Mask]  # the channels of each activation that must stay, by tensor id

POOLS = ("AVERAGE_POOL_2D", "MAX_POOL_2D", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")
BLOCKS = ("BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND")
CLAMPS = ("RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1")
CURVES = ("ABS", "EXP", "GELU", "HARD_SWISH", "LEAKY_RELU", "LOGISTIC", "RSQRT", "TANH")
SAME_CHANNELS = frozenset((*POOLS, *BLOCKS, *CLAMPS, *CURVES, "QUANTIZE", "DEQUANTIZE"))
PAIRS = frozenset(("ADD", "MAXIMUM", "MINIMUM", "MUL", "PRELU", "SQUARED_DIFFERENCE", "SUB"))
REDUCTIONS = frozenset(("MEAN", "REDUCE_MAX", "REDUCE_MIN", "SUM"))
PADS = frozenset(("PAD", "PADV2", "MIRROR_PAD"))
RESHAPES = frozenset(("RESHAPE", "SQUEEZE", "EXPAND_DIMS"))


class Link(Protocol):
    """What an operator asks of the channels of its tensors."""

    def spread(self, needed: Needed) -> None:
        """Mark the channels that must stay because of those that are marked already."""


def is_alive(op: Op, needed: Mapping[int, Mask]) -> bool:
    """Whether anything that the operator writes must stay."""
    return bool(op.updates) or any(needed[i].any() for i in op.outputs)


@dataclass(frozen=True, slots=True)
class Pinned:
    """An operator that needs every channel of all its tensors."""

    op: Op

    def spread(self, needed: Needed) -> None:
        """Mark everything."""
        if is_alive(self.op, needed):
            for tensor_id in (*self.op.inputs, *self.op.outputs, *self.op.updates):
                if tensor_id is not None and tensor_id in needed:
                    needed[tensor_id][:] = True


@dataclass(frozen=True, slots=True)
class Tied:
    """An operator that works channel by channel: of one label, all channels stay or none.

    ``labels`` holds, by place in the operator's inputs, a label for each channel; inputs that are not
    there stay whole. ``output_labels`` are those of the output.
    """

    op: Op
    labels: Mapping[int, Ints]
    output_labels: Ints

    def spread(self, needed: Needed) -> None:
        """Mark all channels of each marked label."""
        if not is_alive(self.op, needed):
            return
        tied = [(self.op.outputs[0], self.output_labels)]
        for place, tensor_id in enumerate(self.op.inputs):
            if tensor_id is None or tensor_id not in needed:
                continue
            labels = self.labels.get(place)
            if labels is None:
                needed[tensor_id][:] = True
            else:
                tied.append((tensor_id, labels))
        kept = np.zeros(int(self.output_labels.max()) + 1, np.bool_)
        for tensor_id, labels in tied:
            kept[labels[needed[tensor_id]]] = True
        for tensor_id, labels in tied:
            needed[tensor_id] |= kept[labels]


@dataclass(frozen=True, slots=True)
class Layer:
    """CONV_2D without groups, or FULLY_CONNECTED: each output channel reads each input channel.

    ``reads`` [O, I] says where a weight is not 0, ``foldable`` [I] which input channels can go into the
    bias, ``constant`` [O] which outputs need no input, ``fewest`` how many outputs a living layer keeps.
    """

    op: Op
    reads: Mask
    foldable: Mask
    constant: Mask
    fewest: int

    def spread(self, needed: Needed) -> None:
        """Mark what the marked outputs read; an input keeps at least one channel."""
        source, output = self.op.inputs[0], needed[self.op.outputs[0]]
        if not output.any():
            return
        missing = self.fewest - int(output.sum())
        output[np.flatnonzero(~output)[: max(0, missing)]] = True
        if source is None or source not in needed:
            return
        needed[source] |= self.reads[output & ~self.constant].any(axis=0) & ~self.foldable
        if not needed[source].any():
            needed[source][0] = True


def link_of(graph: Graph, op: Op, ranges: Mapping[int, Interval]) -> Link:
    """The operator's link; one that nothing is known about needs everything."""
    tensors = [graph.tensors[i] for i in (*op.inputs, *op.outputs) if i is not None]
    per_axis = any(t.quant is not None and t.quant.axis is not None and not t.is_constant for t in tensors)
    if op.updates or len(op.outputs) != 1 or per_axis or broken_rule(graph, op) is not None:
        return Pinned(op)
    if op.kind in {"CONV_2D", "FULLY_CONNECTED"}:
        return _layer(graph, op, ranges) or Pinned(op)
    return _tied(graph, op) or Pinned(op)


def _layer(graph: Graph, op: Op, ranges: Mapping[int, Interval]) -> Layer | None:
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    channels, columns = channel_count(source), weights.shape[-1]
    dense = op.kind == "FULLY_CONNECTED"
    if source.dtype != "int8" or output.dtype != "int8":
        return None
    if columns % channels if dense else columns != channels:
        return None
    nonzero = np.asarray(weights.data).reshape(weights.shape[0], -1, channels).any(axis=1)
    known = ranges[source.id]
    anywhere = dense or not is_padded(graph, op)  # a tap on padding adds 0, not the channel's constant
    foldable = known.constant & (anywhere | (known.low == quant_of(source).zero_point))
    # A single scale would be taken for one of the whole tensor, which is multiplied in float32.
    fewest = 2 if dense and len(quant_of(weights).scales) > 1 else 1
    return Layer(op, nonzero, foldable, ranges[output.id].constant, fewest)


def _tied(graph: Graph, op: Op) -> Tied | None:
    output = graph.output_tensor(op)
    channels = channel_count(output)
    every = np.arange(channels)
    if op.kind in RESHAPES:
        return _reshape(graph, op, channels)
    if op.kind == "CONCATENATION":
        return _concatenation(graph, op, output)
    if op.kind == "DEPTHWISE_CONV_2D":
        inputs = graph.input_tensor(op, 0).shape[3]
        return Tied(op, {0: np.arange(inputs)}, every // (channels // inputs))
    if op.kind in PAIRS:
        places = [p for p in (0, 1) if graph.input_tensor(op, p).shape[-1:] == (channels,)]
        return Tied(op, dict.fromkeys(places, every), every)
    in_place = (
        op.kind in SAME_CHANNELS
        or (op.kind in REDUCTIONS and keeps_channels(graph, op))
        or (op.kind in PADS and not any(pad.paddings(graph, op)[-1]))
        or (op.kind == "TRANSPOSE" and _leaves_last(graph, op))
    )
    return Tied(op, {0: every}, every) if in_place else None


def _leaves_last(graph: Graph, op: Op) -> bool:
    order = movement.int_inputs(graph, op, 1)
    return order[-1] in {-1, len(order) - 1}


def _reshape(graph: Graph, op: Op, channels: int) -> Tied | None:
    """A reshape repeats the smaller number of channels within the larger, or has no channels at all."""
    before = channel_count(graph.input_tensor(op, 0))
    fewer = min(before, channels)
    if max(before, channels) % fewer:
        return None
    return Tied(op, {0: np.arange(before) % fewer}, np.arange(channels) % fewer)


def _concatenation(graph: Graph, op: Op, output: Tensor) -> Tied:
    every = np.arange(channel_count(output))
    if op.attrs.get("axis") not in {-1, len(output.shape) - 1}:
        return Tied(op, dict.fromkeys(range(len(op.inputs)), every), every)
    labels, start = {}, 0
    for place in range(len(op.inputs)):
        count = graph.input_tensor(op, place).shape[-1]
        labels[place] = np.arange(start, start + count)
        start += count
    return Tied(op, labels, every)
