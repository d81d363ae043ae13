"""Where an operator on float32 may stand: at the edges of a quantized network, not in its middle."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op


def at_the_edge(graph: Graph, op: Op) -> bool:
    """On float32 it stands between an input and QUANTIZE, or between DEQUANTIZE and an output."""
    return not (_comes_from(graph, op) and _leads_to(graph, op))


def has_float32(graph: Graph, op: Op) -> bool:
    """Whether an activation that the operator reads or writes is float32."""
    return any(_is_float32(graph, tensor_id) for tensor_id in (*op.inputs, *op.outputs))


def _is_float32(graph: Graph, tensor_id: int | None) -> bool:
    tensor = None if tensor_id is None else graph.tensors.get(tensor_id)
    return tensor is not None and tensor.dtype == "float32" and not tensor.is_constant


def _comes_from(graph: Graph, op: Op) -> bool:
    """Whether float32 values of the operator come from DEQUANTIZE."""
    writers = {tensor_id: each for each in graph.ops for tensor_id in each.outputs}
    waiting, seen = [op], {op.index}
    while waiting:
        read = {i for i in waiting.pop().inputs if i is not None and _is_float32(graph, i)}
        for writer in (writers[tensor_id] for tensor_id in read if tensor_id in writers):
            if writer.kind == "DEQUANTIZE":
                return True
            if writer.index not in seen:
                seen.add(writer.index)
                waiting.append(writer)
    return False


def _leads_to(graph: Graph, op: Op) -> bool:
    """Whether float32 values of the operator go to QUANTIZE."""
    reached = {i for i in op.outputs if _is_float32(graph, i)}
    for each in graph.ops:
        if reached.isdisjoint(each.inputs):
            continue
        if each.kind == "QUANTIZE":
            return True
        reached.update(i for i in each.outputs if _is_float32(graph, i))
    return False
