"""Replace DEQUANTIZE, functions of one float32 element and QUANTIZE by one table of 256 results.

Converters leave ELU, NEG, SQUARE, SIGN, FLOOR, ROUND, POW, SIN and COS between the two, for which they know
no integer form. All 256 values go through the float32 arithmetic. A function of the mathematics library may
differ by a last bit from library to library; where that decides a rounding there is no table, and the
operators are refused as other float32 arithmetic is. The quantize stage lets such functions pass for that.
"""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.element_function import Values, every_value, outcome, uniform_value
from edgeflow.passes.float_function import KINDS, Range, exactly, function_range
from edgeflow.passes.rewrite import absorb, producer, readers, with_ops

# Longer chains are no function that a converter left.
MOST_TENSORS = 64


def fold_float_functions(graph: Graph) -> Graph:
    """Replace float32 functions of one int8 element by tables."""
    for op in graph.ops:
        if op.kind == "QUANTIZE" and broken_rule(graph, op) is None:
            graph = _with_table(graph, op)
    return graph


def _with_table(graph: Graph, op: Op) -> Graph:
    """The graph with a table in the place of a QUANTIZE; as it is where that has another kind of input."""
    output, island = graph.output_tensor(op), _Island(graph)
    found = island.range_of(op.inputs[0])
    if found is None or island.root is None or not island.functions or output.dtype != "int8":
        return graph
    if output.shape != island.root.shape:
        return graph
    low, high = (outcome(graph, op, [end]) for end in (found.low, found.high))
    if low is None or high is None or not np.array_equal(low, high):
        return graph
    table = _table(graph, op, np.broadcast_to(low, (256,)).copy())
    gone = _needless(graph, island.ops, op)
    lookup = Op(op.index, "LOOKUP", 1, (island.root.id, table.id), op.outputs, absorbed=absorb(op, *gone, op))
    changed = with_ops(graph, {op.index: lookup}, [table])
    if broken_rule(changed, lookup) is not None:
        return graph
    return with_ops(changed, dict.fromkeys((each.index for each in gone), None))


def _table(graph: Graph, op: Op, results: Values) -> Tensor:
    results.flags.writeable = False
    return Tensor(
        graph.new_tensor_id(), f"table of {op.kind} #{op.index}", results.shape, "int8", None, results
    )


def _needless(graph: Graph, island: list[Op], last: Op) -> list[Op]:
    """Operators of the island, in its order, whose results only needless ones and the last one read."""
    gone = [last]
    for op in reversed(island):
        users = [user for i in op.outputs for user in readers(graph, i)]
        if all(user in gone for user in users) and not any(i in graph.outputs for i in op.outputs):
            gone.append(op)
    return gone[:0:-1]


class _Island:
    """Operators on float32 behind one int8 tensor, as their results are asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.root: Tensor | None = None
        self.ops: list[Op] = []
        self.ranges: dict[int, Range | None] = {}

    @property
    def functions(self) -> list[Op]:
        """The operators but for DEQUANTIZE."""
        return [op for op in self.ops if op.kind != "DEQUANTIZE"]

    def range_of(self, tensor_id: int | None) -> Range | None:
        """The tensor's element for each of the 256 values of the root's."""
        if tensor_id is None:
            return None
        if tensor_id not in self.ranges:
            self.ranges[tensor_id] = None  # until known
            if len(self.ranges) > MOST_TENSORS:
                return None
            self.ranges[tensor_id] = self._found(self.graph.tensors[tensor_id])
        return self.ranges[tensor_id]

    def _found(self, tensor: Tensor) -> Range | None:
        if tensor.is_constant:
            value = uniform_value(tensor) if tensor.dtype == "float32" else None
            return None if value is None else exactly(value.astype(np.float32))
        op = producer(self.graph, tensor.id)
        if op is None or tensor.dtype != "float32" or len(op.outputs) != 1 or op.updates:
            return None
        found = self._dequantized(op) if op.kind == "DEQUANTIZE" else self._function(op, tensor)
        if found is not None:
            self.ops.append(op)
        return found

    def _dequantized(self, op: Op) -> Range | None:
        if broken_rule(self.graph, op) is not None:
            return None
        source = self.graph.input_tensor(op, 0)
        if source.dtype != "int8" or source.id in self.graph.variables or source.is_constant:
            return None
        if self.root is not None and self.root.id != source.id:
            return None
        self.root = source
        results = outcome(self.graph, op, [every_value("int8")])
        return None if results is None else exactly(results.astype(np.float32))

    def _function(self, op: Op, output: Tensor) -> Range | None:
        if op.kind not in KINDS:
            return None
        operands = [self.range_of(i) for i in op.inputs]
        known = [each for each in operands if each is not None]
        shapes = {t.shape for t in map(self.graph.tensor, op.inputs) if not t.is_constant}
        if len(known) < len(operands) or shapes != {output.shape}:
            return None
        return function_range(op.kind, str(op.attrs.get("fused_activation_function", "NONE")), known)
