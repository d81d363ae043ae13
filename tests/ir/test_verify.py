"""Each rule of a legal graph: one graph that breaks it and is caught by exactly that rule."""

from dataclasses import replace

import numpy as np
import pytest

from edgeflow.errors import InternalError, ModelError
from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ir.verify import RULES, first_fault, verify


def constant(values):
    data = np.asarray(values, np.int8)
    data.flags.writeable = False
    return data


def legal():
    """Two operators: 0, constant 1 -> 2 -> 3."""
    quant = Quant((0.5,), (0,))
    tensors = [
        Tensor(0, "in", (1, 2), "int8", quant),
        Tensor(1, "weights", (2, 2), "int8", Quant((0.5, 0.25), (0, 0), 0), constant([[1, 2], [3, 4]])),
        Tensor(2, "hidden", (1, 2), "int8", quant),
        Tensor(3, "out", (1, 2), "int8", quant),
    ]
    ops = (Op(0, "FULLY_CONNECTED", 1, (0, 1, None), (2,)), Op(4, "RELU", 1, (2,), (3,)))
    return Graph({t.id: t for t in tensors}, ops, (0,), (3,))


def with_tensor(tensor_id, **fields):
    graph = legal()
    changed = replace(graph.tensors[tensor_id], **fields)
    return replace(graph, tensors={**graph.tensors, tensor_id: changed})


def with_op(place, **fields):
    graph = legal()
    ops = list(graph.ops)
    ops[place] = replace(ops[place], **fields)
    return replace(graph, ops=tuple(ops))


def without_tensor(tensor_id):
    graph = legal()
    return replace(graph, tensors={i: t for i, t in graph.tensors.items() if i != tensor_id})


PER_CHANNEL = Quant((0.5, 0.25), (0, 0), 0)
# (rule, place in the message, graph)
CASES = [
    ("ids_are_keys", "tensor 9 (`hidden`)", with_tensor(2, id=9)),
    ("named_tensors_exist", "FULLY_CONNECTED #0 names tensor 1", without_tensor(1)),
    ("named_tensors_exist", "RELU #4 names tensor 7", with_op(1, outputs=(7,))),
    ("named_tensors_exist", "input or output 7", replace(legal(), outputs=(3, 7))),
    ("named_tensors_exist", "input or output 8", replace(legal(), inputs=(0, 8))),
    ("named_tensors_exist", "variable 8", replace(legal(), variables={8: constant([1])})),
    ("dtypes_are_known", "tensor 2 (`hidden`)", with_tensor(2, dtype="float16")),
    ("dims_are_positive", "tensor 0 (`in`)", with_tensor(0, shape=(1, 0))),
    ("dims_are_positive", "tensor 0 (`in`)", with_tensor(0, shape=(-1, 2))),
    ("constants_fit", "tensor 1 (`weights`)", with_tensor(1, data=constant([1, 2]))),
    ("constants_fit", "tensor 1 (`weights`)", with_tensor(1, data=np.ones((2, 2), np.int8))),
    ("constants_fit", "tensor 1 (`weights`)", with_tensor(1, dtype="uint8")),
    ("quantization_fits", "tensor 1 (`weights`)", with_tensor(1, quant=Quant((0.5,) * 3, (0,) * 3, 0))),
    ("quantization_fits", "tensor 1 (`weights`)", with_tensor(1, quant=Quant((0.5,) * 2, (0,), 0))),
    ("quantization_fits", "tensor 1 (`weights`)", with_tensor(1, quant=replace(PER_CHANNEL, axis=2))),
    ("quantization_fits", "tensor 0 (`in`)", with_tensor(0, quant=replace(PER_CHANNEL, axis=None))),
    ("quantization_fits", "tensor 0 (`in`)", with_tensor(0, quant=Quant((), ()))),
    ("indexes_are_distinct", "FULLY_CONNECTED #4", with_op(0, index=4)),
    ("operators_write", "RELU #4", with_op(1, outputs=())),
    ("variables_fit", "tensor 0 (`in`)", replace(legal(), variables={0: constant([1, 2])})),
    ("variables_fit", "tensor 0 (`in`)", replace(legal(), variables={0: np.ones((1, 2), np.int8)})),
    ("updates_are_variables", "RELU #4 updates tensor 2 (`hidden`)", with_op(1, updates=(2,))),
    ("inputs_are_distinct", "tensor 0", replace(legal(), inputs=(0, 0))),
    ("written_once", "tensor 2 (`hidden`)", with_op(1, outputs=(2,))),
    ("written_once", "tensor 2 (`hidden`)", with_op(0, outputs=(2, 2))),
    ("written_once", "tensor 0 (`in`)", with_op(1, outputs=(0,))),
    ("written_once", "tensor 2 (`hidden`)", replace(legal(), variables={2: constant([[1, 2]])})),
    ("written_once", "tensor 1 (`weights`)", with_op(1, outputs=(1,))),
    ("written_once", "tensor 1 (`weights`)", replace(legal(), inputs=(0, 1))),
    ("written_before_read", "FULLY_CONNECTED #0 reads tensor 3 (`out`)", with_op(0, inputs=(3, 1))),
    ("written_before_read", "RELU #4 reads tensor 3 (`out`)", with_op(1, inputs=(3,))),
    ("outputs_are_produced", "tensor 3 (`out`)", replace(legal(), ops=legal().ops[:1])),
]


def test_a_legal_graph_has_no_fault():
    assert first_fault(legal()) is None
    verify(legal())
    verify(legal(), "m.tflite")


@pytest.mark.parametrize(("rule", "place", "graph"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)])
def test_a_broken_rule_is_named(rule, place, graph):
    sentence = next(r.__doc__ for r in RULES if r.__name__ == rule)
    assert first_fault(graph) == f"{place}: {sentence}"


def test_every_rule_has_a_case():
    assert {case[0] for case in CASES} == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_is_a_sentence(rule):
    assert rule.__doc__[0].isupper()
    assert rule.__doc__.endswith(".")
    assert "\n" not in rule.__doc__


def test_inputs_and_constants_may_be_outputs():
    assert first_fault(replace(legal(), outputs=(3, 0, 1))) is None


def test_an_output_may_be_listed_twice():
    assert first_fault(replace(legal(), outputs=(3, 3))) is None


def test_the_error_is_of_the_file_or_of_edgeflow():
    broken = replace(legal(), outputs=(7,))
    with pytest.raises(ModelError, match=r"`m.tflite` is corrupt: input or output 7: Operators, inputs"):
        verify(broken, "m.tflite")
    with pytest.raises(InternalError, match="input or output 7"):
        verify(broken)


def test_a_variable_is_read_before_any_operator_and_updated():
    stateful = with_op(1, outputs=(), updates=(0,))
    stateful = replace(stateful, inputs=(), outputs=(2,), variables={0: constant([[1, 2]])})
    assert first_fault(stateful) is None


def test_a_new_id_is_negative_and_free():
    graph = legal()
    first = graph.new_tensor_id()
    assert first == -1
    assert graph.tensors.get(first) is None
    tensors = {**graph.tensors, first: replace(graph.tensors[2], id=first)}
    assert replace(graph, tensors=tensors).new_tensor_id() == -2
