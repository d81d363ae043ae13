"""What counts most where a network will run: the ``[priorities]`` table, and the score that follows.

The ready-made orders follow the deployment contexts of systems texts on machine learning (cloud, edge,
mobile, TinyML): what is scarce there comes first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec

Aim = Literal["ram", "flash", "latency", "energy", "accuracy", "throughput"]
Context = Literal["tinyml", "mobile", "edge", "cloud"]

RANKS: Mapping[Context, tuple[Aim, ...]] = MappingProxyType(
    {
        # Kilobytes of memory and a battery for years; then what fits should answer well.
        "tinyml": ("ram", "energy", "flash", "accuracy", "latency"),
        # A battery for a day and a person who waits.
        "mobile": ("energy", "latency", "accuracy", "ram", "flash"),
        # Mains or a large battery, deadlines of machines and cameras.
        "edge": ("latency", "accuracy", "throughput", "energy", "ram"),
        # Machines shared by many requests.
        "cloud": ("throughput", "accuracy", "latency", "energy"),
    }
)


class Priorities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[priorities]`` table of the project file."""

    # Which ready-made order counts.
    context: Context = "tinyml"
    # An order of your own, most important first; it wins over `context`.
    rank: tuple[Aim, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError when an aim stands twice in ``rank``."""
        if len(set(self.rank)) != len(self.rank):
            raise ValueError("priorities.rank names an aim twice")

    @property
    def order(self) -> tuple[Aim, ...]:
        """The aims that count, most important first."""
        return self.rank or RANKS[self.context]


def weights(order: Sequence[Aim]) -> dict[Aim, float]:
    """Weights that sum to 1, of an order alone: the rank order centroid.

    Source: Barron and Barrett, "Decision Quality Using Ranked Attribute Weights", Management Science
    42 (11), 1996: the k-th of n gets the mean of 1/k ... 1/n over all n.
    """
    count = len(order)
    return {aim: sum(1 / i for i in range(k, count + 1)) / count for k, aim in enumerate(order, start=1)}


def score(costs: Mapping[Aim, float], best: Mapping[Aim, float], order: Sequence[Aim]) -> float:
    """How much a candidate costs against the best of each aim: 1 where it is the best in all, else more.

    The geometric mean of the ratios to the best, by the weights of the order. An aim without a figure
    for all candidates (energy on a target of unknown power) must not be in ``order``. All figures are
    positive, and less is better.
    """
    of_order = weights(order)
    return math.exp(sum(of_order[aim] * math.log(costs[aim] / best[aim]) for aim in order))
