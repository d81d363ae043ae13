"""Remove TRANSPOSEs, or move them to where they copy fewer bytes.

A network that came from NCHW has them around operators that work in any order of dimensions: functions of
elements (constants are transposed), PAD, CONCATENATION, slices, reductions, RESHAPE that keeps dimensions
together. Such neighbours take the order before or after the TRANSPOSE, all at once, wherever fewer bytes are
transposed afterwards: pairs vanish, also around residuals and through pooling by MEAN. A FULLY_CONNECTED
layer takes its weights' columns in another order. What is left stands at inputs and outputs of the model,
whose layout is fixed, or between two operators of fixed layout. Tensors in another order are new ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Flag, auto

from edgeflow.ir.graph import Graph, Op
from edgeflow.passes.dimension_order import Order, inverse, moves_nothing, transposition
from edgeflow.passes.fuse_activation import CLAMPS
from edgeflow.passes.region_order import Links, Region, in_new_order
from edgeflow.passes.reordered import Reordered, reordered
from edgeflow.passes.transposed_rows import absorbing_layers, with_columns


class Way(Flag):
    """Where a region grows from a tensor: to its readers, to its writer."""

    FORWARD = auto()
    BACKWARD = auto()


# Bytes that TRANSPOSEs copy, their number, and clamps that they keep from the operator before.
Cost = tuple[int, int, int]


def move_transposes(graph: Graph) -> Graph:
    """Remove TRANSPOSEs, or move them to where they copy fewer bytes."""
    before = None
    while graph is not before:
        before, graph = graph, _moved(graph)
        for op in reversed(graph.ops):
            graph = with_columns(graph, op)
    return graph


def _moved(graph: Graph) -> Graph:
    """The graph after every move that makes it cheaper."""
    before = None
    while graph is not before:
        before = graph
        for index in [op.index for op in graph.ops if op.kind == "TRANSPOSE"]:
            graph = _improved(graph, index) or graph
    return graph


def cost_of(graph: Graph) -> Cost:
    """What the graph's TRANSPOSEs cost, but for those that a following layer takes."""
    byte_count = number = kept_apart = 0
    clamped = {i for op in graph.ops if op.kind in CLAMPS for i in op.inputs}
    for op in graph.ops:
        order = transposition(graph, op)
        if order is None or moves_nothing(graph.input_tensor(op, 0), order) or absorbing_layers(graph, op):
            continue
        number += 1
        byte_count += graph.output_tensor(op).byte_count
        kept_apart += op.outputs[0] in clamped
    return byte_count, number, kept_apart


def _improved(graph: Graph, index: int) -> Graph | None:
    """The cheapest graph with tensors around one TRANSPOSE in another order; None if none is cheaper."""
    op = next((each for each in graph.ops if each.index == index), None)
    order = None if op is None else transposition(graph, op)
    if op is None or order is None or moves_nothing(graph.input_tensor(op, 0), order):
        return None
    best, least = None, cost_of(graph)
    for region in _regions(graph, op, order):
        changed = in_new_order(region)
        if changed is not None and (cost := cost_of(changed)) < least:
            best, least = changed, cost
    return best


def _regions(graph: Graph, op: Op, order: Order) -> Iterator[Region]:
    """The tensors to store in another order: after the TRANSPOSE as before it, or before it as after it."""
    links = Links.of(graph)
    sunk, raised = (op.outputs[0], inverse(order)), (graph.input_tensor(op, 0).id, order)
    for most in (1, len(graph.ops)):
        yield _grown(graph, links, *sunk, Way.FORWARD, most)
        yield _grown(graph, links, *raised, Way.BACKWARD, most)
    yield _grown(graph, links, *sunk, Way.FORWARD | Way.BACKWARD, len(graph.ops))
    yield _grown(graph, links, *raised, Way.FORWARD | Way.BACKWARD, len(graph.ops))


def _grown(graph: Graph, links: Links, tensor_id: int, order: Order, ways: Way, most: int) -> Region:
    """The region of at most so many operators that follow when one tensor has another order."""
    orders, ops = {tensor_id: order}, dict[int, Reordered]()
    waiting, seen = [tensor_id], set[int]()
    while waiting:
        current = waiting.pop(0)
        for op in _neighbours(links, current, ways):
            found = None if op.index in seen else reordered(graph, op, current, orders[current])
            seen.add(op.index)
            if found is None or len(ops) == most or not _agrees(graph, found, orders):
                continue
            ops[op.index] = found
            new = [i for i in found.orders if i not in orders]
            orders.update(found.orders)
            waiting += [i for i in new if not moves_nothing(graph.tensors[i], orders[i])]
    return Region(graph, links, orders, ops)


def _neighbours(links: Links, tensor_id: int, ways: Way) -> Iterator[Op]:
    if Way.FORWARD in ways:
        yield from links.readers.get(tensor_id, ())
    if Way.BACKWARD in ways and tensor_id in links.writer:
        yield links.writer[tensor_id]


def _agrees(graph: Graph, found: Reordered, orders: Mapping[int, Order]) -> bool:
    """Whether the operator fits the orders that are known, and none of its tensors is a variable."""
    if any(orders.get(i, order) != order for i, order in found.orders.items()):
        return False
    return graph.variables.keys().isdisjoint(found.orders)
