"""Which kernel calls run, in which order and where their data lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgeflow.codegen.offer import Offer, usual_offer
from edgeflow.errors import BudgetError
from edgeflow.ir.graph import Graph
from edgeflow.memory.checker import check_plan
from edgeflow.memory.plan import MemoryPlan
from edgeflow.memory.planner import plan_in_best_order
from edgeflow.memory.timeline import live_bytes
from edgeflow.ops.call_overlap import operator_overlaps
from edgeflow.ops.registry import REGISTRY
from edgeflow.ops.spec import KernelCall, KernelSet

Calls = Mapping[int, tuple[KernelCall, ...]]
# Plans made to find out which operators may take faster calls.
_MOST_PLANS = 24
ALIAS_OPS = frozenset(kind for kind, spec in REGISTRY.items() if spec.is_alias)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A graph in its order of execution, its operators' calls by ``Op.index``, and their checked plan."""

    graph: Graph
    calls: Calls
    plan: MemoryPlan


def best_schedule(
    graph: Graph, kernels: KernelSet, regions: Sequence[int] = (), offer: Offer | None = None
) -> Schedule:
    """The schedule of the smallest arena, with the fastest calls that this arena has room for.

    ``offer`` gives the calls to choose from, as a rule those of ``kernels``. ``regions`` are the memories
    that the arena may take, in bytes; none for one of any size.

    Raises:
        InternalError: the memory plan is wrong.
    """
    offer = offer or usual_offer(kernels)
    offered = {op.index: tuple(offer(graph, op)) for op in graph.ops}
    small = _planned(graph, regions, {index: several[0] for index, several in offered.items()})
    faster = _faster_calls(small, offered)
    return _Upgrade(graph, regions, small, faster).run() if faster else small


def _faster_calls(
    small: Schedule, offered: Mapping[int, tuple[tuple[KernelCall, ...], ...]]
) -> dict[int, tuple[KernelCall, ...]]:
    """For each operator the fastest calls whose scratch memory its moment of the plan has room for."""
    used = live_bytes(small.graph, small.plan)
    faster = {}
    for op, at in zip(small.graph.ops, used, strict=True):
        limit = _scratch_bytes(offered[op.index][0]) + small.plan.arena_bytes - at
        fitting = [calls for calls in offered[op.index] if _scratch_bytes(calls) <= limit]
        if fitting[-1] is not offered[op.index][0]:
            faster[op.index] = fitting[-1]
    return faster


class _Upgrade:
    """Takes faster calls for all operators, or for halves of them, as long as the arena does not grow."""

    def __init__(self, graph: Graph, regions: Sequence[int], small: Schedule, faster: Calls) -> None:
        self.graph = graph
        self.regions = regions
        self.best = small
        self.faster = faster
        self.plans = _MOST_PLANS

    def run(self) -> Schedule:
        """The best schedule found."""
        self._take(tuple(self.faster))
        return self.best

    def _take(self, indexes: tuple[int, ...]) -> None:
        if self.plans == 0:
            return
        self.plans -= 1
        changed = {index: self.faster[index] for index in indexes}
        found = self._attempt({**self.best.calls, **changed})
        if found is not None and found.plan.arena_bytes <= self.best.plan.arena_bytes:
            self.best = found
        elif len(indexes) > 1:
            half = len(indexes) // 2
            self._take(indexes[:half])
            self._take(indexes[half:])

    def _attempt(self, calls: Calls) -> Schedule | None:
        """The plan with these calls, or None where the regions do not hold it."""
        try:
            return _planned(self.graph, self.regions, calls)
        except BudgetError:
            return None


def _planned(graph: Graph, regions: Sequence[int], calls: Calls) -> Schedule:
    scratch_bytes = {index: _scratch_bytes(several) for index, several in calls.items()}
    overlaps = {index: operator_overlaps(graph, several) for index, several in calls.items()}
    ordered, plan = plan_in_best_order(graph, scratch_bytes, ALIAS_OPS, overlaps=overlaps, regions=regions)
    check_plan(ordered, plan, scratch_bytes, ALIAS_OPS, overlaps, regions)
    return Schedule(ordered, calls, plan)


def _scratch_bytes(calls: tuple[KernelCall, ...]) -> int:
    return max(call.scratch_bytes for call in calls)
