"""Moved bytes: the same as the C kernels move on all named cases of operators that compute nothing."""

import numpy as np
import pytest
from cases import CASES
from kernel_harness import run_graph
from op_graphs import graph_of

from edgeflow.ops.registry import lower
from edgeflow.passes.copying import keeps_order, moved

KINDS = sorted(
    {
        "BATCH_TO_SPACE_ND",
        "CONCATENATION",
        "DEPTH_TO_SPACE",
        "EXPAND_DIMS",
        "GATHER",
        "MIRROR_PAD",
        "PACK",
        "PAD",
        "PADV2",
        "RESHAPE",
        "RESIZE_NEAREST_NEIGHBOR",
        "SLICE",
        "SPACE_TO_DEPTH",
        "SPLIT",
        "SPLIT_V",
        "SQUEEZE",
        "STRIDED_SLICE",
        "TILE",
        "TRANSPOSE",
        "UNPACK",
    }
)


def as_bytes(array):
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_as_the_kernels(kind, kernels):
    for case in (case for case in CASES if case.kind == kind):
        graph = graph_of(case)
        operator = graph.ops[0]
        if any(call.function == "ef_fill_s16" for call in lower(graph, operator)):
            continue  # what pads int16 is filled first: more than a movement
        arrays = run_graph(kernels, graph, lower, case.feeds[-1])
        read = {i: as_bytes(arrays[i]) for i in operator.inputs}
        outputs = moved(graph, operator, read)
        assert set(outputs) == set(operator.outputs), case.name
        for i in operator.outputs:
            assert outputs[i].tobytes() == arrays[i].tobytes(), case.name


def test_an_operator_that_computes_is_not_run():
    graph = next(graph_of(case) for case in CASES if case.kind == "ADD")
    assert moved(graph, graph.ops[0], {i: np.zeros(1, np.uint8) for i in graph.ops[0].inputs}) is None


def test_order():
    reshapes = [graph_of(case) for case in CASES if case.kind == "RESHAPE"]
    assert all(keeps_order(graph, graph.ops[0], graph.ops[0].inputs[0]) for graph in reshapes)
    turned = [graph_of(case) for case in CASES if case.kind == "TRANSPOSE"]
    assert not all(keeps_order(graph, graph.ops[0], 0) for graph in turned)
