"""Do the figures fit the target and the project's budgets: one row for each limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgeflow.errors import ADVICE_HINT, BudgetError
from edgeflow.target.descriptor import Target

# A budget's key, the total it limits, and how many of the total's units make one of the budget's.
_BUDGETS: tuple[tuple[str, str, float], ...] = (
    ("flash_bytes", "flash_bytes", 1),
    ("ram_bytes", "ram_bytes", 1),
    ("latency_ms", "latency_us", 1000),
    ("energy_uj", "energy_uj", 1),
)
ACCURACY = "accuracy"
NO_FIGURE = "not available: this build has no figure"


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One limit: ``name`` says whose. ``value`` and ``percent`` are None when nothing can be compared.

    ``kind`` says what the value is: measured, simulated or estimated, and by what.
    """

    name: str
    value: float | None
    limit: float
    percent: float | None
    ok: bool
    kind: str

    def as_json(self) -> dict[str, Any]:
        """The row as it stands in report.json."""
        return asdict(self)


def memory_use(
    totals: Mapping[str, Any],
    arena_parts: Sequence[Mapping[str, int]],
    target: Target,
    second_flash_bytes: int = 0,
) -> list[dict[str, Any]]:
    """Each memory region that the program uses, as it stands in profile.json under ``memory``.

    The first RAM region holds all but the parts of the arena that are for others, the first flash region
    all but ``second_flash_bytes``.
    """
    elsewhere: dict[int, int] = {}
    for part in arena_parts:
        if part["region"] > 0:
            elsewhere[part["region"]] = elsewhere.get(part["region"], 0) + part["byte_count"]
    seconds = target.flashes[1:2] if second_flash_bytes else ()
    first = totals["ram_bytes"] - sum(elsewhere.values())
    rows = [
        (target.flash, totals["flash_bytes"] - second_flash_bytes, target.flash.size_bytes),
        *((region, second_flash_bytes, region.size_bytes) for region in seconds),
        (target.ram, first, target.ram.size_bytes),
        *((target.rams[i], used, target.rams[i].size_bytes) for i, used in sorted(elsewhere.items())),
    ]
    return [
        {"kind": region.kind, "name": region.name, "used_bytes": used, "limit_bytes": limit}
        for region, used, limit in rows
    ]


def target_limits(target: Target, memory: Sequence[Mapping[str, Any]]) -> dict[str, int | str]:
    """What the target leaves to an application, as it stands in profile.json under ``limits``.

    Flash and RAM are those of all regions in use.
    """
    return {
        "flash_bytes": sum(row["limit_bytes"] for row in memory if row["kind"] == "flash"),
        "flash_reserved_bytes": target.reserved_bytes("flash"),
        "ram_bytes": sum(row["limit_bytes"] for row in memory if row["kind"] == "ram"),
        "ram_reserved_bytes": target.reserved_bytes("ram"),
        "reserved_reason": target.reserved_reason,
    }


def budget_rows(
    profile: Mapping[str, Any],
    budgets: Mapping[str, float | None],
    *,
    accuracy: float | None = None,
) -> list[BudgetRow]:
    """The target's memory and every budget that is set, against a profile (the content of profile.json).

    ``budgets`` are the keys of the project's ``[budget]`` table; ``accuracy`` is the int8 model's on
    the test part, between 0 and 1, or None when the build has no pictures.
    """
    totals, kinds = profile["totals"], profile["kinds"]
    rows = [
        _at_most(
            f"{_title(region, profile)} of {profile['target']}",
            region["used_bytes"],
            region["limit_bytes"],
            kinds[f"{region['kind']}_bytes"],
        )
        for region in profile["memory"]
    ]
    for key, total, scale in _BUDGETS:
        limit = budgets.get(key)
        if limit is not None:
            value = totals.get(total)
            scaled = None if value is None else value / scale
            rows.append(_at_most(f"budget.{key}", scaled, limit, kinds.get(total, NO_FIGURE)))
    least = budgets.get(ACCURACY)
    if least is not None:
        rows.append(_at_least(f"budget.{ACCURACY}", accuracy, least))
    return rows


def _title(region: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    """``ram``, or where several of the kind are in use ``ram (dtcm)``."""
    alike = [row for row in profile["memory"] if row["kind"] == region["kind"]]
    return str(region["kind"] if len(alike) == 1 else f"{region['kind']} ({region['name']})")


def broken_totals(rows: Sequence[BudgetRow]) -> tuple[str, ...]:
    """The totals of the profile, ``ram_bytes`` and the like, that break a limit; accuracy is none."""
    broken = [row.name for row in rows if not row.ok and row.value is not None]
    return tuple(
        total
        for key, total, _ in _BUDGETS
        if any(name == f"budget.{key}" or name.startswith(f"{total.split('_')[0]} ") for name in broken)
    )


def check_budget(rows: Sequence[BudgetRow], hint: str | None = ADVICE_HINT) -> None:
    """Raise BudgetError with every breach and its figures."""
    found = breaches(rows)
    if found:
        raise BudgetError("; ".join(found), hint)


def breaches(rows: Sequence[BudgetRow]) -> list[str]:
    """A sentence with figures for every limit that is broken."""
    return [_sentence(row) for row in rows if not row.ok]


def _at_most(name: str, value: float | None, limit: float, kind: str) -> BudgetRow:
    if value is None:
        return BudgetRow(name, None, limit, None, ok=False, kind=kind)
    exact = int(value) if float(value).is_integer() else value
    return BudgetRow(name, exact, limit, round(100 * value / limit, 1), ok=value <= limit, kind=kind)


def _at_least(name: str, value: float | None, limit: float) -> BudgetRow:
    if value is None:
        return BudgetRow(name, None, limit, None, ok=False, kind=NO_FIGURE)
    kind = "measured (int8 model on the test part)"
    return BudgetRow(name, value, limit, round(100 * value / limit, 1), ok=value >= limit, kind=kind)


def _sentence(row: BudgetRow) -> str:
    if row.value is None:
        return f"{row.name} is {row.limit:g} but this build has no figure to compare"
    if row.name.endswith(ACCURACY):
        return f"{row.name} is {row.limit:g} but the int8 model reaches {row.value:.4f}"
    if row.name.endswith(("latency_ms", "energy_uj")):
        return f"{row.name} is {row.limit:g} but the estimate is {row.value:,.3f}"
    excess = row.value - row.limit
    return f"{row.name} is {row.limit:,.0f} bytes but {row.value:,.0f} are needed, {excess:,.0f} too many"
