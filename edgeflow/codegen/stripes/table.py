"""The constant table of a stage: what differs between its runs of turns; what does not is a literal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgeflow.codegen.stripes.region import StageTurn
from edgeflow.codegen.stripes.runs import Run, step_bytes

# Where a run does not matter, any value does.
Values = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the table with its value in each run."""

    name: str
    values: tuple[int, ...]


class Table:
    """Collects the fields of one stage."""

    def __init__(self, runs: Sequence[Run], turns: Sequence[StageTurn]) -> None:
        self._runs = runs
        self._turns = turns
        self.columns: list[Column] = []
        self.uses_turn = False

    @property
    def c_type(self) -> str:
        """One type for all fields."""
        most = max((value for column in self.columns for value in column.values), default=0)
        return "uint8_t" if most < 1 << 8 else "uint16_t" if most < 1 << 16 else "int32_t"

    @property
    def rows(self) -> list[tuple[int, ...]]:
        """The values of each run."""
        return list(zip(*(column.values for column in self.columns), strict=True))

    def field(self, name: str, values: Values) -> str:
        """The C text of a value: a literal where all runs agree."""
        known = [value for value in values if value is not None]
        filler = known[0] if known else 0
        filled = tuple(filler if value is None else value for value in values)
        if len(set(filled)) == 1:
            return str(filled[0])
        self.columns.append(Column(name, filled))
        return f"runs[run].{name}"

    def call(self) -> tuple[str, bool]:
        """The C text of the call's place; with runs that make none (True) it is one more, and 0 for these."""
        calls = [self._first(run).call for run in self._runs]
        if None in calls:
            return self.field("call", [0 if call is None else call + 1 for call in calls]), True
        return self.field("call", calls), False

    def carried(self) -> tuple[str, str] | None:
        """From where rows are carried, and how many bytes; None where none ever are."""
        if not any(turn.carried_bytes for turn in self._turns):
            return None
        moves = [(self._first(run).carried_from, self._first(run).carried_bytes) for run in self._runs]
        start = self.field("carried_from", [begin if count else None for begin, count in moves])
        return start, self.field("carried_bytes", [count for _, count in moves])

    def offset(self, name: str, tensor_id: int) -> tuple[int, str]:
        """How far from a tensor's begin a turn reads or writes: a constant, and C text to add."""
        starts: list[int | None] = []
        steps: list[int | None] = []
        for run in self._runs:
            first = self._first(run)
            active = first.call is not None and tensor_id in first.offsets
            starts.append(first.offsets[tensor_id] if active else None)
            steps.append(step_bytes(self._turns, run.first)[tensor_id] if active and run.count > 1 else None)
        start, step = self.field(name, starts), self.field(f"{name}_step", steps)
        constant, text = (int(start), "") if start.isdigit() else (0, f" + {start}")
        if step != "0":
            self.uses_turn = True
            text += f" + turn * {step}"
        return constant, text

    def _first(self, run: Run) -> StageTurn:
        return self._turns[run.first]
