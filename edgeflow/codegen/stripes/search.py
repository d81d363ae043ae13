"""Which regions of a graph run in stripes: those that lower the arena."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from edgeflow.codegen.offer import Offer, offer_of_parts
from edgeflow.codegen.options import StripeMode
from edgeflow.codegen.schedule import ALIAS_OPS, Schedule, best_schedule
from edgeflow.codegen.stripes.candidates import is_region
from edgeflow.codegen.stripes.lowering import Draft, Lowered, draft, finished, stand_in
from edgeflow.codegen.stripes.region import REGION_KIND, RegionCall
from edgeflow.errors import BudgetError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap
from edgeflow.memory.needs import Needs, quick_arena_bytes
from edgeflow.ops.call_overlap import operator_overlaps
from edgeflow.ops.registry import op_macs
from edgeflow.ops.spec import KernelCall, KernelSet

# What "auto" wants the arena to fall by, unless the memory regions do not hold it otherwise.
LEAST_SAVING = 0.1
# What "auto" lets the arena be larger, for fewer operators in stripes.
WORTH_MORE = 0.03

# The most operators of a region; a search for each limit, because the region that helps most at once may
# leave less to be gained elsewhere.
_LENGTHS = (4, 6, 8, 12)
_MOST_ROUNDS = 16
# Of the changes that lower the bound most, how many are planned.
_TRIED = 6
# How many sets of regions are planned in earnest, of large networks fewer so that it takes seconds, and by
# what part estimates of their arenas may be wrong.
_MOST_PLANNED, _PLANNED_OPERATORS = 5, 150
_INEXACT = 0.08
# Heights of stripes to choose from, in rows of the region's output.
_HEIGHTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """Operators from ``begin`` to before ``end``, as a region in the lowest stripes."""

    begin: int
    end: int
    draft: Draft

    def clears(self, other: _Cut) -> bool:
        """Whether they have no operator in common."""
        return self.end <= other.begin or other.end <= self.begin


_Cuts = tuple[_Cut, ...]


def striped_schedule(
    graph: Graph,
    kernels: KernelSet,
    regions: Sequence[int],
    offer: Offer,
    *,
    mode: StripeMode = "auto",
    max_recompute: float = 0.0,
) -> Schedule:
    """The best schedule with some operators run in stripes, as ``mode`` says.

    ``offer`` gives the calls of operators on whole tensors; stripes have those of ``kernels`` that
    it has not given up.
    ``max_recompute`` is the share of the network's multiply-accumulates that may run twice.

    Raises:
        BudgetError: the memory regions do not hold the arena.
        InternalError: a memory plan is wrong.
    """
    refused: BudgetError | None = None
    try:
        base = best_schedule(graph, kernels, regions, offer)
    except BudgetError as error:
        if mode == "off" or not graph.ops:
            raise
        refused, base = error, best_schedule(graph, kernels, (), offer)
    if mode == "off" or not graph.ops:
        return base
    most_macs = int(max_recompute * sum(op_macs(graph, op) for op in graph.ops))
    planned: list[Schedule] = []
    nearest: BudgetError | None = None
    for cuts in _Search(base.graph, kernels, offer, most_macs).ranked():
        try:
            planned.append(_planned(base.graph, kernels, regions, offer, cuts, most_macs))
        except BudgetError as error:
            nearest = nearest or error
    found = _chosen(planned, 0.0 if mode == "smallest" else WORTH_MORE)
    if refused is not None:
        if found is None:
            raise nearest or refused
        return found
    least = base.plan.arena_bytes - 1
    if mode == "auto":
        least = int(base.plan.arena_bytes * (1.0 - LEAST_SAVING))
    return found if found is not None and found.plan.arena_bytes <= least else base


def _chosen(planned: Sequence[Schedule], worth: float) -> Schedule | None:
    """Of those whose arena is about the least the one that computes least again, with the fewest calls."""
    limit = min((each.plan.arena_bytes for each in planned), default=0) * (1.0 + worth)
    small = [each for each in planned if each.plan.arena_bytes <= limit]
    return min(small, key=_stripe_work, default=None)


def _stripe_work(schedule: Schedule) -> tuple[int, int]:
    """Multiply-accumulates that run again, and calls of stripes."""
    calls = (call for several in schedule.calls.values() for call in several)
    regions = [call.region for call in calls if isinstance(call, RegionCall)]
    again = sum(region.recomputed_macs for region in regions)
    return again, sum(region.turn_count * len(region.stages) for region in regions)


def _planned(
    graph: Graph, kernels: KernelSet, regions: Sequence[int], offer: Offer, cuts: _Cuts, most_macs: int
) -> Schedule:
    """The schedule with these regions, in stripes as high as the arena of the lowest ones allows."""
    lowered = Lowered(graph, offer_of_parts(offer, kernels))
    offers: dict[int, tuple[tuple[RegionCall, ...], ...]] = {}
    for cut in cuts:
        drafts = [cut.draft, *_taller(lowered, cut, most_macs)]
        calls = sorted((finished(each) for each in drafts), key=lambda call: call.scratch_bytes)
        offers[cut.draft.ops[-1].index] = tuple((call,) for call in calls)

    def offered(graph: Graph, op: Op) -> Sequence[tuple[KernelCall, ...]]:
        return offers[op.index] if op.kind == REGION_KIND else offer(graph, op)

    return best_schedule(_with_stand_ins(graph, cuts), kernels, regions, offered)


def _taller(lowered: Lowered, cut: _Cut, most_macs: int) -> Iterator[Draft]:
    ops, first = cut.draft.ops, cut.draft
    for rows in _HEIGHTS:
        if first.rows < rows < lowered.graph.output_tensor(ops[-1]).shape[1]:
            taller = draft(lowered, ops, rows, fastest=True, recompute=first.recompute)
            if taller is not None and taller.recomputed_macs <= max(most_macs, first.recomputed_macs):
                yield taller


def _with_stand_ins(graph: Graph, cuts: _Cuts) -> Graph:
    """The graph with one operator for each region."""
    ops = list(graph.ops)
    for cut in sorted(cuts, key=lambda cut: -cut.begin):
        ops[cut.begin : cut.end] = [stand_in(graph, cut.draft.ops)]
    return replace(graph, ops=tuple(ops))


class _Search:
    """Adds a region, or replaces some by another, where most memory is needed, as long as that helps.

    Memory is estimated by its lower bounds, in stripes of one row; only what it yields is planned.
    """

    def __init__(self, graph: Graph, kernels: KernelSet, offer: Offer, most_macs: int) -> None:
        self.graph = graph
        self.lowered = Lowered(graph, offer_of_parts(offer, kernels))
        self.most_macs = most_macs
        least = {op.index: offer(graph, op)[0] for op in graph.ops}
        self.scratch = {index: max(call.scratch_bytes for call in calls) for index, calls in least.items()}
        self.overlaps = {index: operator_overlaps(graph, calls) for index, calls in least.items()}
        self.needs = Needs(graph, self.scratch, ALIAS_OPS, self.overlaps)
        self._known: dict[_Cut, int] = {}
        self._arenas: dict[frozenset[_Cut], int] = {}
        self._cuts: dict[tuple[int, int], tuple[_Cut, ...]] = {}

    def ranked(self) -> list[_Cuts]:
        """The most promising sets of regions: of little work, and of a small arena."""
        found = [each for length in _LENGTHS for each in self.found(length)]
        most = max(1, min(_MOST_PLANNED, _PLANNED_OPERATORS // len(self.graph.ops)))
        inexact = _INEXACT if most > 1 else 0.0
        limit = min((arena for arena, _ in found), default=0) * (1.0 + inexact)
        small = sorted((each for each in found if each[0] <= limit), key=lambda each: _work(each[1]))
        found.sort(key=lambda each: (each[0], *_work(each[1])))
        # In turns the one of the least work and the one of the smallest arena.
        order = [each for pair in zip_longest(small, found) for each in pair if each is not None]
        return list({frozenset(cuts): cuts for _, cuts in order}.values())[:most]

    def found(self, most_operators: int) -> Iterator[tuple[int, _Cuts]]:
        """Sets of regions with their arena in the lowest stripes: those tried while the best one grows."""
        cuts: _Cuts = ()
        for _ in range(_MOST_ROUNDS):
            need = self._needs(cuts)
            better = [c for c in self._changes(cuts, need, most_operators) if c[0][:2] < _peak(need)]
            if not better:
                return
            better.sort(key=lambda change: change[0])
            arenas = [(self._arena_bytes(after), i, after) for i, (_, after) in enumerate(better[:_TRIED])]
            cuts = min(arenas, key=lambda each: each[:2])[2]
            yield from ((arena, after) for arena, _, after in arenas)

    def _arena_bytes(self, cuts: _Cuts) -> int:
        """The arena in this order of operators, planned quickly."""
        key = frozenset(cuts)
        if key not in self._arenas:
            scratch, overlaps = self._memory(cuts)
            graph = _with_stand_ins(self.graph, cuts)
            self._arenas[key] = quick_arena_bytes(graph, scratch, ALIAS_OPS, overlaps)
        return self._arenas[key]

    def _changes(
        self, cuts: _Cuts, need: Mapping[int, int], most_operators: int
    ) -> Iterator[tuple[tuple[int, int, int, int], _Cuts]]:
        """Regions with one more around the peak: the highest need, how often, and their work."""
        begin, end = self._peak_range(cuts, need)
        for first in range(max(0, begin + 1 - most_operators), end):
            for last in range(
                max(begin + 1, first + 2), min(len(self.graph.ops), first + most_operators) + 1
            ):
                for cut in self._region(first, last):
                    if cut in cuts:
                        continue
                    after = (*(other for other in cuts if other.clears(cut)), cut)
                    if sum(each.draft.recomputed_macs for each in after) <= self.most_macs:
                        yield (*_peak(self._needs(after)), *_work(after)), after

    @staticmethod
    def _peak_range(cuts: _Cuts, need: Mapping[int, int]) -> tuple[int, int]:
        """The operators of the first place at which most is needed."""
        begin = max(need, key=lambda place: (need[place], -place))
        return next(((cut.begin, cut.end) for cut in cuts if cut.begin == begin), (begin, begin + 1))

    def _region(self, begin: int, end: int) -> tuple[_Cut, ...]:
        """The operators as a region without, and if that is allowed with, rows that are computed again."""
        if (begin, end) not in self._cuts:
            ops = self.graph.ops[begin:end]
            found: list[Draft | None] = []
            if is_region(self.graph, ops):
                found.append(draft(self.lowered, ops, 1, fastest=False))
                if self.most_macs:
                    found.append(self._recomputed(ops))
            self._cuts[begin, end] = tuple(_Cut(begin, end, each) for each in found if each is not None)
        return self._cuts[begin, end]

    def _recomputed(self, ops: tuple[Op, ...]) -> Draft | None:
        """The lowest stripes that compute no more again than is allowed."""
        for rows in _HEIGHTS:
            if rows < self.graph.output_tensor(ops[-1]).shape[1]:
                found = draft(self.lowered, ops, rows, fastest=False, recompute=True)
                if found is not None and found.recomputed_macs <= self.most_macs:
                    return found
        return None

    def _needs(self, cuts: _Cuts) -> dict[int, int]:
        """What operators and regions need at least, by the place of their first operator."""
        needs = dict(enumerate(self.needs.of_operators))
        for cut in cuts:
            for place in range(cut.begin, cut.end):
                del needs[place]
            needs[cut.begin] = self._need(cut)
        return needs

    def _need(self, cut: _Cut) -> int:
        if cut not in self._known:
            made, inner = cut.draft, [op.outputs[0] for op in cut.draft.ops[:-1]]
            self._known[cut] = self.needs.of_region(
                cut.begin, cut.end, inner, made.least_bytes, made.all_overlaps
            )
        return self._known[cut]

    def _memory(self, cuts: _Cuts) -> tuple[dict[int, int], dict[int, tuple[Overlap, ...]]]:
        """Scratch memory and overlaps by operator and region."""
        scratch, overlaps = dict(self.scratch), dict(self.overlaps)
        for cut in cuts:
            index = cut.draft.ops[-1].index
            scratch[index], overlaps[index] = cut.draft.least_bytes, cut.draft.all_overlaps
        return scratch, overlaps


def _work(cuts: _Cuts) -> tuple[int, int]:
    """Operators in stripes, and multiply-accumulates that run again."""
    return sum(cut.end - cut.begin for cut in cuts), sum(cut.draft.recomputed_macs for cut in cuts)


def _peak(need: Mapping[int, int]) -> tuple[int, int]:
    highest = max(need.values())
    return highest, list(need.values()).count(highest)
