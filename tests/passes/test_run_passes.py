"""All passes in order, with the rules checked after each."""

from dataclasses import replace

import pytest
from small_graphs import activation, const, flatten, graph_of, op

from edgeflow.errors import InternalError, UsageError
from edgeflow.ir.text import format_graph
from edgeflow.passes import run
from edgeflow.passes.run import PASSES, run_passes


def test_a_flatten_becomes_one_reshape():
    graph = run_passes(flatten())
    assert [(o.index, o.kind, o.inputs, o.outputs) for o in graph.ops] == [(3, "RESHAPE", (0, 7), (8,))]
    assert sorted(graph.tensors) == [0, 7, 8]
    assert graph.tensors[7].data.tolist() == [1, -1]


def test_a_model_that_is_only_a_reshape_keeps_it():
    tensors = [activation(0, (2, 5)), const(1, [10]), activation(2, (10,))]
    graph = graph_of(tensors, [op(0, "RESHAPE", [0, 1], [2])], [0], [2])
    assert format_graph(run_passes(graph)) == format_graph(graph)


def test_passes_have_nothing_left_to_do_after_they_ran():
    once = run_passes(flatten())
    assert format_graph(run_passes(once)) == format_graph(once)


def test_shapes_and_folding_stand_first_and_removing_last():
    names = [p.__name__ for p in PASSES]
    assert names[:2] == ["infer_shapes", "fold_constants"]
    assert names[-1] == "remove_dead"


def test_a_pass_that_breaks_a_rule_is_named(monkeypatch):
    def lose_outputs(graph):
        return replace(graph, outputs=(99,))

    monkeypatch.setattr(run, "PASSES", (*PASSES, lose_outputs))
    with pytest.raises(InternalError, match="Pass `lose_outputs` built an illegal graph: input or output 99"):
        run_passes(flatten())


def test_a_pass_can_be_left_out():
    graph = flatten()
    assert [op.kind for op in run_passes(graph, ["fold_constants"]).ops] == [op.kind for op in graph.ops]
    assert [op.kind for op in run_passes(graph).ops] == ["RESHAPE"]


def test_an_unknown_pass_is_refused():
    with pytest.raises(UsageError, match="there is no pass `fold_all`"):
        run_passes(flatten(), ["fold_all"])
