"""Bytes alive per operator and the JSON form of a plan."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from random_graphs import activation, chain, graphs

from edgeflow.errors import InternalError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap
from edgeflow.memory.liveness import Interval, tensor_intervals
from edgeflow.memory.picture import plan_svg, timeline
from edgeflow.memory.planner import plan_memory
from edgeflow.memory.timeline import live_bytes, plan_to_json


def test_live_bytes_of_a_chain_with_scratch():
    graph, scratch = chain(16, 30, 8), {1: 5}
    assert live_bytes(graph, plan_memory(graph, scratch)) == [48, 48]


def test_shared_buffers_count_once():
    graph = chain(64, 64, 8, kinds=["RESHAPE", "ADD"])
    assert live_bytes(graph, plan_memory(graph, {})) == [64, 72]


def test_overlaps_are_listed_and_count_once():
    graph, overlaps = chain(16, 32), {0: (Overlap(0, 1, 13),)}
    result = plan_to_json(graph, plan_memory(graph, {}, overlaps=overlaps))
    shared = {"operator": 0, "input": 0, "output": 1, "distance_bytes": 13, "shared_bytes": 16}
    assert result["overlaps"] == [shared]
    assert result["live_bytes"] == [32]


def test_picture_stands_alone_and_escapes_names():
    graph, scratch = chain(160, 300, 80), {1: 5}
    tensors = graph.tensors | {1: replace(graph.tensors[1], name="a<b & c")}
    graph = replace(graph, tensors=tensors)
    plan = plan_to_json(graph, plan_memory(graph, scratch))
    root = ElementTree.fromstring(plan_svg(plan))  # noqa: S314  written by the line above
    rects = [child for child in root if child.tag.endswith("rect")]
    roles = [rect.get("class") for rect in rects]
    assert roles == ["fullest", "tensor", "tensor", "tensor", "scratch"]
    titles = [title.text for rect in rects for title in rect]
    assert titles[1] == "a<b & c: 300 B at 0, operators 0 to 1"
    assert not [e for e in root.iter() if e.get("href") or e.tag.endswith("script")]


def test_borders_between_memory_regions_are_drawn():
    """Two buffers of 40 bytes, one in each region: the border is half way up."""
    graph = chain(40, 40)
    plan = plan_to_json(graph, plan_memory(graph, {}, regions=[64, 64]))
    parts = [(r["index"], r["capacity_bytes"], r["start_bytes"], r["used_bytes"]) for r in plan["regions"]]
    assert parts == [(0, 64, 0, 40), (1, 64, 40, 40)]
    drawn = timeline(plan)
    assert drawn.borders == ((drawn.height - drawn.bottom) / 2,)
    root = ElementTree.fromstring(plan_svg(plan))  # noqa: S314  written by the line above
    assert [e.get("y1") for e in root.iter() if e.get("class") == "border"] == [str(drawn.borders[0])]
    assert timeline(plan_to_json(graph, plan_memory(graph, {}))).borders == ()


def test_a_plan_of_nothing_has_no_picture():
    with pytest.raises(InternalError, match="has no picture"):
        plan_svg({"placements": [], "arena_bytes": 0, "lower_bound_bytes": 0, "live_bytes": []})


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
