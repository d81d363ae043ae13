"""``edgeflow ops``."""

from __future__ import annotations

from typing import Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import Json
from edgeflow.errors import UsageError


def ops(
    kind: Annotated[str | None, typer.Argument(help="One operator, as TFLite names it.")] = None,
    json: Json = False,
) -> None:
    """Operators that can be compiled, with versions and limits."""
    from edgeflow.ops.document import rows
    from edgeflow.strict_toml import closest

    found = [row for row in rows() if kind is None or row["kind"] == kind.upper()]
    if not found and kind is not None:
        hint = closest(kind.upper(), [row["kind"] for row in rows()]) or "see `edgeflow ops`"
        raise UsageError(f"the operator `{kind}` is not supported", hint)
    if json:
        console.answer_json({"schema": 1, "operators": found})
    elif kind is None:
        console.answer_table(
            ("operator", "versions", "types", "limits"),
            [
                (
                    row["kind"],
                    f"up to {row['max_version']}",
                    ", ".join(row["types"]),
                    len(row["limits"]) + len(row["float32_limits"]),
                )
                for row in found
            ],
        )
    else:
        row = found[0]
        console.answer(
            f"{row['kind']}, versions up to {row['max_version']}, types: {', '.join(row['types'])}"
        )
        for limit in row["limits"]:
            console.answer(f"- {limit}")
        for limit in row["float32_limits"]:
            console.answer(f"- on float32: {limit}")
