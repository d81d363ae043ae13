"""Measure every candidate of every operator, many in one run of the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edgeflow.artifact import sha256_bytes, sha256_tree
from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.offer import form_key, source_files
from edgeflow.errors import BudgetError, BuildError
from edgeflow.firmware.compiler import find_compiler
from edgeflow.firmware.object_code import object_code_bytes
from edgeflow.ir.graph import Graph
from edgeflow.ops.candidates import Candidate, candidates
from edgeflow.resources import kernels_dir
from edgeflow.tune.bench import Bench
from edgeflow.tune.records import Records

Progress = Callable[[str], None]
Ways = Mapping[int, tuple[Candidate, ...]]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measurements:
    """Figures of candidates by ``form_key`` (null ones where the image did not fit), bytes of C files."""

    figures: Mapping[str, Json]
    code_bytes: Mapping[str, int]

    @property
    def figure(self) -> str:
        """What candidates are compared by: ``cycles`` where all have them, else ``instructions``."""
        known = [each for each in self.figures.values() if each["instructions"] is not None]
        return "cycles" if all(each["cycles"] is not None for each in known) else "instructions"

    def costs(self) -> dict[str, int]:
        """The figure of each candidate that has one."""
        return {key: each[self.figure] for key, each in self.figures.items() if each[self.figure] is not None}


def ways_of(graph: Graph, bench: Bench) -> Ways:
    """All candidates by ``Op.index``."""
    return {op.index: candidates(graph, op, bench.kernels) for op in graph.ops}


def measure(ways: Ways, bench: Bench, records: Records, progress: Progress) -> Measurements:
    """Take what the records have, and measure and record the rest.

    A candidate that two operators share is measured once. Raises as ``Bench.profile`` does for what no
    candidate is to blame for.
    """
    figures, missing = {}, {}
    for index, several in ways.items():
        for number, each in enumerate(several):
            key, found = form_key(each.form), records.find(_subject(each))
            if found is not None:
                figures[key] = found
            elif key not in missing:
                missing[key] = (index, number)
    total = len(missing)
    while missing:
        progress(f"{total - len(missing)} of {total} kernel calls measured")
        for key, found in _measure_some(ways, bench, missing).items():
            index, number = missing.pop(key)
            if "not_measured" not in found:
                records.keep(_subject(ways[index][number]), found)
            figures[key] = found
    return Measurements(figures, _code_bytes(ways, bench, records))


def _measure_some(ways: Ways, bench: Bench, missing: Mapping[str, tuple[int, int]]) -> dict[str, Json]:
    """One run with a missing candidate of each operator that has one."""
    chosen: dict[int, int] = {}
    for index, number in missing.values():
        chosen.setdefault(index, number)
    keys = {index: form_key(ways[index][number].form) for index, number in chosen.items()}
    try:
        profile = bench.profile({index: chosen.get(index, 0) for index in ways})
    except (BuildError, BudgetError) as error:
        if not any(chosen.values()):
            raise
        absent: Json = {"instructions": None, "cycles": None, "kinds": {}, "not_measured": error.message}
        return {keys[index]: absent for index, number in chosen.items() if number}
    kinds = {name: profile["kinds"][name] for name in ("instructions", "cycles")}
    return {
        keys[op["index"]]: {"instructions": op["instructions"], "cycles": op["cycles"], "kinds": kinds}
        for op in profile["operators"]
        if op["index"] in keys
    }


def _subject(candidate: Candidate) -> list[object]:
    files = kernel_files(candidate.calls, kernels_dir())
    return ["calls", candidate.form, {name: sha256_bytes(content) for name, content in files.items()}]


def _code_bytes(ways: Ways, bench: Bench, records: Records) -> dict[str, int]:
    """Of each C file that a candidate needs."""
    calls = [call for several in ways.values() for each in several for call in each.calls]
    files = kernel_files(calls, kernels_dir())
    names = {name for several in ways.values() for each in several for name in source_files(each.calls)}
    headers = sha256_tree(kernels_dir() / "include")
    subjects = {name: ["code", name, sha256_bytes(files[name]), headers] for name in sorted(names)}
    found = {name: records.find(subject) for name, subject in subjects.items()}
    missing = [name for name, record in found.items() if record is None]
    compiler = find_compiler(bench.compiler, bench.target.core)
    for name, count in object_code_bytes(files, missing, compiler, bench.target.core).items():
        found[name] = {"code_bytes": count}
        records.keep(subjects[name], {"code_bytes": count})
    return {name: record["code_bytes"] for name, record in found.items() if record is not None}
