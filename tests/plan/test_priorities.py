"""Orders, their weights and scores."""

import math
from typing import get_args

import msgspec
import pytest

from edgeflow.errors import ProjectError
from edgeflow.plan.priorities import RANKS, Aim, Context, Priorities, score, weights
from edgeflow.project import load_project


def test_rank_order_centroid_of_three():
    """By hand: (1 + 1/2 + 1/3) / 3, (1/2 + 1/3) / 3, (1/3) / 3."""
    assert weights(("ram", "latency", "flash")) == {
        "ram": pytest.approx(11 / 18),
        "latency": pytest.approx(5 / 18),
        "flash": pytest.approx(2 / 18),
    }


@pytest.mark.parametrize("context", get_args(Context))
def test_every_context_has_an_order_of_known_aims(context):
    order = Priorities(context).order
    assert order == RANKS[context]
    assert set(order) <= set(get_args(Aim))
    assert sum(weights(order).values()) == pytest.approx(1)


def test_an_order_of_your_own_wins():
    project = load_project(None, ('priorities.rank=["latency", "ram"]', "priorities.context=cloud"))
    assert project.priorities.order == ("latency", "ram")


@pytest.mark.parametrize("rank", ['["ram", "ram"]', '["speed"]', '"ram"'])
def test_what_is_no_order(rank):
    with pytest.raises(ProjectError, match="rank"):
        load_project(None, (f"priorities.rank={rank}",))


def test_unknown_context():
    with pytest.raises((ProjectError, msgspec.ValidationError), match="context"):
        load_project(None, ("priorities.context=desktop",))


def test_score_is_one_for_the_best_and_weighs_the_first_most():
    best = {"ram": 100.0, "latency": 10.0}
    order = ("ram", "latency")
    assert score(best, best, order) == pytest.approx(1)
    assert score({"ram": 200.0, "latency": 10.0}, best, order) == pytest.approx(2**0.75)
    assert score({"ram": 100.0, "latency": 20.0}, best, order) == pytest.approx(2**0.25)
    assert math.isclose(score({"ram": 200.0, "latency": 20.0}, best, order), 2)
