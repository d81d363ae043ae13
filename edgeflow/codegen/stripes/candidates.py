"""Which consecutive operators can run in stripes together."""

from __future__ import annotations

from collections.abc import Sequence

from edgeflow.codegen.stripes.lowering import is_by_rows
from edgeflow.codegen.stripes.rows import CONVOLUTIONS, ELEMENTWISE, POOLINGS
from edgeflow.ir.graph import Graph, Op, Tensor


def is_region(graph: Graph, ops: Sequence[Op]) -> bool:
    """Whether consecutive operators, in order of execution, can run in stripes of rows.

    Each writes a tensor [1, H, W, C] that, but for the last one's, only they read, row by row.
    """
    if len(ops) < 2 or not all(_is_striped(graph, op) for op in ops):
        return False
    inner = {op.outputs[0] for op in ops[:-1]}
    own = {op.index for op in ops}
    others = {i for op in graph.ops if op.index not in own for i in op.inputs}
    read = {i for op in ops for i in op.inputs}
    if not inner <= read or inner & (others | {*graph.outputs}):
        return False
    return all(_reads_rows(graph, op, inner) for op in ops)


def _is_striped(graph: Graph, op: Op) -> bool:
    """Whether the operator's kind and shapes allow stripes."""
    if op.updates or len(op.outputs) != 1 or op.kind not in CONVOLUTIONS | POOLINGS | ELEMENTWISE:
        return False
    output = graph.output_tensor(op)
    if not _has_rows(output):
        return False
    present = [graph.tensors[i] for i in op.inputs if i is not None]
    if any(tensor.id in graph.variables for tensor in present):
        return False
    if op.kind not in ELEMENTWISE:
        return _has_rows(graph.input_tensor(op, 0))
    # What is not read by rows is the same for each row.
    return all(is_by_rows(t, output) or _is_alike_in_rows(t, output) for t in present)


def _has_rows(tensor: Tensor) -> bool:
    return len(tensor.shape) == 4 and tensor.shape[0] == 1 and tensor.shape[1] > 1 and not tensor.is_constant


def _is_alike_in_rows(tensor: Tensor, output: Tensor) -> bool:
    """A table, or an operand that every row of the output meets whole."""
    return len(tensor.shape) < 3 or (len(tensor.shape) <= len(output.shape) and tensor.shape[-3] == 1)


def _reads_rows(graph: Graph, op: Op, inner: set[int]) -> bool:
    """Whether inner tensors are read row by row: a whole one would have to be stored."""
    if op.kind not in ELEMENTWISE:
        return not inner & {i for i in op.inputs[1:] if i is not None}
    output = graph.output_tensor(op)
    return all(is_by_rows(graph.tensors[i], output) for i in op.inputs if i is not None and i in inner)
