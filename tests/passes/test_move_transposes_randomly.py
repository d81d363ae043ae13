"""Random nets full of TRANSPOSEs: moving these changes no byte of any output, nor of any tensor left."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages import need
from small_graphs import assert_same_outputs, feeds_of
from transposed_nets import TransposedNet

from edgeflow.frontend.tflite import read_model
from edgeflow.ops.registry import check_ops, lower
from edgeflow.passes.move_transposes import cost_of, move_transposes
from edgeflow.passes.remove_dead import remove_dead
from edgeflow.passes.run import run_passes

SEEDS = st.integers(0, 10**6)


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """``net(seed)``: a random net's file and graph."""
    path = tmp_path_factory.mktemp("nets") / "net.tflite"

    def read(seed):
        path.write_bytes(TransposedNet(seed).model)
        graph = read_model(path)
        check_ops(graph, path.name)
        return path, graph

    return read


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_no_byte_changes(net, kernels, seed):
    _, graph = net(seed)
    moved = remove_dead(move_transposes(graph))
    assert_same_outputs(graph, moved, kernels)
    assert cost_of(moved) <= cost_of(graph)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_byte_changes_in_all_passes(net, kernels, seed):
    _, graph = net(seed)
    assert_same_outputs(graph, run_passes(graph), kernels)


def test_the_nets_lose_transposes(net):
    """Guards the tests above against nets that have nothing to lose."""
    graphs = [net(seed)[1] for seed in range(40)]
    before, after = ([cost_of(g) for g in several] for several in (graphs, map(move_transposes, graphs)))
    assert sum(count for _, count, _ in after) < 0.7 * sum(count for _, count, _ in before)


def test_equal_to_the_reference(net, kernels):
    """The C kernels on what is left against TFLite's interpreter on the file."""
    need("tflite_runtime")
    from kernel_harness import run_graph
    from oracle_worker import answer

    for seed in range(15):
        path, graph = net(seed)
        feeds = feeds_of(graph)
        left = run_passes(graph)
        for feed, expected in zip(feeds, answer(path.read_bytes(), feeds), strict=True):
            found = run_graph(kernels, left, lower, feed)
            for tensor_id, value in zip(graph.outputs, expected, strict=True):
                np.testing.assert_array_equal(found[tensor_id], value)
