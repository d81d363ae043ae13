"""The tables of delegates: which operators each takes and under which conditions, each table with its source.

One file per delegate in ``delegates/``. A table says what its source says; what that leaves open is unknown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edgeflow.errors import UsageError, UserError
from edgeflow.strict_toml import closest, convert_strict, parse_toml

Text = Annotated[str, msgspec.Meta(min_length=1)]
Value = int | float | str | bool

DELEGATES_DIR = Path(__file__).parent / "delegates"


class AllowedValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A constant input and the values that it may have."""

    input: int
    allowed: tuple[tuple[int, ...], ...]


class OperatorRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Operators that a delegate takes under the same conditions.

    All but ``conditions`` is checked: those are sentences that only the delegate can check.
    """

    kinds: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    types: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    output_types: tuple[Text, ...] | None = None
    bias_types: tuple[Text, ...] | None = None
    per_channel: bool | None = None
    data_input: int = 0
    max_version: int | None = None
    activations: tuple[Text, ...] | None = None
    constant_inputs: tuple[int, ...] = ()
    present_inputs: tuple[int, ...] = ()
    input_counts: tuple[int, ...] | None = None
    output_counts: tuple[int, ...] | None = None
    ranks: tuple[int, ...] | None = None
    max_rank: int | None = None
    attributes: dict[str, Value] = {}
    maxima: dict[str, int] = {}
    refuses: dict[str, Value] = {}
    unless: dict[str, Value] = {}
    values: AllowedValues | None = None
    conditions: tuple[Text, ...] = ()


class Delegate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One delegate or compiler for an accelerator; all keys stand at the top of its file.

    ``accelerators`` are parts of the names that descriptors of targets give to what it drives.
    ``complete`` is false where the source may leave out operators that it takes.
    """

    schema: Literal[1]
    name: Text
    title: Text
    processor: Literal["cpu", "gpu", "npu", "dsp"]
    accelerators: tuple[Text, ...]
    version: Text
    source: Text
    note: Text
    operators: Annotated[tuple[OperatorRow, ...], msgspec.Meta(min_length=1)]
    complete: bool = True

    @property
    def kinds(self) -> tuple[str, ...]:
        """The operators that it takes in one form or another, sorted."""
        return tuple(sorted({kind for row in self.operators for kind in row.kinds}))

    def rows_of(self, kind: str) -> tuple[OperatorRow, ...]:
        """What the table says about an operator."""
        return tuple(row for row in self.operators if kind in row.kinds)


def load_delegates() -> tuple[Delegate, ...]:
    """All tables, CPU first, then by name."""
    found = [_load(path) for path in sorted(DELEGATES_DIR.glob("*.toml"))]
    return tuple(sorted(found, key=lambda each: (each.processor != "cpu", each.name)))


def choose(delegates: tuple[Delegate, ...], name: str) -> Delegate:
    """The delegate of that name. Raises UsageError for another."""
    names = [each.name for each in delegates]
    if name not in names:
        raise UsageError(
            f"there is no table of a delegate `{name}`", closest(name, names) or f"known: {', '.join(names)}"
        )
    return delegates[names.index(name)]


def _load(path: Path) -> Delegate:
    tables: dict[str, type[msgspec.Struct]] = {"": Delegate, "operators": OperatorRow}
    raw = parse_toml(path, "delegate table", UserError)
    return convert_strict(raw, Delegate, tables, f"delegate table `{path.name}`", UserError)
