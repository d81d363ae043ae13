"""A memory plan for TFLite Micro that is better than the one it makes online, for its file's metadata.

TFLite Micro places buffers by size alone; here several orders of placement and their repair are tried,
and another order of the operators. Nothing overlaps: that an operator may write over its input is a
property of edgeflow's kernels. Scratch buffers cannot be planned ahead, the runtime puts them into
what is left; how that ends is computed for each set of kernels, and a plan must be worse for none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from edgeflow.errors import ModelError
from edgeflow.memory.layout import best_offsets
from edgeflow.memory.liveness import Buffer, Interval
from edgeflow.memory.sharing import lower_bound_bytes
from edgeflow.tflm.arena import unknown_kinds
from edgeflow.tflm.greedy import planned_bytes
from edgeflow.tflm.head import head_buffers, planned_tensors, scratch_requests
from edgeflow.tflm.kernels import SHAPE_ERRORS, Kernel
from edgeflow.tflm.order import small_order
from edgeflow.tflm.rewrite import with_offline_plan
from edgeflow.tflm.source import ONLINE_PLANNED, ModelFacts, read_facts

_HINT = "build without `tflm_offline_plan`"


@dataclass(frozen=True, slots=True)
class OfflinePlan:
    """Old places of the operators in their new order, offsets of all tensors, and the heads in bytes.

    ``head_bytes`` and ``online_head_bytes`` have an entry per set of kernels.
    """

    order: tuple[int, ...]
    offsets: tuple[int, ...]
    head_bytes: tuple[int, ...]
    online_head_bytes: tuple[int, ...]


def plan_into_file(
    data: bytes, origin: str, kernel_sets: Sequence[Mapping[str, Kernel]]
) -> tuple[bytes, OfflinePlan | None]:
    """The bytes of a ``.tflite`` with a plan in them; unchanged and None where no plan is better.

    Raises:
        ModelError: the bytes are corrupt, or the model is none that can be planned ahead.
    """
    model = read_facts(data, origin)
    _check_plannable(model, origin)
    try:
        plan = best_plan(model, kernel_sets)
    except SHAPE_ERRORS as error:
        raise ModelError(
            f"`{origin}` cannot be planned ahead: it does not give every shape that TFLite Micro reads.",
            _HINT,
        ) from error
    if plan is None:
        return data, None
    return with_offline_plan(data, origin, plan.offsets, plan.order), plan


def _check_plannable(model: ModelFacts, origin: str) -> None:
    unknown = unknown_kinds(model)
    if unknown:
        raise ModelError(
            f"`{origin}` cannot be planned ahead: "
            f"what TFLite Micro needs for {', '.join(unknown)} is not known.",
            _HINT,
        )
    if len(model.subgraphs) != 1:
        raise ModelError(
            f"`{origin}` has {len(model.subgraphs)} subgraphs; only one can be planned ahead.", _HINT
        )


def best_plan(model: ModelFacts, kernel_sets: Sequence[Mapping[str, Kernel]]) -> OfflinePlan | None:
    """The plan with the smallest heads, None if none is better than what the runtime does online."""
    model = replace(model, offline_offsets=None)
    online = tuple(_head_bytes(model, kernels) for kernels in kernel_sets)
    plans = []
    for order in _orders(model):
        ordered = _in_order(model, order)
        for kernels in kernel_sets:
            offsets = _offsets(ordered, kernels)
            planned = replace(ordered, offline_offsets=offsets)
            heads = tuple(_head_bytes(planned, each) for each in kernel_sets)
            if heads != online and all(a <= b for a, b in zip(heads, online, strict=True)):
                plans.append(OfflinePlan(order, offsets, heads, online))
    return min(plans, key=lambda plan: sum(plan.head_bytes), default=None)


def _orders(model: ModelFacts) -> list[tuple[int, ...]]:
    graph = model.subgraphs[0]
    given = tuple(range(len(graph.nodes)))
    found = small_order(graph)
    return [given] if found == given else [given, found]


def _in_order(model: ModelFacts, order: Sequence[int]) -> ModelFacts:
    graph = model.subgraphs[0]
    return replace(model, subgraphs=(replace(graph, nodes=tuple(graph.nodes[i] for i in order)),))


def _head_bytes(model: ModelFacts, kernels: Mapping[str, Kernel]) -> int:
    return planned_bytes(head_buffers(model, scratch_requests(model, kernels)))


def _offsets(model: ModelFacts, kernels: Mapping[str, Kernel]) -> tuple[int, ...]:
    """Offsets of all tensors, placed together with the scratch of these kernels."""
    planned = head_buffers(model, scratch_requests(model, kernels))
    buffers = [Buffer((), b.byte_count, Interval(b.first_use, b.last_use)) for b in planned]
    sizes = [buffer.byte_count for buffer in planned]
    placed = best_offsets(buffers, sizes, (), lower_bound_bytes(buffers, sizes, ()))
    offsets = [ONLINE_PLANNED] * len(model.subgraphs[0].tensors)
    for tensor_id, offset in zip(planned_tensors(model), placed, strict=False):  # scratch comes last
        offsets[tensor_id] = offset
    return tuple(offsets)
