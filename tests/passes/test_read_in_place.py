"""A copy of a variable goes where nobody can tell it from the variable itself."""

from dataclasses import replace

import numpy as np
import pytest

from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ir.verify import first_fault
from edgeflow.passes.read_in_place import read_in_place

VARIABLE, X, BEFORE, SUM, AGAIN = -1, 0, 1, 2, 3
READ = Op(0, "READ_VARIABLE", 1, (VARIABLE,), (BEFORE,))
ADD = Op(1, "ADD", 1, (X, BEFORE), (SUM,))
ASSIGN = Op(2, "ASSIGN_VARIABLE", 1, (SUM,), (), updates=(VARIABLE,))


def graph_of(*ops, outputs=(SUM,)):
    first = np.zeros(4, np.int8)
    first.flags.writeable = False
    tensors = {
        i: Tensor(i, f"t{i}", (4,), "int8", Quant((0.5,), (0,))) for i in (VARIABLE, X, BEFORE, SUM, AGAIN)
    }
    graph = Graph(tensors, ops, (X,), outputs, {VARIABLE: first})
    assert first_fault(graph) is None
    return graph


def kinds(graph):
    return [op.kind for op in graph.ops]


def test_the_reader_takes_the_variable():
    graph = read_in_place(graph_of(READ, ADD, ASSIGN))
    assert kinds(graph) == ["ADD", "ASSIGN_VARIABLE"]
    assert graph.ops[0].inputs == (X, VARIABLE)
    assert graph.ops[0].absorbed == ("READ_VARIABLE #0",)
    assert first_fault(graph) is None


def test_a_variable_that_never_changes():
    assert kinds(read_in_place(graph_of(READ, ADD))) == ["ADD"]


def test_an_update_before_the_read_does_not_matter():
    early = replace(ASSIGN, index=3, inputs=(X,))
    assert kinds(read_in_place(graph_of(early, READ, ADD))) == ["ASSIGN_VARIABLE", "ADD"]


def test_a_copy_that_is_used_after_the_update_stays():
    ops = (READ, replace(ASSIGN, inputs=(X,)), replace(ADD, index=3))
    assert read_in_place(graph_of(*ops)).ops == ops


def test_a_copy_that_the_updating_operator_itself_reads_stays():
    ops = (READ, replace(ADD, updates=(VARIABLE,)))
    assert read_in_place(graph_of(*ops)).ops == ops


def test_an_output_stays():
    ops = (READ, ADD, ASSIGN)
    assert read_in_place(graph_of(*ops, outputs=(SUM, BEFORE))).ops == ops


@pytest.mark.parametrize("quant", [None, Quant((0.25,), (0,)), Quant((0.5,), (1,))])
def test_a_copy_of_another_scale_stays(quant):
    graph = graph_of(READ, ADD, ASSIGN)
    tensors = {**graph.tensors, BEFORE: replace(graph.tensors[BEFORE], quant=quant)}
    assert kinds(read_in_place(replace(graph, tensors=tensors))) == kinds(graph)


def test_two_reads_of_one_variable_with_an_update_between():
    """The first is used up before the update; the second reads what was assigned."""
    again = Op(3, "READ_VARIABLE", 1, (VARIABLE,), (AGAIN,))
    graph = read_in_place(graph_of(READ, ADD, ASSIGN, again, outputs=(SUM, AGAIN)))
    assert kinds(graph) == ["ADD", "ASSIGN_VARIABLE", "READ_VARIABLE"]
