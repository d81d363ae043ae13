"""Random nets with planted channels: intervals hold every value, and elimination changes no byte."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages import need
from random_nets import RandomNet
from small_graphs import assert_same_outputs, feeds_of

from edgeflow.frontend.tflite import read_model
from edgeflow.ops.registry import check_ops, lower, op_macs
from edgeflow.passes.eliminate_channels import eliminate_channels
from edgeflow.passes.remove_dead import remove_dead
from edgeflow.passes.value_ranges import value_ranges

SEEDS = st.integers(0, 10**6)


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """``net(seed)``: a random net's file and graph."""
    folder = tmp_path_factory.mktemp("nets")

    @cache
    def read(seed):
        path = folder / f"{seed}.tflite"
        path.write_bytes(RandomNet(seed).model)
        graph = read_model(path)
        check_ops(graph, path.name)
        return path, graph

    return read


def widely(graph):
    """More input sets: noise of every amplitude, which reaches values that uniform noise does not."""
    random = np.random.default_rng(3)
    [shape] = [graph.tensors[i].shape for i in graph.inputs]
    noise = [random.normal(0, spread, shape) for spread in (5, 40, 200, 1000)]
    return [*feeds_of(graph), *([np.clip(n, -128, 127).astype(np.int8)] for n in noise)]


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_every_value_is_in_its_interval(net, kernels, seed):
    from kernel_harness import run_graph

    _, graph = net(seed)
    ranges = value_ranges(graph)
    for feed in widely(graph):
        for tensor_id, array in run_graph(kernels, graph, lower, feed).items():
            if tensor_id in ranges:
                assert (array >= ranges[tensor_id].low).all()
                assert (array <= ranges[tensor_id].high).all()


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_elimination_changes_no_byte(net, kernels, seed):
    _, graph = net(seed)
    assert_same_outputs(graph, remove_dead(eliminate_channels(graph)), kernels)


def test_the_nets_lose_macs(net):
    """Guards the tests above against nets that have nothing to lose."""
    shares = []
    for seed in range(40):
        _, graph = net(seed)
        before, after = (sum(op_macs(g, op) for op in g.ops) for g in (graph, eliminate_channels(graph)))
        shares.append(after / before)
    assert np.mean(np.array(shares) < 0.9) > 0.5


def test_eliminated_nets_equal_the_reference(net, kernels):
    """The C kernels on what is left against TFLite's interpreter on the file."""
    need("tflite_runtime")
    from kernel_harness import run_graph
    from oracle_worker import answer

    for seed in range(25):
        path, graph = net(seed)
        feeds = widely(graph)
        left = remove_dead(eliminate_channels(graph))
        for feed, expected in zip(feeds, answer(path.read_bytes(), feeds), strict=True):
            found = run_graph(kernels, left, lower, feed)
            for tensor_id, value in zip(graph.outputs, expected, strict=True):
                np.testing.assert_array_equal(found[tensor_id], value)
