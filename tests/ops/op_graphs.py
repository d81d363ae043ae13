"""Graphs of the named cases, and how to run them."""

from functools import lru_cache

import numpy as np
from cases import CASES
from kernel_harness import host_library, run_call, run_graph

from edgeflow.frontend.tflite import parse_model
from edgeflow.ops.registry import lower


def case_of(kind, name):
    """The named case."""
    return next(case for case in CASES if (case.kind, case.name) == (kind, name))


@lru_cache(maxsize=2 * len(CASES))
def graph_of(case):
    """The case's model as the frontend reads it."""
    return parse_model(case.model, "case.tflite")


def run_all(library, graph, feeds, kernels="plain"):
    """Outputs of all input sets, each a list; variables keep their values from one to the next."""
    state = {i: value.copy() for i, value in graph.variables.items()}
    calls = {op.index: lower(graph, op, kernels) for op in graph.ops}
    runs = [run_graph(library, graph, lambda _graph, op: calls[op.index], feed, state) for feed in feeds]
    return [[run[i] for i in graph.outputs] for run in runs]


@lru_cache(maxsize=2 * len(CASES))
def plain_outputs(case):
    """What the plain kernels make of all input sets of a case."""
    return run_all(host_library(), graph_of(case), case.feeds)


def outputs_at(library, graph, calls, feed, overlap, distance):
    """All outputs when the input begins ``distance`` bytes behind the output's or the scratch's."""
    source, output = graph.tensors[overlap.input_id], graph.tensors.get(overlap.output_id)
    written_bytes = output.byte_count if output else calls[0].scratch_bytes
    shared = np.full(source.byte_count + written_bytes + abs(distance) + 8, 0xA5, np.uint8)
    read = shared[max(0, distance) :][: source.byte_count]
    written = shared[max(0, -distance) :][:written_bytes]
    arrays = {i: np.ascontiguousarray(t.data) for i, t in graph.tensors.items() if t.is_constant}
    arrays |= {i: a.copy() for i, a in zip(graph.inputs, feed, strict=True)}
    arrays |= {i: np.zeros(graph.tensors[i].shape, graph.tensors[i].dtype) for i in graph.ops[0].outputs}
    read[:] = np.frombuffer(arrays[source.id].tobytes(), np.uint8)
    arrays[source.id] = read.view(source.dtype).reshape(source.shape)
    if output:
        arrays[output.id] = written.view(output.dtype).reshape(output.shape)
    for call in calls:
        run_call(library, call, arrays, None if output else written)
    return [arrays[i].copy() for i in graph.outputs]


def assert_same_bytes(found, expected):
    """Same types, shapes and values; arrays are compared bit by bit."""
    for outputs, references in zip(found, expected, strict=True):
        for output, reference in zip(outputs, references, strict=True):
            assert output.dtype == reference.dtype
            assert output.shape == reference.shape
            if output.tobytes() != reference.tobytes():
                np.testing.assert_array_equal(output, reference)
                raise AssertionError("equal values, different bits")
