"""A part of a graph whose tensors are stored in another order, with TRANSPOSEs where it meets the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.dimension_order import Order, after, inverse, stored_shape, transposition
from edgeflow.passes.reordered import Array, Reordered
from edgeflow.passes.rewrite import bypassed, with_input, with_ops

_INPUTS = -1  # stands for the operator that writes the graph's inputs


@dataclass(frozen=True, slots=True)
class Links:
    """The operator that writes a tensor, and those that read it, by the tensor's id."""

    writer: Mapping[int, Op]
    readers: Mapping[int, list[Op]]

    @classmethod
    def of(cls, graph: Graph) -> Links:
        """Those of all tensors of a graph."""
        users: dict[int, list[Op]] = {}
        for op in graph.ops:
            for tensor_id in dict.fromkeys(op.inputs):
                if tensor_id is not None:
                    users.setdefault(tensor_id, []).append(op)
        return cls({i: op for op in graph.ops for i in op.outputs}, users)


@dataclass(frozen=True, slots=True)
class Region:
    """Operators that change, by index, and the orders of all activations that they read and write."""

    graph: Graph
    links: Links
    orders: Mapping[int, Order]
    ops: Mapping[int, Reordered]


def in_new_order(region: Region) -> Graph | None:
    """The graph with the region in its order; None where an operator would break a rule."""
    return _Rewriting(region).result()


class _Rewriting:
    """The operators and tensors of the new graph, as they are made."""

    def __init__(self, region: Region) -> None:
        self.graph, self.region = region.graph, region
        self.tensors: list[Tensor] = []
        self.index = max(op.index for op in self.graph.ops)
        self.written = {i for each in region.ops.values() for i in each.op.outputs}
        self.entries: dict[int, list[Op]] = {}  # TRANSPOSEs into the region, by the operator before them
        self.stored: dict[int, int] = {}  # ids of the tensors that hold those of the region
        for tensor_id in region.orders:
            self._stored(tensor_id)

    def result(self) -> Graph | None:
        """The new graph, or None."""
        ops = [*self.entries.get(_INPUTS, ())]
        for op in self.graph.ops:
            ops += [*self._changed(op), *self.entries.get(op.index, ())]
        changed = with_ops(replace(self.graph, ops=tuple(ops)), {}, self.tensors)
        old = {id(op) for op in self.graph.ops}
        if any(broken_rule(changed, op) is not None for op in changed.ops if id(op) not in old):
            return None
        return _renumbered(_without_needless(changed), self.graph)

    def _stored(self, tensor_id: int) -> int:
        """The tensor that holds one of the region in its new order."""
        if tensor_id not in self.stored:
            place = self._placed if tensor_id in self.written else self._brought
            self.stored[tensor_id] = place(tensor_id, self.region.orders[tensor_id])
        return self.stored[tensor_id]

    def _placed(self, tensor_id: int, order: Order) -> int:
        """Where an operator of the region writes: what a TRANSPOSE wrote, or a new tensor."""
        for op in self.region.links.readers.get(tensor_id, ()):
            is_same = op.index not in self.region.ops and transposition(self.graph, op) == order
            if is_same and op.outputs[0] not in self.stored.values():
                return op.outputs[0]
        tensor = self.graph.tensors[tensor_id]
        return self._new(replace(tensor, shape=stored_shape(tensor, order)))

    def _brought(self, tensor_id: int, order: Order) -> int:
        """What comes from outside the region: what a TRANSPOSE read, or a tensor that a TRANSPOSE writes."""
        before = self.region.links.writer.get(tensor_id)
        own = None if before is None else transposition(self.graph, before)
        if before is None or own is None:
            return self._entry(_INPUTS if before is None else before.index, tensor_id, order)
        source, whole = self.graph.input_tensor(before, 0).id, after(own, order)
        if source in self.region.orders:
            source, whole = self._stored(source), after(inverse(self.region.orders[source]), whole)
        return source if whole == tuple(sorted(whole)) else self._entry(before.index, source, whole)

    def _entry(self, place: int, source_id: int, order: Order) -> int:
        """A new tensor, written by a TRANSPOSE."""
        made = {tensor.id: tensor for tensor in self.tensors}
        source = made.get(source_id) or self.graph.tensors[source_id]
        output = self._new(replace(source, shape=stored_shape(source, order)))
        self.entries.setdefault(place, []).append(self._transpose(source_id, output, order))
        return output

    def _new(self, tensor: Tensor, data: Array | None = None) -> int:
        """The id of a tensor like this one."""
        tensor_id = self.graph.new_tensor_id() - len(self.tensors)
        if data is not None:
            data = np.ascontiguousarray(data).reshape(data.shape)
            data.flags.writeable = False
            tensor = replace(tensor, shape=data.shape)
        self.tensors.append(replace(tensor, id=tensor_id, data=data))
        return tensor_id

    def _transpose(self, source_id: int, output_id: int, order: Order) -> Op:
        self.index += 1
        return Op(self.index, "TRANSPOSE", 1, (source_id, self._order(order)), (output_id,))

    def _order(self, order: Order) -> int:
        values = np.array(order, np.int32)
        return self._new(Tensor(0, "order", values.shape, "int32"), values)

    def _changed(self, op: Op) -> Iterator[Op]:
        """What stands in the place of an operator."""
        found = self.region.ops.get(op.index)
        if found is not None:
            yield self._moved(found)
            for tensor_id in op.outputs:
                if tensor_id in self.stored and self._is_read_outside(tensor_id):
                    order = inverse(self.region.orders[tensor_id])
                    yield self._transpose(self.stored[tensor_id], tensor_id, order)
            return
        own = transposition(self.graph, op)
        source = op.inputs[0] if op.inputs else None
        if own is None or source not in self.stored:
            yield op
        elif self.stored[source] != op.outputs[0]:
            whole = after(inverse(self.region.orders[source]), own)
            moved = with_input(op, 0, self.stored[source])
            yield with_input(moved, 1, self._order(whole))

    def _moved(self, found: Reordered) -> Op:
        op = found.op
        for position, data in found.constants.items():
            constant = self.graph.input_tensor(op, position)
            op = with_input(op, position, self._new(constant, data))
        return replace(
            op,
            inputs=tuple(None if i is None else self.stored.get(i, i) for i in op.inputs),
            outputs=tuple(self.stored.get(i, i) for i in op.outputs),
        )

    def _is_read_outside(self, tensor_id: int) -> bool:
        """Whether someone needs the tensor in its old order."""
        others = (
            op for op in self.region.links.readers.get(tensor_id, ()) if op.index not in self.region.ops
        )
        return tensor_id in self.graph.outputs or any(transposition(self.graph, op) is None for op in others)


def _without_needless(graph: Graph) -> Graph:
    """The graph without TRANSPOSEs that change nothing, or that nobody reads."""
    read = {*graph.outputs, *(i for op in graph.ops for i in op.inputs if i is not None)}
    unread = [op.index for op in graph.ops if op.kind == "TRANSPOSE" and op.outputs[0] not in read]
    graph = with_ops(graph, dict.fromkeys(unread))
    for index in [op.index for op in graph.ops if op.kind == "TRANSPOSE"]:
        op = next(each for each in graph.ops if each.index == index)
        own = transposition(graph, op)
        if own is not None and own == tuple(sorted(own)):
            graph = bypassed(graph, op, graph.input_tensor(op, 0).id)
    return graph


def _renumbered(graph: Graph, before: Graph) -> Graph:
    """The graph whose new TRANSPOSEs have the indexes of those that are gone, as long as there are such."""
    known, left = {op.index for op in before.ops}, {op.index for op in graph.ops}
    free = sorted(known - left)
    numbers = dict(zip(sorted(left - known), free, strict=False))
    return replace(graph, ops=tuple(replace(op, index=numbers.get(op.index, op.index)) for op in graph.ops))
