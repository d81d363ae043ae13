"""A good file becomes the graph that was written into it."""

import re

import flatbuffers
import numpy as np
import pytest
import tflite
from flat_models import (
    BIAS,
    WEIGHTS,
    Table,
    build,
    conv_model,
    ints,
    model,
    operator,
    operator_code,
    quantization,
    tensor,
)

from edgeflow.errors import ModelError
from edgeflow.frontend.options import OPTIONS, Enum, Integers
from edgeflow.frontend.tflite import parse_model, read_model
from edgeflow.ir.graph import Quant


def parse(root):
    return parse_model(build(root), "m.tflite")


def subgraph(root):
    return root["Subgraphs"][0]


def test_every_part_of_a_good_model():
    graph = parse(conv_model())
    assert (graph.inputs, graph.outputs, list(graph.tensors)) == ((0,), (4,), [0, 1, 2, 3, 4])
    picture, weights, bias = (graph.tensors[i] for i in range(3))
    assert (picture.name, picture.shape, picture.dtype) == ("picture", (1, 4, 4, 3), "int8")
    assert picture.quant == Quant((0.5,), (-1,), None)
    assert weights.quant == Quant((0.25, 0.125), (0, 0), 0)
    assert picture.data is None
    assert np.array_equal(weights.data, WEIGHTS)
    assert weights.data.dtype == np.int8
    assert np.array_equal(bias.data, BIAS)
    assert bias.data.dtype == np.int32
    assert not bias.data.flags.writeable
    conv, softmax = graph.ops
    assert (conv.index, conv.kind, conv.version) == (0, "CONV_2D", 3)
    assert (conv.inputs, conv.outputs) == ((0, 1, 2), (3,))
    assert conv.attrs == {
        "padding": "SAME",
        "stride_w": 2,
        "stride_h": 1,
        "fused_activation_function": "RELU6",
        "dilation_w_factor": 1,
        "dilation_h_factor": 1,
    }
    assert (softmax.index, softmax.kind, softmax.attrs) == (1, "SOFTMAX", {"beta": 1.0})


def test_an_absent_optional_input_is_none():
    root = conv_model()
    subgraph(root)["Operators"][0]["Inputs"] = ints([0, 1, -1])
    assert parse(root).ops[0].inputs == (0, 1, None)


def test_tensors_nobody_names_are_left_out_whatever_they_hold():
    root = conv_model()
    subgraph(root)["Tensors"].append(tensor("dead", [0, -3], "STRING", buffer=99))
    assert list(parse(root).tensors) == [0, 1, 2, 3, 4]


def test_a_dynamic_batch_is_one():
    root = conv_model()
    subgraph(root)["Tensors"][0]["ShapeSignature"] = ints([-1, 4, 4, 3])
    assert parse(root).tensors[0].shape == (1, 4, 4, 3)


def test_the_dimension_of_a_bias_of_one_dimension_does_not_matter():
    root = conv_model()
    subgraph(root)["Tensors"][2]["Quantization"] = quantization([0.125, 0.0625], axis=3)
    assert parse(root).tensors[2].quant == Quant((0.125, 0.0625), (0, 0), 0)


def test_the_dimension_of_one_scale_does_not_matter():
    root = conv_model()
    subgraph(root)["Tensors"][0]["Quantization"] = quantization([0.5], axis=9)
    assert parse(root).tensors[0].quant == Quant((0.5,), (0,), None)


def test_a_range_without_scale_is_no_quantization():
    root = conv_model()
    limits = Table("QuantizationParameters", Min=np.float32([0]), Max=np.float32([6]))
    subgraph(root)["Tensors"][3]["Quantization"] = limits
    assert parse(root).tensors[3].quant is None


def test_a_tensor_without_name_or_shape():
    root = conv_model()
    score = subgraph(root)["Tensors"][4]
    del score["Name"], score["Shape"]
    found = parse(root).tensors[4]
    assert (found.name, found.shape, found.element_count) == ("tensor4", (), 1)


def test_a_name_stays_on_one_line():
    root = conv_model()
    subgraph(root)["Tensors"][0]["Name"] = b"a\n\x00b\xff\xc3\xa9"
    assert parse(root).tensors[0].name == "a??b\ufffdé"


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (45, 45, "STRIDED_SLICE"),  # both fields
        (45, 0, "STRIDED_SLICE"),  # an old file: the new field is absent
        (0, 34, "PAD"),  # some writers fill only the new one
        (127, 128, "CUMSUM"),  # the old one holds the place of a large code
        (0, 0, "ADD"),
    ],
)
def test_the_larger_operator_code_holds(old, new, kind):
    root = conv_model()
    code = Table("OperatorCode", DeprecatedBuiltinCode=old, BuiltinCode=new)
    root["OperatorCodes"][1] = code
    del subgraph(root)["Operators"][1]["BuiltinOptions"]
    subgraph(root)["Operators"][1]["BuiltinOptionsType"] = 0
    op = parse(root).ops[1]
    assert (op.kind, op.version) == (kind, 1)


def test_an_operator_outside_the_spine_parses_without_attributes():
    root = conv_model()
    root["OperatorCodes"][1] = operator_code("HARD_SWISH")
    subgraph(root)["Operators"][1] = operator(1, [3], [4], Table("HardSwishOptions"))
    assert (parse(root).ops[1].kind, parse(root).ops[1].attrs) == ("HARD_SWISH", {})


def test_float_edges_of_an_int8_model_are_legal():
    root = model(
        [operator_code("QUANTIZE"), operator_code("DEQUANTIZE", 2)],
        [
            tensor("in", [1, 4], "FLOAT32"),
            tensor("q", [1, 4], quant=quantization([0.5])),
            tensor("out", [1, 4], "FLOAT32"),
        ],
        [operator(0, [0], [1], Table("QuantizeOptions")), operator(1, [1], [2])],
        [0],
        [2],
    )
    assert [op.kind for op in parse(root).ops] == ["QUANTIZE", "DEQUANTIZE"]


# Values that differ from every default, as the schema's builders take them.
SAMPLES = {"padding": 1, "fused_activation_function": 3, "weights_format": 1, "out_type": 4, "beta": 0.5}
# Kinds with attributes, by the schema's name of their table.
# Two kinds are no operators of a graph: test_variables.py has them.
FILLED = sorted(
    kind for kind, options in OPTIONS.items() if options.fields and kind not in {"CALL_ONCE", "VAR_HANDLE"}
)


def camel(name):
    return re.sub(r"(?:^|_)(\w)", lambda match: match[1].upper(), name)


def read_options(kind, values):
    """Attributes of an operator of that kind whose options hold the values."""
    table = Table(OPTIONS[kind].table, **values)
    root = conv_model()
    root["OperatorCodes"][1] = operator_code(kind)
    subgraph(root)["Operators"][1] = operator(1, [3], [4], table)
    return parse(root).ops[1].attrs


def attribute(name, value):
    """The attribute that a schema value stands for, by the `tflite` package's enumerations."""
    enums = {
        "padding": tflite.Padding,
        "fused_activation_function": tflite.ActivationFunctionType,
        "weights_format": tflite.FullyConnectedOptionsWeightsFormat,
    }
    if name == "out_type":
        return next(k.lower() for k, v in vars(tflite.TensorType).items() if v == value)
    if name in enums:
        return next(k for k, v in vars(enums[name]).items() if v == value and not k.startswith("_"))
    return value


@pytest.mark.parametrize("kind", FILLED)
def test_options_are_read_as_the_schema_writes_them(kind):
    """The generated builders and enumerations are the oracle of field numbers, types and names."""
    written, expected = {}, {}
    for number, field in enumerate(OPTIONS[kind].fields, start=2):
        if isinstance(field, Integers):
            written[camel(field.name)], expected[field.name] = ints([3, -1, number]), (3, -1, number)
            continue
        flag = not isinstance(field, Enum) and field.code == "?"
        value = SAMPLES.get(field.name, (not field.default) if flag else number)
        written[camel(field.name)], expected[field.name] = value, attribute(field.name, value)
    assert read_options(kind, written) == expected


@pytest.mark.parametrize("kind", FILLED)
def test_empty_options_have_the_defaults_of_the_schema(kind):
    """The generated readers are the oracle of defaults."""
    table = OPTIONS[kind].table
    builder = flatbuffers.Builder(64)
    getattr(tflite, f"{table}Start")(builder)
    builder.Finish(getattr(tflite, f"{table}End")(builder))
    oracle = getattr(tflite, table).GetRootAs(bytes(builder.Output()), 0)
    for name, value in read_options(kind, {}).items():
        if name in {"new_shape", "squeeze_dims"}:
            assert value is None
            assert getattr(oracle, f"{camel(name)}IsNone")()
        else:
            assert value == attribute(name, getattr(oracle, camel(name))())


@pytest.mark.parametrize("kind", ["ADD", "MEAN", "RESHAPE", "QUANTIZE", "FULLY_CONNECTED"])
def test_missing_options_are_those_of_an_empty_table(kind):
    root = conv_model()
    root["OperatorCodes"][1] = operator_code(kind)
    subgraph(root)["Operators"][1] = operator(1, [3], [4])
    assert parse(root).ops[1].attrs == (read_options(kind, {}) if OPTIONS[kind].fields else {})


def test_a_file_is_read_by_its_path(tmp_path):
    path = tmp_path / "m.tflite"
    path.write_bytes(build(conv_model()))
    assert len(read_model(path).ops) == 2


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.tflite", tmp_path):
        with pytest.raises(ModelError, match="no model file") as caught:
            read_model(path)
        assert path.name in caught.value.message


def test_a_file_too_large_for_any_device_is_not_read(tmp_path):
    path = tmp_path / "large.tflite"
    with path.open("wb") as file:
        file.truncate(2**29)  # a hole: nothing is written to the disk
    with pytest.raises(ModelError, match=r"large.tflite` has 536870912 bytes"):
        read_model(path)
