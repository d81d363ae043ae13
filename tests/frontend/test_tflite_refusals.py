"""Each kind of bad file gets one sentence that names the file and the place, and never a traceback."""

import math

import numpy as np
import pytest
from flat_models import Table, build, conv_model, ints, operator, operator_code, quantization, tensor

from edgeflow.errors import ModelError
from edgeflow.frontend.tflite import parse_model


def graph_of(root):
    return root["Subgraphs"][0]


def tensor_of(root, tensor_id):
    return graph_of(root)["Tensors"][tensor_id]


def op_of(root, index):
    return graph_of(root)["Operators"][index]


def quant_of(tensor_id, *args, **kwargs):
    return lambda root: tensor_of(root, tensor_id).update(Quantization=quantization(*args, **kwargs))


def set_tensor(tensor_id, **fields):
    return lambda root: tensor_of(root, tensor_id).update(fields)


def set_op(index, **fields):
    return lambda root: op_of(root, index).update(fields)


def set_graph(**fields):
    return lambda root: graph_of(root).update(fields)


def set_root(**fields):
    return lambda root: root.update(fields)


def set_code(**fields):
    return lambda root: root["OperatorCodes"][1].update(fields)


def drop(place, key):
    return lambda root: place(root).pop(key)


def add_subgraph(root):
    root["Subgraphs"].append(Table("SubGraph", Name="loop_body"))


def add_loop(root):
    add_subgraph(root)
    root["OperatorCodes"].append(operator_code("WHILE"))


def add_custom(root):
    for name in ("Zed", "Awesome", "Zed"):
        custom = Table("OperatorCode", DeprecatedBuiltinCode=32, BuiltinCode=32, CustomCode=name)
        root["OperatorCodes"].append(custom)


def make_float(root):
    for t in graph_of(root)["Tensors"]:
        t.update(Type=0)
        t.pop("Quantization")
    root["Buffers"][1]["Data"] = np.zeros(24 * 4, np.uint8)


def make_hybrid(root):
    for tensor_id in (0, 3, 4):
        tensor_of(root, tensor_id).update(Type=0)
        tensor_of(root, tensor_id).pop("Quantization")


def write_twice(root):
    op_of(root, 1).update(Outputs=ints([3]))


def swap_operators(root):
    graph_of(root)["Operators"].reverse()


# name: (change of a good model, what the sentence says)
CASES = {
    # structure
    "no subgraph": (set_root(Subgraphs=[]), "is empty: it has no subgraph"),
    "no operator": (set_graph(Operators=[]), "is empty: it has no operator"),
    "no input": (set_graph(Inputs=ints([])), "is empty: it has no input"),
    "no output": (set_graph(Outputs=ints([])), "is empty: it has no output"),
    "input of no tensor": (set_graph(Inputs=ints([5])), "names tensor 5 of 5"),
    "negative output": (set_graph(Outputs=ints([-1])), "names tensor -1"),
    "operator reads no tensor": (set_op(0, Inputs=ints([0, 1, 77])), "names tensor 77 of 5"),
    "operator reads tensor -2": (set_op(0, Inputs=ints([0, -2])), "operator 0 names tensor -2"),
    "operator writes no tensor": (set_op(1, Outputs=ints([])), "SOFTMAX #1: An operator writes at least"),
    "operator writes tensor -1": (set_op(1, Outputs=ints([-1])), "operator 1 names tensor -1"),
    "operator code out of range": (set_op(1, OpcodeIndex=2), "operator 1 names operator code 2 of 2"),
    "unknown operator": (set_code(BuiltinCode=5000), "unknown code 5000"),
    "negative operator": (set_code(BuiltinCode=-7, DeprecatedBuiltinCode=-7), "unknown code -7"),
    "no operator codes": (drop(lambda root: root, "OperatorCodes"), "names operator code 0 of 0"),
    # order of execution
    "written twice": (write_twice, "tensor 3 (`hidden`): A tensor is written at most once"),
    "read before written": (swap_operators, "SOFTMAX #0 reads tensor 3 (`hidden`): An operator reads only"),
    "constant written": (set_op(0, Outputs=ints([1])), "tensor 1 (`filter`): A tensor is written at most"),
    "constant as input": (set_graph(Inputs=ints([0, 1])), "tensor 1 (`filter`): A tensor is written at most"),
    "input twice": (set_graph(Inputs=ints([0, 0])), "tensor 0: A tensor is an input of the graph once"),
    "output never written": (
        lambda root: (graph_of(root)["Tensors"].append(tensor("x", [1])), set_graph(Outputs=ints([5]))(root)),
        "tensor 5 (`x`): An output of the graph is",
    ),
    # tensors
    "unknown element type": (
        set_tensor(0, Type=99),
        "tensor 0 (`picture`) is of the unknown element type 99",
    ),
    "float16": (set_tensor(1, Type=1), "tensor 1 (`filter`) is of type float16, which is not supported"),
    "string": (set_tensor(1, Type=5), "tensor 1 (`filter`) is of type string"),
    "int4": (set_tensor(1, Type=17), "tensor 1 (`filter`) is of type int4"),
    "dimension 0": (set_tensor(0, Shape=ints([1, 0, 4, 3])), "has the shape [1,?,4,3]"),
    "dimension -1": (set_tensor(0, Shape=ints([-1, 4, 4, 3])), "has the shape [?,4,4,3]"),
    "nine dimensions": (set_tensor(3, Shape=ints([1] * 9)), "tensor 3 (`hidden`) has 9 dimensions"),
    "huge product": (set_tensor(3, Shape=ints([2**31 - 1] * 8)), "more than 2147483647 bytes"),
    "sparse": (
        set_tensor(1, Sparsity=Table("SparsityParameters")),
        "stores tensor 1 (`filter`) in sparse form",
    ),
    "written variable": (set_tensor(3, IsVariable=True), "a variable or a constant never"),
    "variable with data": (
        set_tensor(1, IsVariable=True),
        "the variable tensor 1 (`filter`) has data in the file",
    ),
    "buffer out of range": (set_tensor(1, Buffer=3), "tensor 1 (`filter`) names buffer 3 of 3"),
    "no buffers": (drop(lambda root: root, "Buffers"), "names buffer 0 of 0"),
    "too few bytes": (set_tensor(1, Buffer=2), "has 8 bytes of data; its shape needs 24"),
    "data behind the model": (
        lambda root: root["Buffers"][1].update(Offset=4096, Size=24),
        "stores tensor 1 (`filter`) behind the model",
    ),
    # quantization
    "scale 0": (quant_of(0, [0.0]), "tensor 0 (`picture`) has the scale 0.0"),
    "scale below 0": (quant_of(0, [-0.5]), "has the scale -0.5"),
    "scale nan": (quant_of(0, [math.nan]), "has the scale nan"),
    "scale inf": (quant_of(1, [0.1, math.inf]), "tensor 1 (`filter`) has the scale inf"),
    "zero point of uint8 in int8": (quant_of(0, [0.5], [128]), "the zero point 128"),
    "zero point below int8": (quant_of(0, [0.5], [-129]), "the zero point -129"),
    "zero point missing": (quant_of(1, [0.1, 0.2], [0]), "has 2 scales, but 1 zero points"),
    "scales not the shape's": (quant_of(1, [0.1] * 3), "has 3 scales along dimension 0"),
    "axis out of range": (quant_of(1, [0.1, 0.2], axis=4), "is quantized along dimension 4"),
    "axis below 0": (quant_of(1, [0.1, 0.2], axis=-1), "is quantized along dimension -1"),
    "bias scales not its length": (quant_of(2, [0.1] * 3), "tensor 2 (`bias`) has 3 scales"),
    "custom quantization": (
        quant_of(1, [0.1], DetailsType=1),
        "tensor 1 (`filter`) has a custom quantization",
    ),
    # options
    "options of another operator": (
        lambda root: graph_of(root).update(
            Operators=[operator(0, [0, 1, 2], [3], Table("Pool2DOptions")), op_of(root, 1)]
        ),
        "the options of operator 0 are Pool2DOptions, not Conv2DOptions",
    ),
    "options of an unknown type": (set_op(0, BuiltinOptionsType=250), "are of the unknown type 250"),
    "no options": (
        drop(lambda root: op_of(root, 0), "BuiltinOptions"),
        "operator 0 lacks its `Conv2DOptions`",
    ),
    "padding of no name": (
        lambda root: op_of(root, 0)["BuiltinOptions"].update(Padding=2),
        "operator 0 has 2 for `padding`",
    ),
    "activation of no name": (
        lambda root: op_of(root, 0)["BuiltinOptions"].update(FusedActivationFunction=-4),
        "operator 0 has -4 for `fused_activation_function`",
    ),
    # forms
    "two subgraphs": (add_subgraph, "has 2 subgraphs (`main`, `loop_body`); models of one subgraph"),
    "a subgraph of a loop": (add_loop, "(`main`, `loop_body`), and calls some with `WHILE`; models of"),
    "custom operators": (add_custom, "has custom operators, which are not supported: `Awesome`, `Zed`."),
    "float32": (make_float, "is a float32 model"),
    "hybrid": (make_hybrid, "hybrid model: CONV_2D #0 (`hidden`) has int8 weights and float32 activations"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_changed_model_is_refused(name):
    change, sentence = CASES[name]
    root = conv_model()
    change(root)
    with pytest.raises(ModelError) as caught:
        parse_model(build(root), "m.tflite")
    message = caught.value.message
    assert sentence in message
    assert message.startswith("`m.tflite`")
    assert message.endswith(".")
    assert "\n" not in message
    assert caught.value.hint


def test_the_model_of_the_cases_is_good_before_it_is_changed():
    assert len(parse_model(build(conv_model()), "m.tflite").ops) == 2


def test_a_float_model_is_told_to_be_quantized():
    root = conv_model()
    make_float(root)
    with pytest.raises(ModelError) as caught:
        parse_model(build(root), "m.tflite")
    assert caught.value.hint == "quantize it to int8 first"


def test_a_long_name_is_cut_in_the_sentence():
    root = conv_model()
    tensor_of(root, 0).update(Name="x" * 10_000, Type=5)
    with pytest.raises(ModelError) as caught:
        parse_model(build(root), "m.tflite")
    assert len(caught.value.message) < 200
