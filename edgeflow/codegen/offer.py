"""The calls that a schedule may choose from: as the lowering orders them, or as they were measured."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from edgeflow.artifact import canonical_json, read_json, sha256_bytes
from edgeflow.codegen.kernels import kernel_files
from edgeflow.errors import UsageError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.candidates import Calls, Candidate, Form, candidates
from edgeflow.ops.registry import choices
from edgeflow.ops.spec import KernelCall, KernelSet
from edgeflow.resources import kernels_dir

# For an operator the calls to choose from, from the least scratch memory to the fastest.
Offer = Callable[[Graph, Op], Sequence[Calls]]


def usual_offer(kernels: KernelSet) -> Offer:
    """As the lowering orders them."""
    return lambda graph, op: choices(graph, op, kernels)


def offer_of_parts(offer: Offer, kernels: KernelSet) -> Offer:
    """The offer for stripes of operators, beside one for whole ones."""
    return offer.of_part if isinstance(offer, TunedOffer) else usual_offer(kernels)


@dataclass(frozen=True, slots=True)
class Measured:
    """A candidate with its name and its cost."""

    candidate: Candidate
    key: str
    cost: int
    files: frozenset[str]
    is_usual: bool

    @property
    def scratch_bytes(self) -> int:
        """As the candidate's."""
        return self.candidate.scratch_bytes

    @property
    def functions(self) -> tuple[str, ...]:
        """As the candidate's."""
        return self.candidate.functions


@dataclass(frozen=True)
class TunedOffer:
    """Calls by measured cost, without those of kernels that were given up for their size.

    ``costs`` has the calls by ``form_key``. The first call stays the lowering's: it decides how small the
    arena gets. Behind it stand those that are faster, each with more scratch memory than the one before.
    """

    kernels: KernelSet
    costs: Mapping[str, int]
    given_up: frozenset[str] = frozenset()
    # What lowering gave, with the objects that it was asked for, whose identity is the key.
    _known: dict[tuple[int, int], tuple[Graph, Op, tuple[Measured, ...]]] = field(default_factory=dict)

    def __call__(self, graph: Graph, op: Op) -> list[Calls]:
        """The calls to choose from.

        Raises:
            UsageError: none of them was measured.
        """
        return [each.candidate.calls for each in self.offered(graph, op)]

    def without(self, functions: Collection[str]) -> TunedOffer:
        """The offer without calls of these kernels, as far as there are others."""
        return replace(self, given_up=frozenset(functions))

    def of_part(self, graph: Graph, op: Op) -> Sequence[Calls]:
        """For a stripe of an operator, which was not measured: the lowering's without what was given up."""
        usual = len(choices(graph, op, self.kernels))
        several = candidates(graph, op, self.kernels)
        is_left = [not self.given_up.intersection(each.functions) for each in several]
        left = [each.calls for each, keep in zip(several, is_left, strict=True) if keep]
        return left[: sum(is_left[:usual])] or left or [each.calls for each in several[:usual]]

    def usual(self, graph: Graph, op: Op) -> list[Calls]:
        """The lowering's own, as far as they were measured, in its order."""
        return [each.candidate.calls for each in self.measured(graph, op) if each.is_usual]

    def offered(self, graph: Graph, op: Op) -> list[Measured]:
        """The same with what is known of them."""
        left = self.left(graph, op)
        ordered = sorted(left, key=lambda each: (each.scratch_bytes, each.cost))
        chosen = [next((each for each in left if each.is_usual), ordered[0])]
        for each in ordered:
            if each.cost < chosen[-1].cost:
                chosen.append(each)
        return chosen

    def left(self, graph: Graph, op: Op) -> list[Measured]:
        """Those of kernels that were not given up; all where there would be none."""
        measured = self.measured(graph, op)
        left = [each for each in measured if not self.given_up.intersection(each.functions)]
        return left or list(measured)

    def measured(self, graph: Graph, op: Op) -> tuple[Measured, ...]:
        """All that have a cost, the lowering's first and in its order.

        Raises:
            UsageError: there are none.
        """
        place = (id(graph), id(op))
        if place not in self._known:
            self._known[place] = (graph, op, tuple(self._measured(graph, op)))
        found = self._known[place][2]
        if not found:
            raise UsageError(
                f"the tuning has no measurement of {graph.label(op)}",
                "tune with this model, these options and these kernels: `edgeflow build --tune`",
            )
        return found

    def _measured(self, graph: Graph, op: Op) -> Iterator[Measured]:
        usual = len(choices(graph, op, self.kernels))
        for number, each in enumerate(candidates(graph, op, self.kernels)):
            key = form_key(each.form)
            if key in self.costs:
                yield Measured(each, key, self.costs[key], source_files(each.calls), number < usual)


def offer_of_tuning(tuning: Mapping[str, Any]) -> TunedOffer:
    """The offer of a ``tuning.json``."""
    costs = {each["key"]: each["cost"] for op in tuning["operators"] for each in op["candidates"]}
    measured = {key: cost for key, cost in costs.items() if cost is not None}
    given_up = frozenset(name for row in tuning["given_up"] for name in row["kernels"])
    return TunedOffer(tuning["kernels"], measured, given_up)


def read_tuning(path: Path, kernels: str) -> TunedOffer:
    """The offer of a ``tuning.json`` file.

    Raises:
        UsageError: it is none, or it was made with other kernels than ``kernels`` (``auto``: any).
    """
    try:
        offer = offer_of_tuning(read_json(path))
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"`{path}` is no `tuning.json`", "a tuned build writes one") from error
    if kernels not in {"auto", offer.kernels}:
        raise UsageError(f"`{path}` was measured with the kernels `{offer.kernels}`, not `{kernels}`")
    return offer


def form_key(form: Form) -> str:
    """A name for calls of one form."""
    return sha256_bytes(canonical_json(form).encode())[:32]


def source_files(calls: Calls) -> frozenset[str]:
    """The C files that the calls need, callees included."""
    return frozenset().union(*(_source_files(call.function, call.header) for call in calls))


@cache
def _source_files(function: str, header: str) -> frozenset[str]:
    files = kernel_files([KernelCall(function, header, ())], kernels_dir())
    return frozenset(name for name in files if name.endswith(".c"))
