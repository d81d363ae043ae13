"""The rows of a profile: what each operator computes, moves, keeps in RAM and flash, and takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgeflow.profile.roofline import Roofline
from edgeflow.profile.work import Work

_FROM_NETWORK = (
    "index",
    "kind",
    "label",
    "absorbed",
    "macs",
    "recomputed_macs",
    "weights_bytes",
    "input_bytes",
    "constant_bytes",
    "output_bytes",
)


def operator_rows(
    operators: Sequence[dict[str, Any]], live_bytes: Sequence[int], roof: Roofline, work: Work
) -> list[dict[str, Any]]:
    """A row for each operator of network.json, in order of execution.

    ``live_bytes`` are those of the memory plan.
    """
    return [
        {key: op[key] for key in _FROM_NETWORK}
        | {"live_bytes": live}
        | work.of_function(op["function"])
        | roof.of(
            op["macs"] + op["recomputed_macs"], op["constant_bytes"], op["input_bytes"] + op["output_bytes"]
        )
        for op, live in zip(operators, live_bytes, strict=True)
    ]
