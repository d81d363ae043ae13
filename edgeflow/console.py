"""The only module that writes to the terminal: the answer to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from decimal import Decimal

from edgeflow.errors import EdgeflowError

MAX_COLUMNS = 100


def answer(text: str) -> None:
    """A line of the command's answer."""
    print(text, file=sys.stdout)  # noqa: T201  this is the one place that prints


def answer_json(value: object) -> None:
    """The command's answer as one JSON object with sorted keys."""
    answer(json.dumps(value, indent=2, sort_keys=True))


def note(text: str) -> None:
    """Progress and remarks; flushed, so that a reader of a pipe sees them in time."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  this is the one place that prints


def error(failure: EdgeflowError) -> None:
    """One sentence, and after a blank line the hint."""
    note(f"error: {failure.message}")
    if failure.hint:
        note(f"\nhint: {failure.hint}")


def answer_table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """A table of at most 100 columns; numbers (and None, shown as a dash) are aligned to the right.

    A float gets one place, a Decimal the places that it has.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        numeric = all(_is_number_like(row[index]) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    terminal = Console()
    width = min(MAX_COLUMNS, terminal.width) if terminal.is_terminal else MAX_COLUMNS
    Console(width=width, highlight=False).print(table)


def _is_number_like(value: object) -> bool:
    return value is None or isinstance(value, int | float | Decimal)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)
