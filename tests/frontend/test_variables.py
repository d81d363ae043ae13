"""Variables behind handles and variable tensors: what becomes of them, and what is refused."""

import numpy as np
import pytest
from flat_models import Table, build, conv_model, ints, operator, tensor
from state_models import ADD, ASSIGN, CALL_ONCE, FIRST, QUANT, READ, VAR_HANDLE, handle, state_model

from edgeflow.errors import ModelError
from edgeflow.frontend.interface import Choice
from edgeflow.frontend.tflite import parse_model


def parse(root):
    return parse_model(build(root), "m.tflite")


def main_ops(root):
    return root["Subgraphs"][0]["Operators"]


def init(root):
    return root["Subgraphs"][1]


def test_handles_and_calls_are_gone():
    graph = parse(state_model())
    ((variable, value),) = graph.variables.items()
    assert variable < 0
    assert value.tobytes() == FIRST.tobytes()
    assert not value.flags.writeable
    assert [(op.index, op.kind, op.inputs, op.outputs, op.updates) for op in graph.ops] == [
        (2, "READ_VARIABLE", (variable,), (2,), ()),
        (3, "ADD", (0, 2), (3,), ()),
        (4, "ASSIGN_VARIABLE", (3,), (), (variable,)),
    ]
    tensor_ = graph.tensors[variable]
    assert (tensor_.name, tensor_.shape, tensor_.dtype, tensor_.data) == ("state", (1, 4), "int8", None)
    assert (tensor_.quant.scale, tensor_.quant.zero_point) == (0.5, -1)


def test_two_handles_of_one_name_are_one_variable_and_containers_part_them():
    root = state_model()
    root["Subgraphs"][0]["Tensors"].append(tensor("again", [], "RESOURCE"))
    main_ops(root).insert(2, handle(VAR_HANDLE, 4))
    main_ops(root)[-1] = operator(ASSIGN, [4, 3], [])
    assert len(parse(root).variables) == 1
    main_ops(root)[2]["BuiltinOptions"]["Container"] = "other"
    with pytest.raises(ModelError, match="no first value for its variable `state`"):
        parse(root)


def test_the_last_first_value_counts():
    root = state_model()
    root["Buffers"].append(Table("Buffer", Data=np.arange(4, dtype=np.uint8)))
    init(root)["Tensors"].append(tensor("later", [1, 4], buffer=2, quant=QUANT))
    init(root)["Operators"].append(operator(ASSIGN, [0, 2], []))
    assert next(iter(parse(root).variables.values())).tolist() == [[0, 1, 2, 3]]


def test_variable_tensors_begin_at_the_zero_point():
    """int8 at its zero point, which is what the runtime fills them with, other types at zero."""
    root = conv_model()
    root["Subgraphs"][0]["Tensors"] += [
        tensor("cell", [2], "INT16", quant=QUANT, IsVariable=True),
        tensor("hidden_state", [3], quant=QUANT, IsVariable=True),
    ]
    root["Subgraphs"][0]["Operators"][1]["Inputs"] = ints([3, 5, 6])
    graph = parse(root)
    assert {i: value.tolist() for i, value in graph.variables.items()} == {5: [0, 0], 6: [-1, -1, -1]}


def test_operators_with_state_name_what_they_update():
    root = conv_model()
    root["Subgraphs"][0]["Tensors"] += [tensor("cell", [2], "INT16", quant=QUANT, IsVariable=True)]
    root["OperatorCodes"][1].update(DeprecatedBuiltinCode=27, BuiltinCode=27)  # SVDF
    root["Subgraphs"][0]["Operators"][1] = operator(1, [3, 1, 1, -1, 5], [4])
    assert parse(root).ops[1].updates == (5,)


def call_late(root):
    main_ops(root).append(main_ops(root).pop(0))


def name_negative(root):
    main_ops(root)[3]["Inputs"] = ints([0, -2])


def drop_handle(root):
    main_ops(root)[2]["Inputs"] = ints([0])


def call_another(index):
    return lambda root: main_ops(root)[0]["BuiltinOptions"].update(InitSubgraphIndex=index)


def compute_first(root):
    init(root)["Operators"].insert(1, operator(ADD, [1, 1], [1], Table("AddOptions")))


def activation_as_first(root):
    init(root)["Tensors"][1]["Buffer"] = 0


def assign(*inputs):
    return lambda root: init(root)["Operators"][1].update(Inputs=ints(inputs))


def forget_call(root):
    main_ops(root).pop(0)


def rename(root):
    main_ops(root)[1]["BuiltinOptions"]["SharedName"] = "another"


def handle_into_add(root):
    main_ops(root)[3]["Inputs"] = ints([0, 1])


def output_variable(root):
    root["Subgraphs"][0]["Outputs"] = ints([-1])


def second_subgraph(root):
    root["Subgraphs"].append(Table("SubGraph", Name="body"))


def no_value(root):
    main_ops(root)[4]["Inputs"] = ints([])


REFUSED = {
    "call after use": (call_late, "uses variables in ASSIGN_VARIABLE #3 before CALL_ONCE #4"),
    "number of a variable": (name_negative, "operator 3 names tensor -2"),
    "variable as output": (output_variable, "names tensor -1"),
    "no handle": (drop_handle, "READ_VARIABLE #2 has no handle of a variable"),
    "no operand": (no_value, "ASSIGN_VARIABLE #4 has no handle of a variable"),
    "call of itself": (call_another(0), "has 2 subgraphs (`main`, `init`)"),
    "call of nothing": (call_another(7), "has 2 subgraphs (`main`, `init`)"),
    "call of subgraph -1": (call_another(-1), "has 2 subgraphs (`main`, `init`)"),
    "computed first value": (compute_first, "first values of variables with ADD #1 of subgraph 1"),
    "no constant": (activation_as_first, "is the first value of a variable, but no constant"),
    "first value out of range": (assign(0, 9), "subgraph 1 has no tensor 9"),
    "first value without handle": (assign(1, 1), "with ASSIGN_VARIABLE #1 of subgraph 1"),
    "first value of nothing": (assign(0), "with ASSIGN_VARIABLE #1 of subgraph 1"),
    "no call": (forget_call, "has 2 subgraphs (`main`, `init`)"),
    "no first value": (rename, "has no first value for its variable `another`, which READ_VARIABLE #2 uses"),
    "handle as operand": (handle_into_add, "tensor 1 (`handle`) is of type resource"),
    "another subgraph": (second_subgraph, "has 3 subgraphs (`main`, `init`, `body`)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_changed_model_is_refused(name):
    change, sentence = REFUSED[name]
    root = state_model()
    change(root)
    with pytest.raises(ModelError) as caught:
        parse(root)
    assert sentence in caught.value.message
    assert caught.value.message.startswith("`m.tflite`")
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_a_call_of_nothing_beside_a_good_one():
    root = state_model()
    main_ops(root).insert(1, operator(CALL_ONCE, [], [], Table("CallOnceOptions", InitSubgraphIndex=7)))
    with pytest.raises(ModelError, match="CALL_ONCE names subgraph 7 of 2"):
        parse(root)


def test_variables_of_another_subgraph_than_the_first():
    """The interpreter to compare with gets that subgraph alone."""
    root = state_model()
    root["Subgraphs"].append(root["Subgraphs"].pop(0))
    main = root["Subgraphs"][1]
    main["Operators"][0]["BuiltinOptions"]["InitSubgraphIndex"] = 0
    root["SignatureDefs"] = [Table("SignatureDef", SignatureKey="serve", SubgraphIndex=1)]
    with pytest.raises(ModelError, match="CALL_ONCE #0 for a signature other than"):
        parse_model(build(root), "m.tflite", Choice(signature="serve"))


@pytest.mark.parametrize("kind", [READ, ASSIGN, VAR_HANDLE, CALL_ONCE])
def test_operators_on_variables_without_anything(kind):
    """No operands, no results, no options: one sentence, whatever it is."""
    root = state_model()
    main_ops(root)[2] = operator(kind, [], [])
    with pytest.raises(ModelError):
        parse(root)
