"""Let operators read a variable where it stands, instead of a copy of it, until it is overwritten."""

from __future__ import annotations

from dataclasses import replace

from edgeflow.ir.graph import Graph, Op
from edgeflow.passes.rewrite import absorb, readers, with_ops


def read_in_place(graph: Graph) -> Graph:
    """The graph without the READ_VARIABLEs whose value is used up before the variable changes."""
    for op in graph.ops:
        if op.kind == "READ_VARIABLE" and _is_used_up(graph, op):
            graph = _without(graph, op)
    return graph


def _is_used_up(graph: Graph, read: Op) -> bool:
    """Whether all who read the copy run before the variable's next update, and would read the same."""
    if len(read.inputs) != 1 or len(read.outputs) != 1 or read.inputs[0] not in graph.variables:
        return False
    variable, copy = graph.input_tensor(read, 0), graph.output_tensor(read)
    alike = (variable.dtype, variable.shape, variable.quant) == (copy.dtype, copy.shape, copy.quant)
    if not alike or copy.id in graph.outputs:
        return False
    places = {op.index: place for place, op in enumerate(graph.ops)}
    start = places[read.index]
    updates = [places[op.index] for op in graph.ops[start:] if variable.id in op.updates]
    return all(places[op.index] < min(updates, default=len(graph.ops)) for op in readers(graph, copy.id))


def _without(graph: Graph, read: Op) -> Graph:
    variable, copy = graph.input_tensor(read, 0).id, read.outputs[0]
    changes: dict[int, Op | None] = {
        user.index: replace(
            user,
            inputs=tuple(variable if i == copy else i for i in user.inputs),
            absorbed=absorb(user, read),
        )
        for user in readers(graph, copy)
    }
    return with_ops(graph, {**changes, read.index: None})
