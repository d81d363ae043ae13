"""Bytes alive per operator and the JSON form of a plan."""

import json

from hypothesis import given, settings
from random_graphs import activation, chain, graphs

from edgeflow.ir.graph import Graph, Op
from edgeflow.memory.liveness import Interval, tensor_intervals
from edgeflow.memory.planner import plan_memory
from edgeflow.memory.timeline import live_bytes, plan_to_json


def test_live_bytes_of_a_chain_with_scratch():
    graph, scratch = chain(16, 30, 8), {1: 5}
    assert live_bytes(graph, plan_memory(graph, scratch)) == [48, 48]


def test_shared_buffers_count_once():
    graph = chain(64, 64, 8, kinds=["RESHAPE", "ADD"])
    assert live_bytes(graph, plan_memory(graph, {})) == [64, 72]


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_the_peak_is_the_lower_bound(case):
    graph, scratch = case
    plan = plan_memory(graph, scratch)
    if graph.ops:
        assert max(live_bytes(graph, plan)) == plan.lower_bound_bytes


def test_json_form():
    graph = chain(16, 30, 8)
    result = plan_to_json(graph, plan_memory(graph, {1: 6}))
    assert json.loads(json.dumps(result)) == result
    assert (result["arena_bytes"], result["lower_bound_bytes"], result["alignment_bytes"]) == (48, 48, 4)
    assert [p["tensor_id"] for p in result["placements"]] == [0, 1, 2, None]
    scratch = result["placements"][3]
    assert (scratch["role"], scratch["byte_count"], scratch["first_op"], scratch["last_op"]) == (
        "scratch",
        6,
        1,
        1,
    )
    assert scratch["name"] == "scratch of CONV_2D #1 (`t2`)"
    assert [(p["index"], p["live_bytes"]) for p in result["peak_operators"]] == [(0, 48), (1, 48)]


def test_intervals_of_inputs_outputs_and_unread_values():
    tensors = {i: activation(i, 4) for i in range(5)}
    ops = (Op(0, "SPLIT", 1, (0,), (1, 2)), Op(1, "ADD", 1, (1,), (3,)), Op(2, "ADD", 1, (3, 4), (2 + 3,)))
    tensors[5] = activation(5, 4)
    intervals = tensor_intervals(Graph(tensors, ops, (0, 4), (5, 1)))
    assert intervals == {
        0: Interval(0, 0),
        1: Interval(0, 2),  # an output
        2: Interval(0, 0),  # nobody reads it
        3: Interval(1, 2),
        4: Interval(0, 2),  # an input read late
        5: Interval(2, 2),
    }
