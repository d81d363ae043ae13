"""Nets exported from PyTorch: converted, they compute what onnxruntime does, in the layout of a .tflite."""

import json
from pathlib import Path

import numpy as np
import pytest

from edgeflow.emulate.desktop import DesktopRuntime

pytestmark = pytest.mark.slow
NETS = sorted(path.stem for path in (Path(__file__).parent / "onnx_nets").glob("*.onnx"))
# Net -> kinds of operators that show that the converter understood it, in the float model.
OPERATORS = {
    "weights_outside": {"ADD"},
    "depthwise": {"DEPTHWISE_CONV_2D"},
    "residual": {"ADD"},
    "concat": {"CONCATENATION"},
    "hard_swish": {"HARD_SWISH"},
    "resize": {"RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR", "CONCATENATION"},
    "squeeze_excite": {"LOGISTIC", "MUL"},
    "gelu": {"GELU"},
    "transposed_convolution": {"TRANSPOSE_CONV", "RELU"},  # the reference knows none with RELU in it
    "flatten": {"SOFTMAX"},
}
# Transposes that mean something: channels shuffled, features flattened in the source's order.
TRANSPOSES = {"flatten": 1, "shuffle": 3}


def facts(onnx_nets, net):
    refused = onnx_nets / net / "refused.json"
    assert not refused.exists(), refused.read_text()
    read = {
        name: json.loads((onnx_nets / net / f"{name}.json").read_text()) for name in ("source", "lowered")
    }
    return read["source"] | read["lowered"]


def graph(onnx_nets, net):
    """The float model's operator kinds, its inputs and outputs as (name, shape), and all tensor names."""
    import tflite

    model = tflite.Model.GetRootAs((onnx_nets / net / "model_float.tflite").read_bytes())
    subgraph = model.Subgraphs(0)
    names = {value: key for key, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)}
    codes = [model.OperatorCodes(index) for index in range(model.OperatorCodesLength())]
    kinds = [
        names[max(codes[op.OpcodeIndex()].BuiltinCode(), codes[op.OpcodeIndex()].DeprecatedBuiltinCode())]
        for op in (subgraph.Operators(index) for index in range(subgraph.OperatorsLength()))
    ]

    def tensors(indexes):
        chosen = [subgraph.Tensors(index) for index in indexes]
        return [(tensor.Name().decode(), tensor.ShapeAsNumpy().tolist()) for tensor in chosen]

    inputs, outputs = tensors(subgraph.InputsAsNumpy()), tensors(subgraph.OutputsAsNumpy())
    return kinds, inputs, outputs, [name for name, _ in tensors(range(subgraph.TensorsLength()))]


@pytest.mark.parametrize("net", NETS)
def test_net_computes_what_onnxruntime_does(onnx_nets, net):
    for output in facts(onnx_nets, net)["outputs"]:
        assert output["max_value"] > 0.1
        assert output["max_difference"] < 1e-5 * output["max_value"]


@pytest.mark.parametrize("net", NETS)
def test_the_reference_runs_the_float_model(onnx_nets, net):
    known = facts(onnx_nets, net)
    runtime = DesktopRuntime(onnx_nets / net / "model_float.tflite", "reference")
    with np.load(onnx_nets / net / "cases.npz") as cases:
        found = runtime.run([cases[f"in{index}"] for index in range(len(known["inputs"]))])
        for index, (output, port) in enumerate(zip(found, known["outputs"], strict=True)):
            order = [0, *(axis + 1 for axis in port["transposed"] or range(len(port["shape"])))]
            wanted = cases[f"out{index}"].transpose(order)
            np.testing.assert_allclose(output, wanted, rtol=0, atol=1e-5 * port["max_value"])


@pytest.mark.parametrize("net", NETS)
def test_net_keeps_its_interface(onnx_nets, net):
    known = facts(onnx_nets, net)
    _, inputs, outputs, _ = graph(onnx_nets, net)
    assert inputs == [(each["name"], each["shape"]) for each in known["inputs"]]
    assert outputs == [(each["name"], each["shape"]) for each in known["outputs"]]
    for each in (*known["inputs"], *known["outputs"]):
        order = each["transposed"] or range(len(each["shape"]))
        moved = [each["source_shape"][axis] for axis in order]
        assert all(size in (None, fixed) for size, fixed in zip(moved, each["shape"], strict=True))


@pytest.mark.parametrize("net", NETS)
def test_net_has_only_meant_transposes(onnx_nets, net):
    kinds, *_ = graph(onnx_nets, net)
    assert kinds.count("TRANSPOSE") == TRANSPOSES.get(net, 0)
    assert OPERATORS.get(net, set()) <= set(kinds)


def test_pictures_end_with_their_channels(onnx_nets):
    assert facts(onnx_nets, "plain")["inputs"][0]["transposed"] == [0, 2, 3, 1]
    assert facts(onnx_nets, "plain")["inputs"][0]["shape"] == [1, 12, 20, 3]
    assert facts(onnx_nets, "resize")["outputs"][0]["transposed"] == [0, 2, 3, 1]
    assert facts(onnx_nets, "waves")["inputs"][0]["transposed"] == [0, 2, 1]


def test_a_net_with_channels_last_stays_as_it_is(onnx_nets):
    known = facts(onnx_nets, "channels_last")
    assert known["inputs"][0]["transposed"] is None
    assert known["outputs"][0]["transposed"] is None
    assert graph(onnx_nets, "channels_last")[0] == ["CONV_2D", "CONV_2D"]


def test_several_inputs_keep_their_order(onnx_nets):
    assert [name for name, _ in graph(onnx_nets, "two_inputs")[1]] == ["x0", "x1"]


def test_tensors_have_the_names_of_their_nodes(onnx_nets):
    *_, names = graph(onnx_nets, "residual")
    assert "stem/stem.0/Conv;stem/stem.2/Relu" in names
    assert "stem/stem.0/Conv;stem/stem.2/Relu/weights" in names
    assert "down/down.0/Conv;down/down.2/Relu/before" in names  # the padding that its stride needs
    assert len(set(names)) == len(names)
    assert not [name for name in names if "onnx_node" in name or "unnamed" in name]


# File of onnx_refused -> what the sentence and its hint say.
REFUSED = {
    "unknown_operator": ("onnx2tf cannot convert: LpPool (1 times); the first is node `pool`", "replace"),
    "quantized": ("is quantized: node `q` is QuantizeLinear", "float32 model"),
    "integer_input": ("input `x` of `integer_input.onnx` takes int64, not float32", "float32"),
    "batch": ("takes 4 samples at once: [4, 3, 12, 20]", "batch of 1"),
    "open_size": ("input `x` of `open_size.onnx` is [?, 3, ?, ?]", "--shape x=1,3,96,96"),
    "undefined_value": ("breaks a rule of ONNX: Nodes in a graph must be topologically sorted", "export"),
    "wrong_size": ("onnxruntime cannot run `wrong_size.onnx`", "where it came from"),
    "not_finite": ("output `y` of `not_finite.onnx` is not a finite number", "weights"),
    "constant": ("has no input", "export"),
    "no_tflite_operator": ("does not have: Dilation2D (first in node `pool`)", "replace"),
    "onnx2tf_fails": (
        "cannot convert node `up` (ConvTranspose) of `onnx2tf_fails.onnx`: axes",
        "another way",
    ),
    "computes_something_else": (
        "output `y` of `computes_something_else.onnx` differs by up to",
        "nothing was",
    ),
}


def test_every_refused_file_is_expected():
    assert set(REFUSED) == {path.stem for path in (Path(__file__).parent / "onnx_refused").glob("*.onnx")}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_names_the_fault(onnx_nets, name):
    message, hint = json.loads((onnx_nets / name / "refused.json").read_text())
    assert REFUSED[name][0] in message
    assert "\n" not in message
    assert REFUSED[name][1] in hint
    assert not (onnx_nets / name / "model_float.tflite").exists()
