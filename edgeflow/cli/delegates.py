"""``edgeflow delegates``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgeflow import console
from edgeflow.cli.options import Json

if TYPE_CHECKING:
    from edgeflow.mobile.table import Delegate

_MANY_TYPES = 4
_MARKS = {"yes": "yes", "if": "if", "no": "-", "unknown": "?"}


def delegates(
    model: Annotated[
        Path,
        typer.Argument(help="A .tflite file of any types, or `list` for the tables.", show_default=False),
    ],
    target: Annotated[
        str | None, typer.Option("--target", help="Only what this phone or Linux board can have.")
    ] = None,
    delegate: Annotated[str | None, typer.Option("--delegate", help="Only this one, with reasons.")] = None,
    json: Json = False,
) -> None:
    """Which operators XNNPACK, the GPU delegate and NPUs take, of a model or at all."""
    from edgeflow.mobile.delegation import of_model, of_target, require_system
    from edgeflow.mobile.table import choose, load_delegates
    from edgeflow.target.descriptor import load

    chosen = list(load_delegates())
    without: list[str] = []
    if target is not None:
        chosen, without = of_target(chosen, require_system(load(target), target))
    if delegate is not None:
        chosen = [choose(tuple(chosen), delegate)]
    if model == Path("list"):
        _answer_tables(chosen, json=json)
        return
    result = of_model(model, chosen) | {"accelerators_without_table": without}
    if json:
        console.answer_json(result)
        return
    _answer_operators(result, [each.name for each in chosen])
    _answer_parts(result)
    if delegate is not None:
        _answer_reasons(result, delegate)
    for name in without:
        console.answer(f"{name}: no public list of operators is known here")
    console.answer(result["kind"])


def _answer_tables(chosen: list[Delegate], *, json: bool) -> None:
    from edgeflow.mobile.delegation import listed, row_count

    if json:
        console.answer_json({"schema": 1, "rows": row_count(chosen), "delegates": listed(chosen)})
        return
    for each in chosen:
        console.answer(f"{each.name}: {each.title}, {row_count([each])} rows\n  version: {each.version}")
        console.answer(f"  source: {each.source}\n  note: {each.note}\n")
    kinds = sorted({kind for each in chosen for kind in each.kinds})
    console.answer_table(
        ("operator", *(_column(each.name) for each in chosen)),
        [(kind, *(_types(each, kind) for each in chosen)) for kind in kinds],
        "element types taken",
    )
    console.answer("conditions of each row: `edgeflow delegates list --json`")


def _types(delegate: Delegate, kind: str) -> str:
    rows = delegate.rows_of(kind)
    if any(len(row.types) > _MANY_TYPES for row in rows):
        return "many"
    found = {dtype[0] + dtype.lstrip("abcdefghijklmnopqrstuvwxyz") for row in rows for dtype in row.types}
    return " ".join(sorted(found)) or ("-" if delegate.complete else "?")


def _answer_operators(result: dict[str, Any], names: list[str]) -> None:
    console.answer_table(
        ("#", "operator", "type", "MACs", *(_column(name) for name in names)),
        [
            (
                str(op["index"]),
                op["kind"],
                op["dtype"] or "-",
                op["macs"],
                *(_MARKS[op["verdicts"][name]["answer"]] for name in names),
            )
            for op in result["operators"]
        ],
    )
    console.answer("yes: taken; if: its conditions hold; -: CPU; ?: unknown; reasons: --delegate NAME\n")


def _column(name: str) -> str:
    return name.removeprefix("qualcomm-").removesuffix("-neuron").removesuffix("-armnn")


def _answer_parts(result: dict[str, Any]) -> None:
    console.answer_table(
        ("delegate", "operators", "of them if", "parts", "CPU parts", "% of MACs"),
        [
            (
                row["name"],
                row["operators_taken"],
                row["operators_open"],
                row["delegated_parts"],
                row["cpu_parts"],
                row["macs_percent"],
            )
            for row in result["delegates"]
        ],
    )


def _answer_reasons(result: dict[str, Any], name: str) -> None:
    for op in result["operators"]:
        reason = op["verdicts"][name]["reason"]
        if reason:
            console.answer(f"{op['kind']} #{op['index']}: {op['verdicts'][name]['answer']}: {reason}")
