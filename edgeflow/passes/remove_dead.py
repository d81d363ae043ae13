"""Remove operators and tensors that contribute to no output."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op


def remove_dead(graph: Graph) -> Graph:
    """The graph without operators whose outputs nobody reads, and without tensors nobody names.

    Operators that update a variable stay: the next run reads it.

    Inputs of the graph stay even if nobody reads them: they are part of the model's interface.
    """
    needed = set(graph.outputs)
    kept: list[Op] = []
    for op in reversed(graph.ops):
        if needed.isdisjoint(op.outputs) and not op.updates:
            continue
        kept.append(op)
        needed.update(i for i in op.inputs if i is not None)
    ops = tuple(reversed(kept))
    named = needed.union(graph.inputs, (i for op in ops for i in (*op.outputs, *op.updates)))
    tensors = {i: tensor for i, tensor in graph.tensors.items() if i in named}
    variables = {i: value for i, value in graph.variables.items() if i in named}
    return replace(graph, tensors=MappingProxyType(tensors), ops=ops, variables=MappingProxyType(variables))
