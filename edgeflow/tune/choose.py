"""Which kernels a network gets: the fastest, without those whose code is not worth its bytes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from edgeflow.codegen.offer import Measured, Offer, TunedOffer
from edgeflow.codegen.schedule import Schedule, best_schedule
from edgeflow.errors import BudgetError
from edgeflow.ir.graph import Graph, Op
from edgeflow.tune.smaller import Loss, Smaller

# Kernels stay only if they gain this part of the network's cost for each byte that they take: 0.1 % for a
# KiB. Faster code for one tiny layer gains less.
LEAST_GAIN_PER_BYTE = 1e-6
POOR = "gained too little for its bytes"
BUDGET = "code budget"

# Of the likely ways to save code, how many are planned: the arena may have no room for the next kernel.
_MOST_PLANNED = 12


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Kernels that no operator may use, and what that changed."""

    kernels: tuple[str, ...]
    saved_bytes: int
    added_cost: int
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A schedule, the measured calls in it by ``Op.index``, and what was given up for it."""

    schedule: Schedule
    calls: Mapping[int, Measured]
    given_up: tuple[GivenUp, ...] = ()

    @property
    def cost(self) -> int:
        """Of all operators together."""
        return sum(each.cost for each in self.calls.values())

    @property
    def files(self) -> frozenset[str]:
        """C files of all kernels."""
        return frozenset[str]().union(*(each.files for each in self.calls.values()))

    @property
    def absent_kernels(self) -> frozenset[str]:
        """Kernels that were given up."""
        return frozenset(name for row in self.given_up for name in row.kernels)


class Chooser:
    """Chooses for one graph. ``code_bytes`` are those of the C files."""

    def __init__(
        self, graph: Graph, offer: TunedOffer, code_bytes: Mapping[str, int], regions: Sequence[int] = ()
    ) -> None:
        self.graph = graph
        self.offer = offer
        self.code_bytes = code_bytes
        self.regions = regions

    def untuned(self) -> Choice:
        """What the lowering's own order gives."""
        return self._scheduled(self.offer.usual)

    def fastest(self) -> Choice:
        """The fastest calls that fit the arena, without kernels that gain too little."""
        choice = self._choice(())
        while losses := self._losses(choice):
            smaller = self._after(choice, min(losses, key=_by_byte).kernels, POOR)
            last = smaller.given_up[-1]
            if last.added_cost >= LEAST_GAIN_PER_BYTE * last.saved_bytes * smaller.cost:
                break
            choice = smaller
        return choice

    def within(self, choice: Choice, limit_bytes: int) -> Choice:
        """The choice without the kernels of the least gain per byte, until the rest fits.

        Raises:
            BudgetError: nothing more can be given up.
        """
        start = choice
        while (used := self.bytes_of(choice.files)) > limit_bytes:
            losses = self._losses(choice)
            if not losses:
                raise BudgetError(
                    f"the smallest kernels take {used:,} B of code,"
                    f" the code budget leaves them {max(limit_bytes, 0):,} B",
                    'raise `codegen.code_budget_bytes`, or try `codegen.stripes="off"`: less code',
                )
            enough = [each for each in losses if used - each.saved_bytes <= limit_bytes]
            likely = sorted(enough, key=_by_cost) or sorted(losses, key=_by_byte)
            planned = [self._after(choice, each.kernels, BUDGET) for each in likely[:_MOST_PLANNED]]
            choice = min(planned, key=lambda each: self._excess_and_cost(each, limit_bytes))
        return self._in_one(start, self._taken_back(choice, limit_bytes))

    def _excess_and_cost(self, choice: Choice, limit_bytes: int) -> tuple[int, int]:
        return max(0, self.bytes_of(choice.files) - limit_bytes), choice.cost

    def bytes_of(self, files: Collection[str]) -> int:
        """Code of these files."""
        return sum(self.code_bytes[name] for name in files)

    def _taken_back(self, choice: Choice, limit_bytes: int) -> Choice:
        """The choice with kernels that fit after all, because larger ones were given up behind them."""
        for row in reversed([each for each in choice.given_up if each.reason == BUDGET]):
            larger = self._choice([each for each in choice.given_up if each is not row])
            if self.bytes_of(larger.files) <= limit_bytes and larger.cost < choice.cost:
                choice = larger
        return choice

    def _in_one(self, start: Choice, choice: Choice) -> Choice:
        """The choice with all that the budget took in one row: one depends on the other."""
        names = [name for row in choice.given_up if row.reason == BUDGET for name in row.kernels]
        if not names:
            return choice
        saved = self.bytes_of(start.files) - self.bytes_of(choice.files)
        row = GivenUp(tuple(sorted(set(names))), saved, choice.cost - start.cost, BUDGET)
        return replace(choice, given_up=(*start.given_up, row))

    def _losses(self, choice: Choice) -> list[Loss]:
        """What giving up some kernels more would change, if the arena had room for every other."""
        graph, offer = choice.schedule.graph, self.offer.without(choice.absent_kernels)
        several = []
        for op in graph.ops:
            now = choice.calls[op.index]
            # A faster one than now was planned, and did not fit.
            several.append([now, *(each for each in offer.left(graph, op) if each.cost > now.cost)])
        return list(Smaller(several, self.code_bytes).losses())

    def _after(self, choice: Choice, kernels: tuple[str, ...], reason: str) -> Choice:
        smaller = self._choice([*choice.given_up, GivenUp(kernels, 0, 0, reason)])
        saved = self.bytes_of(choice.files) - self.bytes_of(smaller.files)
        row = GivenUp(kernels, saved, smaller.cost - choice.cost, reason)
        return replace(smaller, given_up=(*choice.given_up, row))

    def _choice(self, given_up: Sequence[GivenUp]) -> Choice:
        offer = self.offer.without([name for row in given_up for name in row.kernels])
        return replace(self._scheduled(offer), given_up=tuple(given_up))

    def _scheduled(self, offer: Offer) -> Choice:
        kernels = self.offer.kernels
        try:
            schedule = best_schedule(self.graph, kernels, self.regions, offer)
        except BudgetError:  # operators in stripes may still fit: code generation says so
            schedule = best_schedule(self.graph, kernels, (), offer)
        return Choice(schedule, {op.index: self._taken(schedule, op) for op in self.graph.ops})

    def _taken(self, schedule: Schedule, op: Op) -> Measured:
        # Asked for the graph that was scheduled: its schedule may be a graph of another order.
        several = self.offer.measured(self.graph, op)
        return next(each for each in several if each.candidate.calls is schedule.calls[op.index])


def _by_byte(loss: Loss) -> tuple[float, int, tuple[str, ...]]:
    """The least cost for each byte; of equal ones the fewest kernels, then the first by name."""
    return loss.per_byte, len(loss.kernels), loss.kernels


def _by_cost(loss: Loss) -> tuple[int, int, int, tuple[str, ...]]:
    """The least cost, then the most bytes; of equal ones the fewest kernels, then the first by name."""
    return loss.added_cost, -loss.saved_bytes, len(loss.kernels), loss.kernels
