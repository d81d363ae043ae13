"""The tune stage: measure the candidates of every operator, choose, and say why, in ``tuning.json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgeflow.artifact import write_json
from edgeflow.codegen.offer import TunedOffer, form_key, source_files
from edgeflow.codegen.stage import graph_to_compile
from edgeflow.errors import ToolError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.candidates import Candidate
from edgeflow.ops.registry import choices
from edgeflow.ops.spec import KernelSet
from edgeflow.tune.bench import INPUTS, Bench
from edgeflow.tune.choose import LEAST_GAIN_PER_BYTE, Choice, Chooser, GivenUp
from edgeflow.tune.measure import Measurements, measure, ways_of
from edgeflow.tune.records import Records

SCHEMA = 1
Json = dict[str, Any]


def run(bench: Bench, out_dir: Path, records: Records, progress: Callable[[str], None]) -> None:
    """Write ``tuning.json`` (docs/artifacts.md, "Tuning").

    Raises ToolError when the emulator or the compiler is missing, BudgetError when no choice of kernels
    keeps ``code_budget_bytes``, and as ``Bench.profile`` does.
    """
    graph = graph_to_compile(bench.model, bench.options)
    ways = ways_of(graph, bench)
    try:
        measurements = measure(ways, bench, records, progress)
    except ToolError as error:
        hint = "build without `tune`" + (f", or: {error.hint}" if error.hint else "")
        raise ToolError(f"the kernels cannot be measured: {error.message}", hint) from error
    offer = TunedOffer(bench.kernels, measurements.costs())
    chooser = Chooser(graph, offer, measurements.code_bytes, bench.options.regions)
    untuned = chooser.untuned()
    tuned, code_bytes = _within_budget(chooser, bench)
    figure = measurements.figure
    rows = _Rows(graph, bench.kernels, measurements, untuned, tuned)
    tuning = {
        "schema": SCHEMA,
        "model": bench.name,
        "core": bench.target.core,
        "kernels": bench.kernels,
        "figure": figure,
        "kind": f"{_kind(measurements)}; {INPUTS}",
        "code_budget_bytes": bench.options.code_budget_bytes,
        "least_gain_per_byte": LEAST_GAIN_PER_BYTE,
        "untuned": _totals(untuned, bench.code_bytes(None)),
        "tuned": _totals(tuned, code_bytes),
        "given_up": [_given_up(row) for row in tuned.given_up],
        "files": dict(measurements.code_bytes),
        "operators": [rows.operator(op, ways[op.index]) for op in graph.ops],
    }
    write_json(out_dir / "tuning.json", tuning)


def _within_budget(chooser: Chooser, bench: Bench) -> tuple[Choice, int]:
    """The choice and its linked code, which is what a budget limits.

    Objects tell what a kernel takes; what else is linked (start-up, calls, library) is the rest of an image.
    """

    def linked_bytes(choice: Choice) -> int:
        return bench.code_bytes(chooser.offer.without(choice.absent_kernels))

    budget_bytes = bench.options.code_budget_bytes
    fastest = choice = chooser.fastest()
    code_bytes = linked_bytes(choice)
    while budget_bytes is not None and code_bytes > budget_bytes:
        kernels_bytes = chooser.bytes_of(choice.files)
        choice = chooser.within(fastest, kernels_bytes - (code_bytes - budget_bytes))
        code_bytes = linked_bytes(choice)
    return choice, code_bytes


def _kind(measurements: Measurements) -> str:
    """How the figures came about; the same for all that were measured."""
    kinds = (each["kinds"] for each in measurements.figures.values() if each["kinds"])
    return str(next(kinds)[measurements.figure])


def _totals(choice: Choice, code_bytes: int) -> Json:
    return {
        "cost": choice.cost,
        "code_bytes": code_bytes,
        "arena_bytes": choice.schedule.plan.arena_bytes,
    }


def _given_up(row: GivenUp) -> Json:
    return {
        "kernels": list(row.kernels),
        "saved_bytes": row.saved_bytes,
        "added_cost": row.added_cost,
        "reason": row.reason,
    }


@dataclass(frozen=True, slots=True)
class _Rows:
    """The operators of ``tuning.json``."""

    graph: Graph
    kernels: KernelSet
    measurements: Measurements
    untuned: Choice
    tuned: Choice

    def operator(self, op: Op, several: tuple[Candidate, ...]) -> Json:
        usual = len(choices(self.graph, op, self.kernels))
        return {
            "index": op.index,
            "kind": op.kind,
            "label": self.graph.label(op),
            "untuned": self.untuned.calls[op.index].key,
            "chosen": self.tuned.calls[op.index].key,
            "reason": self._reason(op, several),
            "candidates": [
                self._candidate(each) | {"is_usual": number < usual} for number, each in enumerate(several)
            ],
        }

    def _candidate(self, candidate: Candidate) -> Json:
        key, files = form_key(candidate.form), sorted(source_files(candidate.calls))
        figures = self.measurements.figures[key]
        return {
            "key": key,
            "kernel": " ".join(candidate.functions),
            "scratch_bytes": candidate.scratch_bytes,
            "instructions": figures["instructions"],
            "cycles": figures["cycles"],
            "not_measured": figures.get("not_measured"),
            "cost": figures[self.measurements.figure],
            "code_bytes": sum(self.measurements.code_bytes[name] for name in files),
            "files": files,
        }

    def _reason(self, op: Op, several: tuple[Candidate, ...]) -> str:
        """Why the operator has its calls."""
        if len(several) == 1:
            return "the only one"
        chosen, absent = self.tuned.calls[op.index], self.tuned.absent_kernels
        costs = self.measurements.costs()
        faster = [each for each in several if costs.get(form_key(each.form), chosen.cost) < chosen.cost]
        if not faster:
            return "the fastest"
        missing = [absent.intersection(each.functions) for each in faster]
        if all(missing):
            return f"the fastest without {', '.join(sorted(frozenset[str]().union(*missing)))}"
        return "the fastest that the arena has room for"
