"""The plan over time: bytes alive at each operator, and ``memory_plan.json``."""

from __future__ import annotations

from typing import Any

from edgeflow.ir.graph import Graph
from edgeflow.memory.plan import MemoryPlan, align_up

SCHEMA = 2


def live_bytes(graph: Graph, plan: MemoryPlan) -> list[int]:
    """Bytes of the arena in use during each operator, padding to the alignment included.

    Bytes that two tensors share count once.
    """
    return [_covered_bytes(plan, position) for position in range(len(graph.ops))]


def _covered_bytes(plan: MemoryPlan, position: int) -> int:
    ranges = sorted(
        (p.offset_bytes, align_up(p.end_bytes, plan.alignment_bytes))
        for p in plan.placements
        if p.first_op <= position <= p.last_op
    )
    covered = end = 0
    for start, stop in ranges:
        covered += max(0, stop - max(start, end))
        end = max(end, stop)
    return covered


def plan_to_json(graph: Graph, plan: MemoryPlan) -> dict[str, Any]:
    """``memory_plan.json`` as docs/artifacts.md describes it."""
    live = live_bytes(graph, plan)
    peak = max(live, default=0)
    return {
        "schema": SCHEMA,
        "arena_bytes": plan.arena_bytes,
        "lower_bound_bytes": plan.lower_bound_bytes,
        "alignment_bytes": plan.alignment_bytes,
        "regions": [
            {
                "index": region.index,
                "capacity_bytes": region.capacity_bytes,
                "start_bytes": start,
                "used_bytes": region.used_bytes,
            }
            for region, start in zip(plan.regions, plan.region_starts(), strict=True)
        ],
        "placements": [
            {
                "tensor_id": place.tensor_id,
                "name": place.name,
                "role": place.role,
                "offset_bytes": place.offset_bytes,
                "byte_count": place.byte_count,
                "first_op": place.first_op,
                "last_op": place.last_op,
            }
            for place in plan.placements
        ],
        "overlaps": [
            {
                "operator": each.op_index,
                "input": each.input_id,
                "output": each.output_id,
                "distance_bytes": each.distance_bytes,
                "shared_bytes": each.shared_bytes,
            }
            for each in plan.overlaps
        ],
        "live_bytes": live,
        "peak_operators": [
            {"index": op.index, "kind": op.kind, "label": graph.label(op), "live_bytes": count}
            for op, count in zip(graph.ops, live, strict=True)
            if count == peak
        ],
    }
