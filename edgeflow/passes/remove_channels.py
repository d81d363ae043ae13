"""Rewrite a graph so that every activation has only its needed channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ops.lowering import quant_of
from edgeflow.passes.channel_links import Layer, Link, Tied, is_alive
from edgeflow.passes.interval import Interval, Mask, channel_count
from edgeflow.passes.layer_sums import sum_bounds

Array = npt.NDArray[np.generic]

WEIGHTS, BIAS = 1, 2


def remove_channels(
    graph: Graph, links: Sequence[Link], needed: Mapping[int, Mask], ranges: Mapping[int, Interval]
) -> Graph:
    """The graph with the needed channels alone; ``links`` are those of its operators, in order."""
    rewrite = _Rewrite(graph, needed, ranges)
    for tensor_id in needed:
        rewrite.narrow(tensor_id)
    ops = [
        rewrite.operator(op, link) for op, link in zip(graph.ops, links, strict=True) if is_alive(op, needed)
    ]
    return replace(graph, tensors=MappingProxyType(rewrite.tensors), ops=tuple(ops))


@dataclass(slots=True)
class _Rewrite:
    """A graph in the making; activations that lose channels have a successor under a new id."""

    graph: Graph
    needed: Mapping[int, Mask]
    ranges: Mapping[int, Interval]
    tensors: dict[int, Tensor] = field(init=False)
    successors: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tensors = dict(self.graph.tensors)

    def _add(self, tensor: Tensor) -> int:
        new_id = replace(self.graph, tensors=self.tensors).new_tensor_id()
        self.tensors[new_id] = replace(tensor, id=new_id)
        return new_id

    def _constant(self, source: Tensor, values: Array, quant: Quant | None) -> int:
        data = np.array(values, order="C")
        data.flags.writeable = False
        return self._add(replace(source, shape=data.shape, dtype=data.dtype.name, quant=quant, data=data))

    def narrow(self, tensor_id: int) -> None:
        """Make the successor of an activation that loses some of its channels."""
        mask = self.needed[tensor_id]
        if mask.any() and not mask.all():
            tensor = self.graph.tensors[tensor_id]
            shape = (*tensor.shape[:-1], int(mask.sum()))
            self.successors[tensor_id] = self._add(replace(tensor, shape=shape))

    def operator(self, op: Op, link: Link) -> Op:
        """The operator on the successors of its activations, with its constants cut to match."""
        if self.successors.keys().isdisjoint((*op.inputs, *op.outputs)):
            return op
        renamed = replace(
            op,
            inputs=tuple(None if i is None else self.successors.get(i, i) for i in op.inputs),
            outputs=tuple(self.successors.get(i, i) for i in op.outputs),
        )
        if isinstance(link, Layer):
            return self._layer(renamed, link)
        if not isinstance(link, Tied):
            return renamed
        cut = self._tied(renamed, link)
        return self._depthwise(cut, op) if op.kind == "DEPTHWISE_CONV_2D" else cut

    def _kept(self, tensor: Tensor) -> Mask:
        """The needed channels; of a constant all."""
        mask = self.needed.get(tensor.id)
        return np.ones(channel_count(tensor), np.bool_) if mask is None else mask

    def _layer(self, op: Op, link: Layer) -> Op:
        """Cut rows and columns of the weights; what removed constant channels added goes into the bias.

        The bias fits 32 bits: the operator's rules hold for every input, also one that has its zero point
        in all remaining channels, whose sum is the new bias.
        """
        old = link.op
        source, weights, output = (
            self.graph.input_tensor(old, 0),
            self.graph.input_tensor(old, WEIGHTS),
            self.graph.output_tensor(old),
        )
        kept, inputs = self._kept(output), self._kept(source)
        rows = np.array(weights.data, np.int64).reshape(weights.shape[0], -1, inputs.size)
        bias = self._folded_bias(link, rows, inputs)
        rows[link.constant] = 0
        cut = rows[kept][:, :, inputs].astype(np.int8)
        values = cut.reshape(cut.shape[0], *weights.shape[1:-1], -1)
        weights_id = self._constant(weights, values, _cut_quant(weights.quant, 0, kept))
        return replace(op, inputs=(op.inputs[0], weights_id, *self._bias(old, bias[kept], kept)))

    def _folded_bias(self, link: Layer, rows: npt.NDArray[np.int64], inputs: Mask) -> npt.NDArray[np.int64]:
        """The bias of every output; of one that is always the same any of its sums, which needs no input."""
        op = link.op
        source, bias = self.graph.input_tensor(op, 0), self.graph.optional_tensor(op, BIAS)
        known = self.ranges[source.id]
        added = np.where(link.foldable & ~inputs, known.low - quant_of(source).zero_point, 0)
        folded = np.asarray(np.einsum("oti,i->o", rows, added))
        if bias is not None:
            folded += np.asarray(bias.data, np.int64)
        folded[link.constant] = sum_bounds(self.graph, op, known).low[link.constant]
        return folded

    def _bias(self, op: Op, values: npt.NDArray[np.int64], kept: Mask) -> tuple[int | None, ...]:
        """The inputs after the weights; a layer without a bias gets one where it needs it."""
        bias = self.graph.optional_tensor(op, BIAS)
        if bias is None and not values.any():
            return op.inputs[BIAS:]
        name = f"{self.graph.output_tensor(op).name} bias"
        source = bias if bias is not None else Tensor(0, name, values.shape, "int32")
        return (self._constant(source, values.astype(np.int32), _cut_quant(source.quant, 0, kept)),)

    def _depthwise(self, op: Op, old: Op) -> Op:
        """Cut the channels of weights and bias."""
        weights, bias = self.graph.input_tensor(old, WEIGHTS), self.graph.optional_tensor(old, BIAS)
        kept = self._kept(self.graph.output_tensor(old))
        weights_id = self._cut(weights, 3, kept)
        rest = op.inputs[BIAS:] if bias is None else (self._cut(bias, 0, kept),)
        return replace(op, inputs=(op.inputs[0], weights_id, *rest))

    def _cut(self, tensor: Tensor, axis: int, kept: Mask) -> int:
        values = np.compress(kept, np.asarray(tensor.data), axis=axis)
        return self._constant(tensor, values, _cut_quant(tensor.quant, axis, kept))

    def _tied(self, op: Op, link: Tied) -> Op:
        """Cut constant operands, leave out inputs that lost every channel, and say the new shape."""
        labels = set(link.output_labels[self._kept(self.graph.output_tensor(link.op))].tolist())
        inputs = list(op.inputs)
        for place, of_place in link.labels.items():
            tensor = self.graph.input_tensor(link.op, place)
            kept = np.array([label in labels for label in of_place.tolist()])
            if not kept.any():
                inputs[place] = None
            elif tensor.is_constant and not kept.all():
                inputs[place] = self._cut(tensor, len(tensor.shape) - 1, kept)
        if op.kind == "CONCATENATION":
            inputs = [i for i in inputs if i is not None]
        if op.kind == "RESHAPE":
            inputs[1:] = [self._shape_of(op.outputs[0])]
        if op.kind == "SQUEEZE" and not op.attrs.get("squeeze_dims"):
            shape = self.graph.input_tensor(link.op, 0).shape
            ones = tuple(axis for axis, dim in enumerate(shape) if dim == 1)  # not a channel that became one
            return replace(op, inputs=tuple(inputs), attrs={**op.attrs, "squeeze_dims": ones})
        return replace(op, inputs=tuple(inputs))

    def _shape_of(self, tensor_id: int) -> int:
        tensor = self.tensors[tensor_id]
        shape = Tensor(0, f"shape of {tensor.name}", (len(tensor.shape),), "int32")
        return self._constant(shape, np.array(tensor.shape, np.int32), None)


def _cut_quant(quant: Quant | None, axis: int, kept: Mask) -> Quant | None:
    """The quantization of the kept indices of a dimension."""
    if quant is None or quant.axis != axis:
        return quant
    scales = tuple(np.asarray(quant.scales, np.float64)[kept].tolist())
    zero_points = tuple(np.asarray(quant.zero_points, np.int64)[kept].tolist())
    return replace(quant, scales=scales, zero_points=zero_points)
