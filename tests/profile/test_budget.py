"""Limits: what fits, what does not, and the sentence that says so."""

import msgspec
import pytest

from edgeflow.errors import BudgetError
from edgeflow.profile.budget import budget_rows, check_budget, memory_use, target_limits
from edgeflow.target.descriptor import Memory, load_target

ONE_PART = [{"region": 0, "byte_count": 4000}]


def profile_of(totals, target="cortex-m", parts=ONE_PART):
    """What of profile.json the limits are compared with."""
    loaded = load_target(target)
    memory = memory_use(totals, parts, loaded)
    return {
        "target": target,
        "memory": memory,
        "limits": target_limits(loaded, memory),
        "totals": totals,
        "kinds": dict.fromkeys(totals, "measured (by this test)"),
    }


PROFILE = profile_of(
    {"flash_bytes": 104_857, "ram_bytes": 65_536, "latency_us": 12_500.0, "energy_uj": 500.0}
)
NOT_TIMED = PROFILE | {"totals": PROFILE["totals"] | {"latency_us": None}}
TIGHT = profile_of({"flash_bytes": 1_048_577, "ram_bytes": 300_000, "latency_us": 1.0})


def rows_by_name(*args, **kwargs):
    return {row.name: row for row in budget_rows(*args, **kwargs)}


def test_target_always_counts():
    rows = budget_rows(PROFILE, {})
    assert [(r.name, r.value, r.limit, r.percent, r.ok) for r in rows] == [
        ("flash of cortex-m", 104_857, 1_048_576, 10.0, True),
        ("ram of cortex-m", 65_536, 262_144, 25.0, True),
    ]
    check_budget(rows)


def test_what_the_board_reserves_is_not_there():
    limits = profile_of(PROFILE["totals"], "arduino-nano-33-ble-sense")["limits"]
    assert limits["flash_bytes"] == 983_040
    assert limits["ram_bytes"] == 262_144 - 512
    assert "boot loader" in limits["reserved_reason"]


def test_each_memory_region_has_its_limit():
    """512 KiB of AXI SRAM and 128 KiB of DTCM: together enough, but the second holds too much."""
    parts = [{"region": 0, "byte_count": 400_000}, {"region": 1, "byte_count": 131_073}]
    totals = {"flash_bytes": 100, "ram_bytes": 535_000, "latency_us": None}
    profile = profile_of(totals, "nucleo-h743zi2", parts)
    rows = budget_rows(profile, {})
    assert [(r.name, r.value, r.limit, r.ok) for r in rows[1:]] == [
        ("ram (axi-sram) of nucleo-h743zi2", 403_927, 524_288, True),
        ("ram (dtcm) of nucleo-h743zi2", 131_073, 131_072, False),
    ]
    assert profile["limits"]["ram_bytes"] == 655_360
    with pytest.raises(BudgetError, match=r"^ram \(dtcm\) of nucleo-h743zi2 is 131,072 bytes but 131,073"):
        check_budget(rows)


def test_flash_of_two_regions():
    """The program in the first, 3,000 bytes of constant arrays in the second."""
    target = load_target("cortex-m")
    more = Memory("qspi", "flash", 0x9000_0000, 4096)
    target = msgspec.structs.replace(target, memory=(*target.memory, more))
    totals = {"flash_bytes": 10_000, "ram_bytes": 5000}
    rows = memory_use(totals, ONE_PART, target, 3000)
    assert [(row["name"], row["used_bytes"], row["limit_bytes"]) for row in rows] == [
        (target.flash.name, 7000, target.flash.size_bytes),
        ("qspi", 3000, 4096),
        (target.ram.name, 5000, target.ram.size_bytes),
    ]
    assert target_limits(target, rows)["flash_bytes"] == target.flash.size_bytes + 4096


@pytest.mark.parametrize(
    ("budgets", "accuracy", "name", "value", "percent", "ok"),
    [
        ({"ram_bytes": 65_536}, None, "budget.ram_bytes", 65_536, 100.0, True),
        ({"ram_bytes": 65_535}, None, "budget.ram_bytes", 65_536, 100.0, False),
        ({"flash_bytes": 200_000}, None, "budget.flash_bytes", 104_857, 52.4, True),
        ({"latency_ms": 12.5}, None, "budget.latency_ms", 12.5, 100.0, True),
        ({"latency_ms": 10.0}, None, "budget.latency_ms", 12.5, 125.0, False),
        ({"energy_uj": 2000.0}, None, "budget.energy_uj", 500, 25.0, True),
        ({"energy_uj": 499.0}, None, "budget.energy_uj", 500, 100.2, False),
        ({"accuracy": 0.95}, 0.95, "budget.accuracy", 0.95, 100.0, True),
        ({"accuracy": 0.95}, 0.9499, "budget.accuracy", 0.9499, 100.0, False),
        ({"accuracy": 0.95}, None, "budget.accuracy", None, None, False),
    ],
)
def test_budget(budgets, accuracy, name, value, percent, ok):
    row = rows_by_name(PROFILE, budgets, accuracy=accuracy)[name]
    assert (row.value, row.percent, row.ok) == (value, percent, ok)


def test_unset_budgets_make_no_row():
    unset = {"ram_bytes": None, "flash_bytes": None, "latency_ms": None, "accuracy": None}
    assert len(budget_rows(PROFILE, unset, accuracy=0.1)) == 2


def test_every_breach_is_named_with_its_figures():
    with pytest.raises(BudgetError) as caught:
        check_budget(budget_rows(TIGHT, {"ram_bytes": 50_000, "accuracy": 0.9}, accuracy=0.875))
    assert caught.value.message.split("; ") == [
        "flash of cortex-m is 1,048,576 bytes but 1,048,577 are needed, 1 too many",
        "ram of cortex-m is 262,144 bytes but 300,000 are needed, 37,856 too many",
        "budget.ram_bytes is 50,000 bytes but 300,000 are needed, 250,000 too many",
        "budget.accuracy is 0.9 but the int8 model reaches 0.8750",
    ]
    assert caught.value.hint


def test_a_budget_that_cannot_be_checked_is_a_breach():
    with pytest.raises(BudgetError, match=r"budget\.latency_ms is 20 but this build has no figure"):
        check_budget(budget_rows(NOT_TIMED, {"latency_ms": 20.0}))


def test_rows_travel_as_json():
    assert budget_rows(PROFILE, {})[1].as_json() == {
        "name": "ram of cortex-m",
        "value": 65_536,
        "limit": 262_144,
        "percent": 25.0,
        "ok": True,
        "kind": "measured (by this test)",
    }
