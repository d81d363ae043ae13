"""What fits, what is on the front, and in which order it is offered."""

import pytest

from edgeflow.plan.front import Row, broken_limits, pareto_front, ranked
from edgeflow.plan.measure import Measured
from edgeflow.plan.sweep import Sweep, candidates
from edgeflow.train.options import ModelOptions

ORDER = ("ram", "energy", "accuracy", "latency")
NAMED = candidates(Sweep(sizes=("32", "64"), colors=("rgb",), widths=(0.25, 0.5)), ModelOptions(), 2)


def measured(ram, latency, macs, **more):
    totals = {"ram_bytes": ram, "flash_bytes": 1000, "latency_us": latency, "macs": macs, **more}
    kinds = dict.fromkeys(totals, "measured (by this test)")
    memory = [{"kind": "ram", "name": "sram", "used_bytes": ram, "limit_bytes": 500}]
    return Measured(totals, 1.0, {"totals": totals, "kinds": kinds, "memory": memory, "target": "board"})


def rows(*several, budgets=None):
    return [
        Row(candidate, 1, one, broken_limits(one, budgets or {}))
        for candidate, one in zip(NAMED, several, strict=False)
    ]


def test_dominated_candidates_are_not_on_the_front():
    costs = {
        "cheap": {"ram": 1.0, "latency": 9.0},
        "fast": {"ram": 9.0, "latency": 1.0},
        "worse than fast": {"ram": 9.0, "latency": 2.0},
        "as fast": {"ram": 9.0, "latency": 1.0},
    }
    assert pareto_front(costs) == {"cheap", "fast", "as fast"}


def test_fitting_ones_first_by_score():
    big, small, too_big, slow = (
        measured(400, 90.0, 10),
        measured(100, 50.0, 5),
        measured(501, 1.0, 99),
        measured(100, 60.0, 5),
    )
    found = ranked(rows(big, small, too_big, slow), ORDER)
    assert [row.measured for row in found] == [small, slow, big, too_big]
    assert [row.fits for row in found] == [True, True, True, False]
    assert [row.on_front for row in found] == [True, False, True, False]
    assert found[-1].score is None
    assert found[-1].broken == ("ram of board is 500 bytes but 501 are needed, 1 too many",)


def test_an_aim_without_figures_does_not_count():
    """No row has an energy, so the order is that of RAM, accuracy and latency."""
    found = ranked(rows(measured(100, 50.0, 5), measured(200, 50.0, 5)), ("energy",))
    assert [row.score for row in found] == [None, None]
    assert ranked(rows(measured(100, 50.0, 5)), ORDER)[0].score == pytest.approx(1)


@pytest.mark.parametrize(
    ("budgets", "broken"),
    [
        ({"latency_ms": 0.06, "accuracy": 0.9}, ()),
        ({"latency_ms": 0.04}, ("budget.latency_ms is 0.04 but the estimate is 0.050",)),
        ({"energy_uj": 5.0}, ("budget.energy_uj is 5 but this build has no figure to compare",)),
        ({"ram_bytes": 99}, ("budget.ram_bytes is 99 bytes but 100 are needed, 1 too many",)),
    ],
)
def test_budgets(budgets, broken):
    assert broken_limits(measured(100, 50.0, 5), budgets) == broken


def test_a_refused_candidate_says_why_and_shows_what_is_known():
    refused = Measured(
        {"arena_bytes": 7, "weights_bytes": 3, "macs": 5}, 1.0, refusal="the arena has 7 bytes"
    )
    (row,) = ranked(rows(refused), ORDER)
    assert row.as_json()["broken"] == ["the arena has 7 bytes"]
    assert row.as_json()["totals"]["arena_bytes"] == 7
