"""Tensors that hold the same bytes for every input become constants; what computed them goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.fold_constants import MAX_FOLDED_ELEMENTS
from edgeflow.passes.interval import Interval
from edgeflow.passes.rewrite import readers, with_ops


def with_constant_tensors(graph: Graph, ranges: Mapping[int, Interval]) -> Graph:
    """The graph with constants for small tensors all of whose channels are constant.

    An output of the graph stays, and so does a tensor with a reader that takes no constant.
    """
    for op in graph.ops:
        constant = _constant(graph, op, ranges)
        if constant is None:
            continue
        folded = with_ops(graph, {op.index: None}, [constant])
        if all(broken_rule(folded, reader) is None for reader in readers(folded, constant.id)):
            graph = folded
    return graph


def _constant(graph: Graph, op: Op, ranges: Mapping[int, Interval]) -> Tensor | None:
    """The operator's only output with its values, None where they are not known or too many."""
    if op.updates or len(op.outputs) != 1 or op.outputs[0] in graph.outputs:
        return None
    output = graph.output_tensor(op)
    known = ranges.get(output.id)
    if known is None or output.element_count > MAX_FOLDED_ELEMENTS or not known.constant.all():
        return None
    values = np.broadcast_to(known.low.astype(output.dtype).reshape(output.shape[-1:]), output.shape)
    return replace(output, data=values)
