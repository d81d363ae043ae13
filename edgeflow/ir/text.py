"""A graph as text, for debugging and tests: one line per tensor and operator, always the same."""

from __future__ import annotations

import zlib

from edgeflow.ir.graph import Graph, Op, Quant, Tensor


def format_graph(graph: Graph) -> str:
    """The graph as lines: inputs, constants, operators with the tensors they write, outputs.

    A tensor reads ``%3 int8[1,4] scale 0.5 zero -1 `name` ``; a constant ends with its bytes'
    CRC-32, so that two texts are equal if the graphs are (but for colliding sums).
    """
    lines = [f"input {format_tensor(graph.tensors[i])}" for i in graph.inputs]
    lines += [f"variable {format_tensor(graph.tensors[i])}" for i in sorted(graph.variables)]
    constants = (tensor for _, tensor in sorted(graph.tensors.items()) if tensor.is_constant)
    lines += [f"const {format_tensor(tensor)}" for tensor in constants]
    for op in graph.ops:
        lines.append(format_op(op))
        lines += [f"    -> {format_tensor(graph.tensors[i])}" for i in op.outputs]
    lines += [f"output %{i}" for i in graph.outputs]
    return "\n".join(lines) + "\n"


def format_op(op: Op) -> str:
    """One operator: place, kind, version, inputs (`-` for an absent one), attributes, what it absorbed."""
    inputs = ", ".join("-" if i is None else f"%{i}" for i in op.inputs)
    attrs = "".join(f" {key}={value}" for key, value in sorted(op.attrs.items()))
    updates = f" updates {', '.join(f'%{i}' for i in op.updates)}" if op.updates else ""
    absorbed = f" absorbed {', '.join(op.absorbed)}" if op.absorbed else ""
    return f"#{op.index} {op.kind} v{op.version} ({inputs}){attrs}{updates}{absorbed}"


def format_tensor(tensor: Tensor) -> str:
    """One tensor: id, element type, shape, quantization, name, and a constant's check sum."""
    shape = ",".join(map(str, tensor.shape))
    quant = "" if tensor.quant is None else f" {_format_quant(tensor.quant)}"
    data = "" if tensor.data is None else f" = crc32 {zlib.crc32(tensor.data.tobytes()):08x}"
    return f"%{tensor.id} {tensor.dtype}[{shape}]{quant} `{tensor.name}`{data}"


def _format_quant(quant: Quant) -> str:
    if quant.axis is None:
        return f"scale {quant.scale!r} zero {quant.zero_point}"
    lowest, highest = min(quant.scales), max(quant.scales)
    return f"axis {quant.axis} of {len(quant.scales)} scales {lowest!r}..{highest!r}"
