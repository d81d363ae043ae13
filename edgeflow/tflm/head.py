"""What TFLite Micro plans into the head of its arena: activations and the kernels' scratch buffers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edgeflow.tflm.greedy import BUFFER_ALIGNMENT_BYTES, PlannedBuffer
from edgeflow.tflm.kernels import Kernel, Operands
from edgeflow.tflm.layout import align_up
from edgeflow.tflm.lifetimes import mark_lifetimes
from edgeflow.tflm.source import ONLINE_PLANNED, ModelFacts, NodeFacts, SubgraphFacts, TensorFacts

# Subgraph, place of the operator in it, bytes.
ScratchRequest = tuple[int, int, int]


def operands(graph: SubgraphFacts, node: NodeFacts) -> Operands:
    """The tensors of an operator."""
    return Operands(
        tuple(None if i < 0 else graph.tensors[i] for i in node.inputs),
        tuple(graph.tensors[i] for i in node.outputs),
        node.transposed,
    )


def scratch_requests(model: ModelFacts, kernels: Mapping[str, Kernel]) -> list[ScratchRequest]:
    """The scratch buffers of all operators."""
    return [
        (number, position, byte_count)
        for number, graph in enumerate(model.subgraphs)
        for position, node in enumerate(graph.nodes)
        for byte_count in kernels[node.kind].scratch(operands(graph, node))
    ]


def all_tensors(model: ModelFacts) -> list[TensorFacts]:
    """The tensors of all subgraphs, in the order of an offline plan's offsets."""
    return [tensor for graph in model.subgraphs for tensor in graph.tensors]


def planned_tensors(model: ModelFacts) -> list[int]:
    """Which of all tensors lie in the head; a variable does if an offline plan gives it a place."""
    offsets = _offline_offsets(model)
    return [
        index
        for index, tensor in enumerate(all_tensors(model))
        if tensor.byte_count
        and not tensor.is_constant
        and (not tensor.is_variable or offsets[index] != ONLINE_PLANNED)
    ]


def head_buffers(model: ModelFacts, requests: Sequence[ScratchRequest]) -> list[PlannedBuffer]:
    """The buffers in the runtime's order: ``planned_tensors``, then the scratch buffers."""
    lives = mark_lifetimes(model, requests)
    tensors, offsets = all_tensors(model), _offline_offsets(model)
    activations = [
        PlannedBuffer(_aligned(tensors[i].byte_count), *lives.tensors[i], offsets[i])
        for i in planned_tensors(model)
    ]
    scratch = [
        PlannedBuffer(_aligned(byte_count), *life)
        for (_, _, byte_count), life in zip(requests, lives.scratch, strict=True)
    ]
    return activations + scratch


def _offline_offsets(model: ModelFacts) -> tuple[int, ...]:
    return model.offline_offsets or (ONLINE_PLANNED,) * len(all_tensors(model))


def _aligned(byte_count: int) -> int:
    return align_up(byte_count, BUFFER_ALIGNMENT_BYTES)
