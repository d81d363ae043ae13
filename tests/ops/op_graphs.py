"""Graphs of the named cases, and how to run them."""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from cases import CASES
from kernel_harness import run_graph

from edgeflow.frontend.tflite import read_model
from edgeflow.ops.registry import lower


def case_of(kind, name):
    """The named case."""
    return next(case for case in CASES if (case.kind, case.name) == (kind, name))


def graph_of(case):
    """The case's model as the frontend reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.tflite"
        path.write_bytes(case.model)
        return read_model(path)


def run_all(library, graph, feeds, kernels="plain"):
    """Outputs of all input sets, each a list; variables keep their values from one to the next."""
    state = {i: value.copy() for i, value in graph.variables.items()}
    runs = [run_graph(library, graph, partial(lower, kernels=kernels), feed, state) for feed in feeds]
    return [[run[i] for i in graph.outputs] for run in runs]


def assert_same_bytes(found, expected):
    """Same types, shapes and values; arrays are compared bit by bit."""
    for outputs, references in zip(found, expected, strict=True):
        for output, reference in zip(outputs, references, strict=True):
            assert output.dtype == reference.dtype
            assert output.shape == reference.shape
            if output.tobytes() != reference.tobytes():
                np.testing.assert_array_equal(output, reference)
                raise AssertionError("equal values, different bits")
