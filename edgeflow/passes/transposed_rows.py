"""FULLY_CONNECTED layers that take the columns of their weights in another order instead of a TRANSPOSE."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.dimension_order import Order, transposition
from edgeflow.passes.rewrite import absorb, is_private, readers, with_input, with_ops


def absorbing_layers(graph: Graph, op: Op) -> bool:
    """Whether layers behind a TRANSPOSE, and nobody else, read rows whose elements it permutes all alike."""
    order = transposition(graph, op)
    chain = None if order is None else _chain(graph, op.outputs[0])
    layers = [each for each in chain or () if each.kind == "FULLY_CONNECTED"]
    if order is None or not layers:
        return False
    return all(_columns(graph, op, order, _depth(graph, layer)) is not None for layer in layers)


def with_columns(graph: Graph, op: Op) -> Graph:
    """The graph without a TRANSPOSE that layers can take; otherwise as it is."""
    order = transposition(graph, op)
    if order is None or not absorbing_layers(graph, op):
        return graph
    # What the layers read holds the same elements in another order: new tensors, from RESHAPE of the source.
    chain = _chain(graph, op.outputs[0]) or []
    between = [op, *(each for each in chain if each.kind == "RESHAPE")]
    names: dict[int, Tensor] = {}
    for number, each in enumerate(between):
        output = graph.output_tensor(each)
        names[output.id] = replace(output, id=graph.new_tensor_id() - number)
    ops: dict[int, Op | None] = {}
    for each in between:
        output = names[each.outputs[0]]
        source = graph.input_tensor(each, 0).id
        inputs = (names[source].id if source in names else source,)
        absorbed = absorb(each, op) if each is op else each.absorbed
        attrs = {"new_shape": output.shape}
        ops[each.index] = Op(each.index, "RESHAPE", 1, inputs, (output.id,), attrs, (), absorbed)
    tensors = list(names.values())
    for layer in chain:
        columns = _columns(graph, op, order, _depth(graph, layer)) if layer not in between else None
        if columns is None:
            continue
        weights = _permuted(graph.input_tensor(layer, 1), columns, graph.new_tensor_id() - len(tensors))
        tensors.append(weights)
        moved = with_input(layer, 0, names[graph.input_tensor(layer, 0).id].id)
        ops[layer.index] = with_input(moved, 1, weights.id)
    changed = with_ops(graph, ops, tensors)
    legal = all(each is not None and broken_rule(changed, each) is None for each in ops.values())
    return changed if legal else graph


def _permuted(weights: Tensor, columns: npt.NDArray[np.int64], tensor_id: int) -> Tensor:
    """Weights for rows whose element ``columns[i]`` was element ``i``."""
    data = np.empty_like(weights.data)
    data[:, columns] = weights.data
    data.flags.writeable = False
    return replace(weights, id=tensor_id, data=data)


def _depth(graph: Graph, layer: Op) -> int:
    return graph.input_tensor(layer, 1).shape[1]


def _chain(graph: Graph, tensor_id: int) -> list[Op] | None:
    """RESHAPEs and layers that read a tensor, in their order; None where it has another reader."""
    found, waiting = list[Op](), [tensor_id]
    while waiting:
        current = waiting.pop()
        if current in graph.outputs:
            return None
        for op in readers(graph, current):
            if op.inputs.count(current) > 1 or op.inputs[0] != current or broken_rule(graph, op) is not None:
                return None
            if op.kind == "RESHAPE":
                waiting.append(op.outputs[0])
            elif op.kind != "FULLY_CONNECTED" or not _has_own_weights(graph, op):
                return None
            found.append(op)
    return found


def _has_own_weights(graph: Graph, layer: Op) -> bool:
    weights = graph.input_tensor(layer, 1)
    quant = weights.quant
    return is_private(graph, weights.id) and (quant is None or quant.axis in {None, 0})


def _columns(graph: Graph, op: Op, order: Order, depth: int) -> npt.NDArray[np.int64] | None:
    """Where the elements of a row stood before the TRANSPOSE; None where it mixes rows."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    cuts = [cut for cut in range(len(order) + 1) if math.prod(output.shape[cut:]) == depth]
    for cut in cuts:
        leading = [axis for axis in order[:cut] if source.shape[axis] > 1]
        following = [axis for axis in order[cut:] if source.shape[axis] > 1]
        if leading != sorted(leading) or (leading and following and max(leading) > min(following)):
            continue
        shape = [1 if axis in order[:cut] else dim for axis, dim in enumerate(source.shape)]
        return np.arange(depth).reshape(shape).transpose(order).reshape(-1)
    return None
