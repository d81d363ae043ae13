"""Budgets as people write them: ``ram=96KiB``, ``latency=100ms``, ``accuracy=85%``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edgeflow.errors import UsageError

_BYTES = {"B": 1, "KB": 1000, "MB": 1000**2, "KiB": 1024, "MiB": 1024**2}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A budget's key in the ``[budget]`` table, its units (each in the key's own unit), and an example."""

    key: str
    units: Mapping[str, float]
    example: str


QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "ram": Quantity("ram_bytes", _BYTES, "96KiB"),
        "flash": Quantity("flash_bytes", _BYTES, "512KiB"),
        "latency": Quantity("latency_ms", {"us": 1e-3, "ms": 1, "s": 1e3}, "100ms"),
        "energy": Quantity("energy_uj", {"uJ": 1, "mJ": 1e3, "J": 1e6}, "2mJ"),
        "accuracy": Quantity("accuracy", {"": 1, "%": 0.01}, "0.85"),
    }
)
_TEXT = re.compile(r"(?P<name>[a-z]+)=(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<unit>[A-Za-z%]*)")


def parse_budget(text: str) -> tuple[str, float]:
    """``("ram_bytes", 98304)`` of ``ram=96KiB``: key and value as the ``[budget]`` table has them.

    Raises:
        UsageError: the text has another form, or names no budget, no unit or no positive amount.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise UsageError(f"`{text}` is not of the form name=amount", f"for example {_examples()}")
    quantity = QUANTITIES.get(match["name"])
    if quantity is None:
        raise UsageError(f"there is no budget `{match['name']}`", f"budgets: {', '.join(QUANTITIES)}")
    if match["unit"] not in quantity.units:
        units = ", ".join(unit or "no unit" for unit in quantity.units)
        raise UsageError(f"`{text}`: the unit is missing or unknown", f"units of {match['name']}: {units}")
    amount = float(match["number"]) * quantity.units[match["unit"]]
    if quantity.key.endswith("_bytes") and math.isfinite(amount):
        amount = int(amount)
    if not 0 < amount < math.inf or (quantity.key == "accuracy" and amount > 1):
        raise UsageError(f"`{text}`: the amount is out of range", f"for example {_examples()}")
    return quantity.key, amount


def _examples() -> str:
    return " ".join(f"{name}={quantity.example}" for name, quantity in QUANTITIES.items())
