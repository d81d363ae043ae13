"""Remove operators that change nothing, and chains of RESHAPE.

An operator that gives its input's bytes in the same order goes (a SLICE of all, PAD by nothing, TRANSPOSE
of dimensions of 1, CONCATENATION of one, TILE by ones, RESIZE to the same size, a pooling of 1x1, RELU at
the lowest zero point); where only the shape differs it becomes RESHAPE, which costs nothing. RESHAPE of
RESHAPE reads the first one's input, and FULLY_CONNECTED, which counts rows by itself, what was reshaped.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.registry import broken_rule, lower
from edgeflow.passes import element_function
from edgeflow.passes.copying import keeps_order
from edgeflow.passes.element_function import every_value, results_by_value
from edgeflow.passes.rewrite import (
    absorb,
    bypassed,
    is_interchangeable,
    is_private,
    producer,
    readers,
    source_name,
    with_input,
    with_ops,
    without_unread,
)

RESHAPES = frozenset({"EXPAND_DIMS", "RESHAPE", "SQUEEZE"})
MOVES = frozenset(
    {
        "BATCH_TO_SPACE_ND",
        "CONCATENATION",
        "DEPTH_TO_SPACE",
        "GATHER",
        "MIRROR_PAD",
        "PACK",
        "PAD",
        "PADV2",
        "RESIZE_NEAREST_NEIGHBOR",
        "SLICE",
        "SPACE_TO_DEPTH",
        "SPLIT",
        "SPLIT_V",
        "STRIDED_SLICE",
        "TILE",
        "TRANSPOSE",
        "UNPACK",
    }
)
POOLS = frozenset({"AVERAGE_POOL_2D", "MAX_POOL_2D"})


def remove_identity(graph: Graph) -> Graph:
    """Remove operators that give their input's bytes again, and shorten chains of RESHAPE."""
    for op in graph.ops:
        if op.kind in RESHAPES | MOVES | POOLS | element_function.KINDS and broken_rule(graph, op) is None:
            graph = _simplified(graph, op)
    return graph


def _simplified(graph: Graph, op: Op) -> Graph:
    """The graph without one operator, or with a simpler one in its place."""
    op = next(current for current in graph.ops if current.index == op.index)
    sources = [i for i in op.inputs if i is not None and not graph.tensors[i].is_constant]
    if len(sources) != 1 or len(op.outputs) != 1 or not _is_identity(graph, op, sources[0]):
        return graph
    source, output = graph.tensors[sources[0]], graph.output_tensor(op)
    if is_interchangeable(source, output):
        return bypassed(graph, op, source.id)
    if op.kind in RESHAPES:
        return _shortened(graph, op)
    if source.dtype != output.dtype or source.quant != output.quant:
        return graph
    reshape = _reshape(graph, op, source.id)
    return with_ops(graph, {op.index: replace(reshape, absorbed=(*op.absorbed, source_name(op)))})


def _reshape(graph: Graph, op: Op, source_id: int) -> Op:
    """RESHAPE of a tensor in place of the operator."""
    attrs = {"new_shape": graph.output_tensor(op).shape}
    return Op(op.index, "RESHAPE", 1, (source_id,), op.outputs, attrs)


def _is_identity(graph: Graph, op: Op, source_id: int) -> bool:
    if op.kind in POOLS:
        return _takes_each_element(graph, op)
    if op.kind in element_function.KINDS:
        results = results_by_value(graph, op)
        return results is not None and np.array_equal(results, every_value(graph.tensors[source_id].dtype))
    return op.kind in RESHAPES or keeps_order(graph, op, source_id)


def _takes_each_element(graph: Graph, op: Op) -> bool:
    """Whether a pooling has windows of one element, next to each other, and no limits."""
    params = dict(lower(graph, op)[0].params)
    limits = (params["activation_min"], params["activation_max"])
    steps = {params[f"{name}_{axis}"] for name in ("kernel", "stride") for axis in "hw"}
    return steps == {1} and limits == (-128, 127)


def _shortened(graph: Graph, op: Op) -> Graph:
    """The graph whose RESHAPE reads what an earlier one read, and is passed over by FULLY_CONNECTED."""
    before = producer(graph, op.inputs[0]) if op.inputs[0] is not None else None
    if before is not None and before.kind in RESHAPES and broken_rule(graph, before) is None:
        source = graph.input_tensor(before, 0)
        if source.dtype == graph.output_tensor(op).dtype and _can_move(graph, source.id):
            absorbed = absorb(op, before) if is_private(graph, before.outputs[0]) else op.absorbed
            direct = replace(_reshape(graph, op, source.id), absorbed=absorbed)
            if is_interchangeable(source, graph.output_tensor(op)):
                return without_unread(bypassed(graph, direct, source.id), before)
            graph, op = without_unread(with_ops(graph, {op.index: direct}), before), direct
    return _read_by_rows(graph, op)


def _can_move(graph: Graph, tensor_id: int) -> bool:
    """Whether a tensor has the same value later, and lies in the arena."""
    return tensor_id not in graph.variables and not graph.tensors[tensor_id].is_constant


def _read_by_rows(graph: Graph, op: Op) -> Graph:
    """The graph whose FULLY_CONNECTED operators read what the RESHAPE read."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    if source.quant != output.quant or not _can_move(graph, source.id):
        return graph
    users = [user for user in readers(graph, output.id) if user.kind == "FULLY_CONNECTED"]
    for user in users:
        if user.inputs.count(output.id) == 1 and user.inputs[0] == output.id:
            absorbed = absorb(user, op) if is_private(graph, output.id) else user.absorbed
            changed = replace(with_input(user, 0, source.id), absorbed=absorbed)
            direct = with_ops(graph, {user.index: changed})
            if broken_rule(graph, user) is None and broken_rule(direct, changed) is None:
                graph = direct
    return without_unread(graph, op) if users else graph
