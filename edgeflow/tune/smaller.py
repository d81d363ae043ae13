"""What a choice would be without some kernels, quickly: nothing is planned."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from edgeflow.codegen.offer import Measured

# So many kernels are given up together: one alone saves nothing when its like is as large.
_MOST_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class Loss:
    """Kernels to give up, the code that saves and the cost that adds."""

    kernels: tuple[str, ...]
    saved_bytes: int
    added_cost: int

    @property
    def per_byte(self) -> float:
        """Cost for each byte."""
        return self.added_cost / self.saved_bytes


@dataclass(frozen=True, slots=True)
class _Call:
    """A candidate's cost, kernels and files; sets are bits of an integer."""

    cost: int
    kernels: int
    files: int


class Smaller:
    """Ways to make a choice smaller.

    ``several`` are the calls of each operator, the fastest of which is its present one.
    """

    def __init__(self, several: Iterable[Sequence[Measured]], code_bytes: Mapping[str, int]) -> None:
        self.rows = [sorted(row, key=lambda each: each.cost) for row in several]
        self.kernels = sorted({name for row in self.rows for each in row for name in each.functions})
        self.files = sorted({name for row in self.rows for each in row for name in each.files})
        self.sizes = [code_bytes[name] for name in self.files]
        self.calls = [
            [
                _Call(each.cost, _bits(each.functions, self.kernels), _bits(each.files, self.files))
                for each in row
            ]
            for row in self.rows
        ]
        self._bytes: dict[int, int] = {}

    def losses(self) -> Iterator[Loss]:
        """What saves code when some kernels are given up together that no operator cannot do without."""
        before = self._without(0)
        if before is None:
            return
        for count in range(1, _MOST_TOGETHER + 1):
            for chosen in itertools.combinations(range(len(self.kernels)), count):
                after = self._without(sum(1 << position for position in chosen))
                if after is not None and after[1] < before[1]:
                    names = tuple(self.kernels[position] for position in chosen)
                    yield Loss(names, before[1] - after[1], after[0] - before[0])

    def _without(self, absent: int) -> tuple[int, int] | None:
        """Cost and code bytes; None where an operator has no other kernel."""
        cost = files = 0
        for row in self.calls:
            taken = next((each for each in row if not each.kernels & absent), None)
            if taken is None:
                return None
            cost += taken.cost
            files |= taken.files
        if files not in self._bytes:
            self._bytes[files] = sum(size for bit, size in enumerate(self.sizes) if files >> bit & 1)
        return cost, self._bytes[files]


def _bits(names: Iterable[str], ordered: Sequence[str]) -> int:
    return sum(1 << ordered.index(name) for name in set(names))
