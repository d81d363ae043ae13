"""What `check` and `build` say where a limit is broken: why, and what would help."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from edgeflow import console
from edgeflow.errors import BudgetError

if TYPE_CHECKING:
    from pathlib import Path

    from edgeflow.advise.run import Outcome
    from edgeflow.pipeline import Build

_RAM, _FLASH = "ram_bytes", "flash_bytes"
_MOST_BUFFERS = 8


def advise_on(build: Build, limits: Mapping[str, float | None], jobs: int | None) -> Outcome:
    """The build as it is and the changes that would help, measured."""
    from edgeflow.advise.run import run

    return run(build, limits, jobs=jobs or os.cpu_count() or 1, progress=console.note)


def answer_causes(why: Mapping[str, Any] | None) -> None:
    """What weighs most of the figures that break a limit."""
    if why is None:
        return
    figures = set(why["figures"])
    if _RAM in figures and why["peak"]:
        _answer_peak(why["peak"])
    if _FLASH in figures:
        _answer_operators("largest weights", why["weights"], "weights_bytes", "bytes")
        _answer_operators(
            "most code that runs (operators share kernels)", why["code"], "executed_code_bytes", "bytes"
        )
    if figures - {_RAM, _FLASH}:
        _answer_operators("slowest operators", why["slowest"], "latency_us", "us")


def _answer_peak(peak: Mapping[str, Any]) -> None:
    from edgeflow.memory.regions import short_name

    console.answer("")
    console.answer_table(
        ("buffer", "role", "bytes", "written by"),
        [
            (short_name(each["name"]), each["role"], each["byte_count"], _operator(each["written_by"]))
            for each in peak["buffers"][:_MOST_BUFFERS]
        ],
        f"alive where most of the arena is in use, {peak['live_bytes']:,} B at {_operator(peak['operator'])}",
    )


def _answer_operators(title: str, rows: list[dict[str, Any]], key: str, unit: str) -> None:
    from edgeflow.memory.regions import short_name

    console.answer("")
    console.answer_table(
        ("operator", "output", unit, "% of all"),
        [
            (
                _operator(row["label"]),
                short_name(row["label"].partition(" (")[2].strip("`)")),
                row[key],
                row["percent"],
            )
            for row in rows
        ],
        title,
    )


def _operator(label: str) -> str:
    """Kind and number, without the tensor's name."""
    return label.partition(" (")[0]


def answer_advice(answer: Mapping[str, Any], folder: Path) -> None:
    """Every change with its totals and savings, and how to make the first one."""
    rows = answer["changes"]
    keeping = sum(row["keeps"] for row in rows)
    console.answer("")
    if not answer["figures"]:
        console.answer("nothing to advise: memory, time and energy keep their limits")
        return
    if not rows:
        console.answer("none of the changes tried would save anything")
        return
    console.answer_table(
        ("change", "RAM B", "saved", "flash B", "saved", "ms", "saved", "keeps", "needs training"),
        [_advice_row(row) for row in rows],
        f"{keeping} of {len(rows)} changes that help would keep the limits (built and measured)",
    )
    if keeping:
        first = rows[0]
        model = f" --model {answer['model']}" if answer["model"] else ""
        command = f"edgeflow build{model} --target {answer['target']} {first['command']}"
        console.answer(f"\nthe first one: {command}")
        console.answer(f"  it costs: {first['price']}")
    console.answer(f"figures: {folder / 'advice.json'}")


def answer_refused(answer: Mapping[str, Any], folder: Path, *, json: bool) -> NoReturn:
    """The advice for a program that its target does not hold: of that no finished build tells."""
    if json:
        console.answer_json({"schema": 1, "build": None, "budgets": [], "advice": dict(answer)})
    else:
        answer_advice(answer, folder)
    raise BudgetError("; ".join(answer["broken"]))


def _advice_row(row: Mapping[str, Any]) -> tuple[object, ...]:
    totals, saving = row["totals"], row["saving"]
    cells: list[object] = [row["command"].replace("--set ", "")]
    for key in (_RAM, _FLASH):
        cells += [totals.get(key), saving.get(key)]
    cells += [_ms(totals.get("latency_us")), _ms(saving.get("latency_us"))]
    return (*cells, row["keeps"], row["needs_training"])


def _ms(latency_us: float | None) -> Decimal | None:
    return None if latency_us is None else Decimal(f"{latency_us / 1000:.2f}")
