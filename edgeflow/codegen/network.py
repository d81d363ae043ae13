"""``network.json``: the network as later stages need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgeflow.codegen.program import Port, Program, RegionFunction, Step, Variable
from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.registry import op_macs

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Work:
    """How much a graph computes: multiply-accumulates, and channels of what its operators write."""

    macs: int
    channels: int


def work_of(graph: Graph) -> Work:
    """The work of a graph whose operators have been checked."""
    outputs = [graph.tensors[tensor_id] for op in graph.ops for tensor_id in op.outputs]
    return Work(
        macs=sum(op_macs(graph, op) for op in graph.ops),
        channels=sum(tensor.shape[-1] if tensor.shape else 1 for tensor in outputs),
    )


def network_json(program: Program, dense: Work | None = None) -> dict[str, Any]:
    """``network.json`` as docs/artifacts.md describes it.

    ``dense`` is the work of the graph before channels were eliminated, None where none were.
    """
    work = work_of(program.graph)
    dense = dense or work
    return {
        "schema": SCHEMA,
        "model": program.prefix,
        "source_sha256": program.source_sha256,
        "subgraph": program.subgraph,
        "arena_bytes": program.plan.arena_bytes,
        "arena_parts": [
            {"region": region.index, "byte_count": region.used_bytes} for region in program.plan.regions
        ],
        "macs": work.macs,
        "channels": work.channels,
        "dense_macs": dense.macs,
        "recomputed_macs": program.recomputed_macs,
        "dense_channels": dense.channels,
        "inputs": [_port(port) for port in program.inputs],
        "outputs": [_port(port) for port in program.outputs],
        "variables": [_variable(variable) for variable in program.variables],
        "stripes": [_region(program, region) for region in program.regions],
        "operators": _operators(program),
    }


def _port(port: Port) -> dict[str, Any]:
    tensor = port.tensor
    return {
        "tensor_id": tensor.id,
        "name": tensor.name,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "scale": tensor.quant.scale if tensor.quant else None,
        "zero_point": tensor.quant.zero_point if tensor.quant else None,
        "byte_count": tensor.byte_count,
    }


def _variable(variable: Variable) -> dict[str, Any]:
    tensor = variable.tensor
    return {
        "name": tensor.name,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "offset_bytes": variable.offset_bytes,
        "byte_count": tensor.byte_count,
    }


def _operators(program: Program) -> list[dict[str, Any]]:
    sizes = {array.name: array.values.nbytes for array in program.arrays}
    return [
        _operator(program.graph, step) | _moved_bytes(program.graph, step, sizes) for step in program.steps
    ]


def _moved_bytes(graph: Graph, step: Step, sizes: Mapping[str, int]) -> dict[str, int]:
    """What an operator has to read and write, each tensor and constant array once; nothing in place."""
    op = step.op
    if not step.calls:
        return dict.fromkeys(("input_bytes", "constant_bytes", "output_bytes"), 0)
    inputs = [graph.tensors[i] for i in dict.fromkeys(op.inputs) if i is not None]
    outputs = [graph.tensors[i] for i in (*op.outputs, *op.updates)]
    named = {text for call in step.calls for _, text in call.params}
    named |= {argument.text for call in step.calls for argument in call.arguments}
    return {
        "input_bytes": sum(tensor.byte_count for tensor in inputs if not tensor.is_constant),
        "constant_bytes": sum(byte_count for name, byte_count in sizes.items() if name in named),
        "output_bytes": sum(tensor.byte_count for tensor in outputs),
    }


def _operator(graph: Graph, step: Step) -> dict[str, Any]:
    return {
        "index": step.op.index,
        "kind": step.op.kind,
        "function": step.function,
        "kernel": " ".join(dict.fromkeys(call.kernel.function for call in step.calls)) or None,
        "label": step.label,
        "absorbed": list(step.op.absorbed),
        "outputs": list(step.op.outputs if step.striped is None or step.striped.is_last else ()),
        "macs": step.macs,
        "recomputed_macs": step.recomputed_macs,
        "weights_bytes": step.weights_bytes,
        "input_shape": _input_shape(graph, step.op),
        "output_shape": list(graph.tensors[(*step.op.outputs, *step.op.updates)[0]].shape),
    }


def _region(program: Program, region: RegionFunction) -> dict[str, Any]:
    steps = [step for step in program.steps if step.striped and step.striped.region == region.name]
    return {
        "function": region.name,
        "operators": [step.op.index for step in steps],
        "output_rows": region.output_rows,
        "turns": sum(region.counts),
        "recomputed_macs": region.recomputed_macs,
    }


def _input_shape(graph: Graph, op: Op) -> list[int]:
    """The shape of the first input that is no constant, else of the first one."""
    inputs = [graph.tensors[i] for i in op.inputs if i is not None]
    activations = [tensor for tensor in inputs if not tensor.is_constant]
    return list((activations or inputs)[0].shape) if inputs else []
