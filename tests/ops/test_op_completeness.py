"""An operator is six things: file, registry line, shapes, C kernel, named cases, oracle. Which is missing?"""

import importlib
import importlib.util
from functools import cache
from pathlib import Path

import pytest
from cases import CASES
from kernel_harness import KERNELS, SOURCES
from op_graphs import graph_of
from test_float_edges import CASES as FLOAT_CASES

from edgeflow import ops
from edgeflow.frontend.tflite import parse_model
from edgeflow.ops.registry import MADE_BY_PASSES, REGISTRY, choices, lower
from edgeflow.ops.spec import KERNEL_SETS, OpSpec


def op_files():
    """Modules of the package that hold an operator: their stem is its name in lower case."""
    stems = sorted(path.stem for path in Path(ops.__file__).parent.glob("*.py"))
    modules = {stem: importlib.import_module(f"edgeflow.ops.{stem}") for stem in stems}
    return [stem for stem, module in modules.items() if isinstance(getattr(module, "SPEC", None), OpSpec)]


@cache
def calls_of(kind, kernels="plain"):
    graphs = [graph_of(case) for case in CASES if case.kind == kind]
    return [call for graph in graphs for calls in choices(graph, graph.ops[0], kernels) for call in calls]


def missing_parts(kind, oracle=None):
    """Names of the parts that the operator lacks."""
    parts = set()
    if importlib.util.find_spec(f"edgeflow.ops.{kind.lower()}") is None:
        parts.add("op file")
    if kind not in REGISTRY or REGISTRY[kind].kind != kind:
        parts.add("registry line")
    cases = [case for case in CASES if case.kind == kind]
    if not cases:
        return parts | {"named cases", "shapes", "C kernel", "oracle"}
    for case in cases:
        graph = graph_of(case)
        written = tuple(case.tensors[i].shape for i in case.node.outputs)
        if REGISTRY[kind].output_shapes(graph, graph.ops[0]) != written:
            parts.add("shapes")
    for call in calls_of(kind):
        files = (KERNELS / "src" / f"{call.function}.c", KERNELS / "include" / call.header)
        if not all(path.is_file() for path in files):
            parts.add("C kernel")
    if oracle is not None and isinstance(oracle.ask(cases[0].model, cases[0].feeds), str):
        parts.add("oracle")
    return parts


@pytest.mark.parametrize("kind", REGISTRY)
def test_no_part_is_missing(kind, oracle):
    assert missing_parts(kind, oracle) == set()


def test_an_operator_without_any_part_is_noticed():
    assert missing_parts("RFFT2D") == {
        "op file",
        "registry line",
        "named cases",
        "shapes",
        "C kernel",
        "oracle",
    }


def test_every_op_file_has_a_registry_line():
    builtin = {stem.upper() for stem in op_files()} - {"LOOKUP_TABLE"}  # the table of `fuse_lookup`
    assert sorted(builtin) == sorted(REGISTRY)
    assert MADE_BY_PASSES["LOOKUP"].kind == "LOOKUP"
    assert list(REGISTRY) == sorted(REGISTRY)


def test_every_kernel_source_is_called_by_a_case():
    """Or it is the source of a header, which a kernel that includes it brings along."""
    called = {
        call.function for kind in REGISTRY for kernels in KERNEL_SETS for call in calls_of(kind, kernels)
    }
    for case in FLOAT_CASES:
        graph = parse_model(case.model, case.name)
        called |= {call.function for op in graph.ops for call in lower(graph, op)}
    shared = {path.stem for path in SOURCES if (KERNELS / "include" / f"{path.stem}.h").is_file()}
    assert called | shared == {path.stem for path in SOURCES}
