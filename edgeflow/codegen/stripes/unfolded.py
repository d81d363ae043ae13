"""The memory plan as readers see it: each operator of a region in its own place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from edgeflow.codegen.stripes.region import Region, RegionCall
from edgeflow.ir.graph import Graph
from edgeflow.memory.plan import MemoryPlan, Placement
from edgeflow.ops.spec import KernelCall


def unfolded(graph: Graph, plan: MemoryPlan, calls: Mapping[int, tuple[KernelCall, ...]]) -> MemoryPlan:
    """The plan with the operators of a region, and its buffers, instead of what stands for them."""
    firsts: list[int] = []
    regions: dict[int, Region] = {}
    for position, op in enumerate(graph.ops):
        firsts.append(0 if not position else _after(firsts[-1], regions.get(position - 1)))
        call = calls[op.index][0]
        if isinstance(call, RegionCall):
            regions[position] = call.region
    if not regions:
        return plan
    placements: list[Placement] = []
    for place in plan.placements:
        region = regions.get(place.last_op)
        if place.role == "scratch" and region is not None:
            placements += _buffers(place, region, firsts[place.first_op])
            continue
        last = _after(firsts[place.last_op], region) - 1
        placements.append(replace(place, first_op=firsts[place.first_op], last_op=last))
    placements.sort(key=lambda p: (p.first_op, p.role != "tensor", p.tensor_id or 0))
    return replace(plan, placements=tuple(placements))


def _after(first: int, region: Region | None) -> int:
    return first + (len(region.stages) if region else 1)


def _buffers(scratch: Placement, region: Region, first: int) -> list[Placement]:
    """What lies in a region's scratch memory. A tensor's buffer holds some of its rows, never all."""
    return [
        replace(
            place,
            tensor_id=None,
            name=place.name if place.tensor_id is None else f"rows of {place.name}",
            role="scratch" if place.tensor_id is None else "stripe",
            offset_bytes=scratch.offset_bytes + place.offset_bytes,
            first_op=first + place.first_op,
            last_op=first + place.last_op,
        )
        for place in region.inner.placements
    ]
