"""Check a memory plan by playing it through: written apart from the planner, shares nothing with it.

The checker knows no intervals. It walks over the operators with the list of values that stand
unharmed in the arena: a write destroys what it touches, a read demands its value intact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from types import MappingProxyType

from edgeflow.errors import InternalError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlaps
from edgeflow.memory.plan import MemoryPlan, Placement


@dataclass(frozen=True, slots=True)
class _Region:
    owner: str
    start: int
    stop: int

    def touches(self, other: _Region) -> bool:
        return self.start < other.stop and other.start < self.stop


def check_plan(
    graph: Graph,
    plan: MemoryPlan,
    scratch_bytes: Mapping[int, int],
    alias_ops: Collection[str] = ("RESHAPE",),
    overlaps: Overlaps = MappingProxyType({}),
    regions: Sequence[int] = (),
) -> None:
    """Refuse a plan under which an operator would find a value destroyed.

    Only an operator of ``alias_ops`` may have its output in the very place of its first input, and
    only at the distances that ``overlaps`` gives by ``Op.index`` may an output touch an input. What it
    touches is destroyed from then on. ``regions`` are the bytes of the memory regions it may take.

    Raises:
        InternalError: buffers in use at once overlap, an offset is misaligned or outside the
            arena or across two memory regions, a tensor or scratch buffer is missing, too small
            or placed twice, or a placement's lifetime leaves out an operator that uses it.
    """
    _check_ranges(graph, plan)
    if regions or len(plan.regions) > 1:
        _check_regions(plan, regions)
    _Playback(graph, plan, scratch_bytes, alias_ops, overlaps).run()


def _fail(reason: str) -> InternalError:
    return InternalError(f"the memory plan is wrong: {reason}")


def _check_ranges(graph: Graph, plan: MemoryPlan) -> None:
    seen: set[tuple[int | None, int]] = set()
    for place in plan.placements:
        if place.offset_bytes % plan.alignment_bytes:
            raise _fail(
                f"`{place.name}` at {place.offset_bytes} is not aligned to {plan.alignment_bytes} bytes"
            )
        if place.offset_bytes < 0 or place.offset_bytes + place.byte_count > plan.arena_bytes:
            raise _fail(f"`{place.name}` leaves the arena of {plan.arena_bytes} bytes")
        key = (place.tensor_id, -1 if place.tensor_id is not None else place.first_op)
        if key in seen:
            raise _fail(f"`{place.name}` is placed twice")
        seen.add(key)
        if place.tensor_id is not None and place.tensor_id not in graph.tensors:
            raise _fail(f"`{place.name}` is no tensor of the graph")
        if place.tensor_id is not None and graph.tensors[place.tensor_id].is_constant:
            raise _fail(f"the constant `{place.name}` is in the arena")


def _check_regions(plan: MemoryPlan, capacities: Sequence[int]) -> None:
    """Regions in the order given, none above its capacity; every byte of a buffer in one of them."""
    reached, last = 0, -1
    parts: list[range] = []
    for use in plan.regions:
        if use.index <= last or use.index >= max(1, len(capacities)):
            raise _fail(f"there is no region {use.index} behind region {last}")
        if capacities and use.used_bytes > capacities[use.index]:
            raise _fail(
                f"region {use.index} holds {use.used_bytes} bytes, more than its {capacities[use.index]}"
            )
        parts.append(range(reached, reached + use.used_bytes))
        reached, last = reached + use.used_bytes, use.index
    if reached != plan.arena_bytes:
        raise _fail(f"the regions hold {reached} bytes, the arena {plan.arena_bytes}")
    for place in plan.placements:
        if not any(p.start <= place.offset_bytes and place.end_bytes <= p.stop for p in parts):
            raise _fail(f"`{place.name}` lies across two memory regions")


class _Playback:
    """The arena's contents while the operators run one after another."""

    def __init__(
        self,
        graph: Graph,
        plan: MemoryPlan,
        scratch_bytes: Mapping[int, int],
        alias_ops: Collection[str],
        overlaps: Overlaps,
    ) -> None:
        self.graph = graph
        self.overlaps = overlaps
        self.scratch_bytes = scratch_bytes
        self.alias_ops = alias_ops
        self.tensors = {p.tensor_id: p for p in plan.placements if p.tensor_id is not None}
        self.scratch = {p.first_op: p for p in plan.placements if p.role == "scratch"}
        self.intact: dict[int, _Region] = {}

    def run(self) -> None:
        given = dict.fromkeys([*self.graph.inputs, *self.graph.variables])
        regions = [self._tensor_region(i, 0) for i in given]
        self._demand_apart(regions, "before the first operator")
        self.intact = dict(zip(given, regions, strict=True))
        for position, op in enumerate(self.graph.ops):
            self._step(position, op)
        end = max(len(self.graph.ops) - 1, 0)
        for tensor_id in self._in_arena(self.graph.outputs):
            self._demand_intact(tensor_id, self._tensor_region(tensor_id, end), "when the caller reads it")
        for tensor_id in self.graph.variables:
            self._demand_intact(tensor_id, self._tensor_region(tensor_id, end), "before the next run")

    def _step(self, position: int, op: Op) -> None:
        label = self.graph.label(op)
        reads = {i: self._tensor_region(i, position) for i in self._in_arena(op.inputs)}
        for tensor_id, region in reads.items():
            self._demand_intact(tensor_id, region, f"when {label} reads it")
        writes = {i: self._tensor_region(i, position) for i in op.outputs}
        same_place = self._renamed(op, reads, writes)
        scratch = self._scratch_region(position, op)
        # Two inputs may be one region under two names (a tensor and its reshaped self).
        distinct_reads = list({(r.start, r.stop): r for r in reads.values()}.values())
        fresh = {i: r for i, r in writes.items() if i not in same_place}
        self._demand_apart(distinct_reads, f"in {label}")
        self._demand_apart([*fresh.values(), *scratch], f"in {label}")
        written: dict[int | None, _Region] = dict(fresh.items())
        if scratch:
            written[None] = scratch[0]
        self._demand_distances(op, reads, written)
        for region in (*fresh.values(), *scratch):
            self.intact = {i: kept for i, kept in self.intact.items() if not kept.touches(region)}
        self.intact.update(writes)

    def _demand_distances(
        self, op: Op, reads: Mapping[int, _Region], writes: Mapping[int | None, _Region]
    ) -> None:
        """An output, or scratch (None), that touches an input must begin as far before it as is needed."""
        least: dict[tuple[int, int | None], int] = {}
        in_place: set[tuple[int, int | None]] = set()
        for overlap in self.overlaps.get(op.index, ()):
            least[overlap.input_id, overlap.output_id] = overlap.distance_bytes
            if overlap.in_place:
                in_place.add((overlap.input_id, overlap.output_id))
        for (input_id, read), (output_id, write) in product(reads.items(), writes.items()):
            if not write.touches(read):
                continue
            words = f"`{read.owner}` and `{write.owner}` overlap in {self.graph.label(op)}"
            if (input_id, output_id) not in least:
                raise _fail(words)
            if (input_id, output_id) in in_place and read.start == write.start:
                continue
            if read.start - write.start < least[input_id, output_id]:
                raise _fail(f"{words} with less than {least[input_id, output_id]} bytes between their begins")

    def _renamed(self, op: Op, reads: Mapping[int, _Region], writes: Mapping[int, _Region]) -> set[int]:
        if op.kind not in self.alias_ops or op.inputs[0] is None or op.inputs[0] not in reads:
            return set()
        output = op.outputs[0]
        before, after = reads[op.inputs[0]], writes[output]
        return {output} if (before.start, before.stop) == (after.start, after.stop) else set()

    def _in_arena(self, tensor_ids: tuple[int | None, ...]) -> list[int]:
        present = (i for i in tensor_ids if i is not None)
        return [i for i in dict.fromkeys(present) if self.graph.tensors[i].data is None]

    def _tensor_region(self, tensor_id: int, position: int) -> _Region:
        tensor = self.graph.tensors[tensor_id]
        place = self.tensors.get(tensor_id)
        if place is None:
            raise _fail(f"tensor {tensor_id} (`{tensor.name}`) is missing")
        return _region(place, tensor.byte_count, position)

    def _scratch_region(self, position: int, op: Op) -> list[_Region]:
        need = self.scratch_bytes.get(op.index, 0)
        if need == 0:
            return []
        place = self.scratch.get(position)
        if place is None:
            raise _fail(f"the scratch of {self.graph.label(op)} is missing")
        return [_region(place, need, position)]

    def _demand_intact(self, tensor_id: int, region: _Region, when: str) -> None:
        if self.intact.get(tensor_id) != region:
            raise _fail(f"`{region.owner}` is overwritten {when}")

    @staticmethod
    def _demand_apart(regions: list[_Region], when: str) -> None:
        regions = sorted((r for r in regions if r.stop > r.start), key=lambda r: r.start)
        for lower, upper in pairwise(regions):
            if lower.touches(upper):
                raise _fail(f"`{lower.owner}` and `{upper.owner}` overlap {when}")


def _region(place: Placement, byte_count: int, position: int) -> _Region:
    if place.byte_count != byte_count:
        raise _fail(f"`{place.name}` has {place.byte_count} bytes, not the {byte_count} it needs")
    if not place.first_op <= position <= place.last_op:
        raise _fail(f"`{place.name}` is used at operator {position}, outside its lifetime")
    return _Region(place.name, place.offset_bytes, place.offset_bytes + byte_count)
