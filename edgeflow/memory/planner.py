"""The memory plan of a graph; a pure function."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from edgeflow.errors import BudgetError
from edgeflow.ir.graph import DTYPE_BYTES, Graph
from edgeflow.ir.overlap import Overlaps
from edgeflow.memory.layout import arena_bytes, best_offsets
from edgeflow.memory.liveness import Buffer, is_aliased, live_buffers, tensor_intervals
from edgeflow.memory.order import order_operators
from edgeflow.memory.plan import MemoryPlan, Placement, RegionUse, SharedBytes, align_up
from edgeflow.memory.regions import borders_of, packed, short_name, too_small
from edgeflow.memory.sharing import live_bytes, lower_bound_bytes, sharings

# The arena's base is aligned to 16 (`<MODEL>_ARENA_ALIGNMENT`), offsets inside it to 4 only: the
# plain kernels need no more than their element's size, int32 scratch and float32 tensors need 4,
# and every byte of padding between buffers is RAM of the product. On seven of 23 real networks
# offsets of 16 cost 4 to 24 bytes more; offsets of 1 would save 4 bytes on one.
ARENA_ALIGNMENT_BYTES = 16
OFFSET_ALIGNMENT_BYTES = 4


# Buffers in the sentence about a plan that fails.
_MOST_NAMED = 3


def plan_memory(
    graph: Graph,
    scratch_bytes: Mapping[int, int],
    alias_ops: Collection[str] = ("RESHAPE",),
    alignment_bytes: int = OFFSET_ALIGNMENT_BYTES,
    overlaps: Overlaps = MappingProxyType({}),
    regions: Sequence[int] = (),
) -> MemoryPlan:
    """Place every activation and scratch buffer; constants stay in flash.

    Args:
        graph: the graph in execution order.
        scratch_bytes: scratch need in bytes by ``Op.index``; absent or 0 for none.
        alias_ops: operator kinds whose output is their first input under another shape.
        alignment_bytes: alignment of offsets; raised to the largest element in the arena.
        overlaps: by ``Op.index`` where its outputs may share memory with inputs that nobody needs later.
        regions: bytes of the memory regions that the arena may take, in order of preference; none for
            one without limit. What the first holds goes there alone, as if there were no other.

    Raises:
        BudgetError: the regions do not hold the arena.
        InternalError: the graph reads a tensor that nothing has written.
    """
    buffers = live_buffers(graph, scratch_bytes, alias_ops)
    alignment = max([alignment_bytes, *_element_bytes(graph, buffers)])
    sizes = [align_up(buffer.byte_count, alignment) for buffer in buffers]
    pairs = sharings(graph, buffers, overlaps, alignment)
    bound = lower_bound_bytes(buffers, sizes, pairs)
    offsets = best_offsets(buffers, sizes, pairs, bound)
    uses: tuple[RegionUse, ...] = (
        RegionUse(0, regions[0] if regions else None, arena_bytes(offsets, sizes)),
    )
    if regions and uses[0].used_bytes > regions[0]:
        borders = borders_of(regions, alignment)
        offsets = best_offsets(buffers, sizes, pairs, bound, borders)
        if arena_bytes(offsets, sizes) > borders[-1]:
            raise _too_small(graph, buffers, sizes, bound, regions)
        offsets, uses = packed(offsets, sizes, regions, borders)
    placements = _placements(graph, buffers, offsets, scratch_bytes)
    return MemoryPlan(
        arena_bytes=arena_bytes(offsets, sizes),
        lower_bound_bytes=bound,
        alignment_bytes=alignment,
        placements=placements,
        overlaps=_shared(graph, placements, overlaps, alias_ops),
        regions=uses,
    )


def plan_in_best_order(
    graph: Graph,
    scratch_bytes: Mapping[int, int],
    alias_ops: Collection[str] = ("RESHAPE",),
    alignment_bytes: int = OFFSET_ALIGNMENT_BYTES,
    overlaps: Overlaps = MappingProxyType({}),
    regions: Sequence[int] = (),
) -> tuple[Graph, MemoryPlan]:
    """The graph with its operators in the order that needs less memory, and the plan of it.

    On a tie the order stays as it is. Arguments and errors are those of ``plan_memory``.
    """
    plan = plan_memory(graph, scratch_bytes, alias_ops, alignment_bytes, overlaps)
    ordered = order_operators(graph, scratch_bytes, alias_ops, plan.alignment_bytes, overlaps)
    if ordered is not graph:
        other = plan_memory(ordered, scratch_bytes, alias_ops, alignment_bytes, overlaps)
        if other.arena_bytes < plan.arena_bytes:
            graph, plan = ordered, other
    if regions:
        plan = plan_memory(graph, scratch_bytes, alias_ops, alignment_bytes, overlaps, regions)
    return graph, plan


def _too_small(
    graph: Graph, buffers: Sequence[Buffer], sizes: Sequence[int], need: int, regions: Sequence[int]
) -> BudgetError:
    """The error that names the operators at which most is alive, what that is, and the largest buffer."""
    alive = [live_bytes(buffers, sizes, position) for position in range(len(graph.ops))]
    fullest = [graph.label(op) for op, count in zip(graph.ops, alive, strict=True) if count == max(alive)]
    peak = alive.index(max(alive)) if alive else 0  # without operators the inputs are too many
    there = [each for each in buffers if each.interval.first_op <= peak <= each.interval.last_op]
    there.sort(key=lambda each: -each.byte_count)
    largest = max(buffers, key=lambda buffer: buffer.byte_count)
    named = [_named(graph, each) for each in there[:_MOST_NAMED]]
    return too_small(regions, need, fullest, named, _named(graph, largest))


def _named(graph: Graph, buffer: Buffer) -> str:
    name = (
        f"`{short_name(graph.tensors[buffer.tensor_ids[0]].name)}`"
        if buffer.tensor_ids
        else f"the scratch of {graph.label(graph.ops[buffer.interval.first_op])}"
    )
    return f"{name} with {buffer.byte_count:,} bytes"


def _shared(
    graph: Graph, placements: Sequence[Placement], overlaps: Overlaps, alias_ops: Collection[str]
) -> tuple[SharedBytes, ...]:
    """The overlaps that the placements make use of; a renamed tensor is no overlap."""
    places = {place.tensor_id: place for place in placements if place.role == "tensor"}
    scratch = {place.first_op: place for place in placements if place.role == "scratch"}
    found = []
    for position, op in enumerate(graph.ops):
        if is_aliased(graph, op, alias_ops):
            continue
        for each in overlaps.get(op.index, ()):
            source = places[each.input_id]
            output = scratch[position] if each.output_id is None else places[each.output_id]
            start = max(source.offset_bytes, output.offset_bytes)
            shared = min(source.end_bytes, output.end_bytes) - start
            if shared > 0:
                together = each.in_place and source.offset_bytes == output.offset_bytes
                distance = min(each.distance_bytes, 0) if together else each.distance_bytes
                found.append(SharedBytes(op.index, each.input_id, each.output_id, distance, shared))
    return tuple(found)


def _element_bytes(graph: Graph, buffers: Sequence[Buffer]) -> list[int]:
    return [DTYPE_BYTES[graph.tensors[i].dtype] for buffer in buffers for i in buffer.tensor_ids]


def _placements(
    graph: Graph, buffers: Sequence[Buffer], offsets: Sequence[int], scratch_bytes: Mapping[int, int]
) -> tuple[Placement, ...]:
    """One placement per tensor (joined tensors share the offset) and per scratch buffer."""
    intervals = tensor_intervals(graph)
    placements = []
    for buffer, offset in zip(buffers, offsets, strict=True):
        for tensor_id in buffer.tensor_ids:
            tensor, interval = graph.tensors[tensor_id], intervals[tensor_id]
            placements.append(
                Placement(
                    tensor_id=tensor_id,
                    name=tensor.name,
                    role="tensor",
                    offset_bytes=offset,
                    byte_count=tensor.byte_count,
                    first_op=interval.first_op,
                    last_op=interval.last_op,
                )
            )
        if not buffer.tensor_ids:
            position = buffer.interval.first_op
            op = graph.ops[position]
            placements.append(
                Placement(
                    tensor_id=None,
                    name=f"scratch of {graph.label(op)}",
                    role="scratch",
                    offset_bytes=offset,
                    byte_count=scratch_bytes[op.index],
                    first_op=position,
                    last_op=position,
                )
            )
    return tuple(sorted(placements, key=lambda p: (p.first_op, p.role != "tensor", p.tensor_id or 0)))
