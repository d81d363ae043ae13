"""remove_dead: graph in, graph out."""

from dataclasses import replace

from small_graphs import activation, const, graph_of, op

from edgeflow.ir.text import format_graph
from edgeflow.passes.remove_dead import remove_dead


def chain():
    """0 -> 1 -> 2 with a constant 3."""
    tensors = [activation(0, (2,)), activation(1, (2,)), activation(2, (2,)), const(3, [1, 2], "int8")]
    return graph_of(tensors, [op(2, "ADD", [0, 3], [1]), op(5, "RELU", [1], [2])], [0], [2])


def with_more(*tensors, ops=(), **fields):
    graph = chain()
    everything = {**graph.tensors, **{t.id: t for t in tensors}}
    return replace(graph, tensors=everything, ops=(*graph.ops, *ops), **fields)


def test_a_graph_without_dead_parts_is_unchanged():
    assert format_graph(remove_dead(chain())) == format_graph(chain())


def test_a_dead_chain_goes_with_its_tensors():
    dead = [op(6, "ADD", [1, 10], [11]), op(7, "RELU", [11], [12])]
    graph = with_more(const(10, [5], "int8"), activation(11, (2,)), activation(12, (2,)), ops=dead)
    assert format_graph(remove_dead(graph)) == format_graph(chain())


def test_tensors_nobody_names_go():
    assert format_graph(remove_dead(with_more(const(10, [5]), activation(11, (2,))))) == format_graph(chain())


def test_an_input_nobody_reads_stays():
    graph = remove_dead(with_more(activation(10, (2,)), inputs=(0, 10)))
    assert graph.inputs == (0, 10)
    assert 10 in graph.tensors


def test_an_operator_with_one_used_output_stays_with_all_of_them():
    split = op(6, "SPLIT", [1], [10, 11])
    graph = remove_dead(with_more(activation(10, (1,)), activation(11, (1,)), ops=[split], outputs=(2, 11)))
    assert graph.ops[-1] == split
    assert {10, 11} <= set(graph.tensors)


def test_an_output_that_is_an_input_or_constant_stays():
    graph = remove_dead(with_more(const(10, [5]), outputs=(0, 10)))
    assert graph.ops == ()
    assert sorted(graph.tensors) == [0, 10]


def test_order_and_indexes_of_operators_stay():
    assert [(o.index, o.kind) for o in remove_dead(chain()).ops] == [(2, "ADD"), (5, "RELU")]
