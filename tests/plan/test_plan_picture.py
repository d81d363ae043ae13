"""The picture says what plan.json says."""

import re

import pytest

pytest.importorskip("matplotlib", reason="the picture of a plan needs matplotlib")

from edgeflow.plan.picture import plan_svg


def row(name, ram, latency, *, fits=True, on_front=False):
    totals = (
        {"ram_bytes": ram, "latency_us": latency, "macs": 1000} if fits else {"arena_bytes": ram, "macs": 9}
    )
    return {"name": name, "totals": totals, "fits": fits, "on_front": on_front}


PLAN = {
    "target": "board",
    "limits": {"ram_bytes": 65_536},
    "budgets": {"ram_bytes": 32_768},
    "candidates": [
        row("small one", 1024, 10.0, on_front=True),
        row("ordinary one", 2048, 20.0),
        row("large one", 999_999, None, fits=False),
    ],
}


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_front_is_named_and_axes_have_units():
    found = texts(plan_svg(PLAN))
    assert "small one" in found
    assert "ordinary one" not in found
    assert "estimated latency, ms" in found
    assert {"fits", "on the front", "RAM to have"} <= set(found)


def test_without_a_cycle_model_work_takes_the_place_of_time():
    plan = PLAN | {"candidates": [row("small one", 1024, None, on_front=True)]}
    assert "million multiply-accumulates" in texts(plan_svg(plan))


def test_nothing_fits():
    plan = PLAN | {"candidates": [PLAN["candidates"][2]], "limits": {}}
    assert "does not fit" in texts(plan_svg(plan))


def test_equal_plans_are_equal_files():
    assert plan_svg(PLAN) == plan_svg(PLAN)
