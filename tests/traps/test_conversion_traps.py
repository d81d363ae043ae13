"""Models as TensorFlow's converter leaves them: each compiles and equals the reference, on host and core."""

from collections import Counter

import numpy as np
import pytest
from packages import need

from edgeflow.artifact import read_json
from edgeflow.errors import UsageError
from edgeflow.frontend.tflite import read_model
from edgeflow.passes.run import run_passes
from edgeflow.pipeline import open_build, run_stages
from edgeflow.stages import chain

pytestmark = pytest.mark.slow

SHAPE_ARITHMETIC = {"SHAPE", "STRIDED_SLICE", "PACK", "RESHAPE"}
# What the converter leaves that matters, and what is left of it after the passes.
NETS = {
    "flatten_of_a_dynamic_batch": (SHAPE_ARITHMETIC, set()),
    "flatten_of_a_dynamic_batch_float": ({"QUANTIZE", "DEQUANTIZE"}, {"QUANTIZE", "DEQUANTIZE"}),
    "flatten_of_a_dynamic_batch_uint8": ({"QUANTIZE"}, {"QUANTIZE"}),
    "batch_norm_after_concat": ({"MUL", "ADD"}, {"MUL", "ADD"}),
    "without_softmax": (SHAPE_ARITHMETIC, set()),
    "two_inputs": (SHAPE_ARITHMETIC, set()),
    "two_inputs_float": ({"QUANTIZE", "DEQUANTIZE"}, {"QUANTIZE", "DEQUANTIZE"}),
    "two_inputs_uint8": ({"QUANTIZE"}, {"QUANTIZE"}),
    "hard_swish": ({"HARD_SWISH", "LOGISTIC"}, {"HARD_SWISH", "LOGISTIC"}),
    "float_functions": ({"DEQUANTIZE", "NEG", "SQUARE", "QUANTIZE"}, set()),
    "channels_first": ({"TRANSPOSE", "PAD", "RESHAPE"}, {"TRANSPOSE"}),
    "channels_first_picture": ({"TRANSPOSE", "PAD", "RESHAPE"}, set()),
    "shuffled": ({"TRANSPOSE", "SPLIT"}, {"TRANSPOSE", "SPLIT"}),
}


@pytest.fixture(scope="module")
def build_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("build")


def built(model, build_dir, *overrides):
    """The results of a build up to parity, by stage."""
    overrides = ("build.core_pictures=2", *overrides)
    build = open_build(project_file=None, overrides=overrides, build_dir=build_dir, model=model)
    return run_stages(build, chain(build, last="parity"), lambda _text: None)


@pytest.mark.parametrize("name", NETS)
def test_the_traps_are_in_the_file_and_gone_after_the_passes(trap_nets, name):
    graph = read_model(trap_nets / f"{name}.tflite")
    before, after = NETS[name]
    watched = {"TRANSPOSE", "PAD", "QUANTIZE", "DEQUANTIZE", "MUL", "ADD", *SHAPE_ARITHMETIC, *before}
    assert before <= {op.kind for op in graph.ops}
    left = {op.kind for op in run_passes(graph).ops} & (before if before != SHAPE_ARITHMETIC else watched)
    assert left == after


@pytest.mark.parametrize("name", NETS)
def test_host_and_core_equal_the_reference(trap_nets, build_dir, name):
    results = built(trap_nets / f"{name}.tflite", build_dir)
    parity = read_json(results["parity"] / "parity.json")
    assert parity["differing_bytes"] == 0
    assert {tuple(row["between"]) for row in parity["comparisons"]} >= {
        ("reference", "host"),
        ("host", "core"),
    }
    network = read_json(results["codegen"] / "network.json")
    assert {port["dtype"] for port in network["inputs"] + network["outputs"]} == {"int8"}
    edited = results["codegen"] / "model_integer_edges.tflite"
    assert edited.is_file() == name.endswith(("_float", "_uint8"))


NORMALIZED = ("conv", "depthwise", "pooling", "mean", "dense", "padding")


@pytest.mark.parametrize("name", NORMALIZED)
def test_a_normalization_goes_into_the_layer_behind(trap_nets, name):
    """Before quantization, so that int8 models have it no longer; a layer that pads cannot take it."""
    facts = read_json(trap_nets / f"before_{name}.json")
    left = {op.kind for op in read_model(trap_nets / f"before_{name}.tflite").ops} & {"MUL", "ADD"}
    assert facts["max_difference"] < 1e-5 * facts["max_value"]
    assert (facts["is_folded"], left) == ((False, {"MUL", "ADD"}) if name == "padding" else (True, set()))


@pytest.mark.parametrize("name", ["before_depthwise", "before_dense"])
def test_a_folded_model_equals_the_reference(trap_nets, build_dir, name):
    results = built(trap_nets / f"{name}.tflite", build_dir)
    assert read_json(results["parity"] / "parity.json")["differing_bytes"] == 0


# TRANSPOSEs in the file and after the passes, with the bytes that they copy.
TRANSPOSES = {
    "channels_first": ((7, 1728), (1, 432)),  # a picture that comes in NCHW
    "channels_first_picture": ((6, 1296), (0, 0)),
    "shuffled": ((7, 1440), (2, 648)),  # the same, and the shuffle itself
}


@pytest.mark.parametrize("name", TRANSPOSES)
def test_transposes_left(trap_nets, name):
    def counted(graph):
        found = [graph.output_tensor(op).byte_count for op in graph.ops if op.kind == "TRANSPOSE"]
        return len(found), sum(found)

    graph = read_model(trap_nets / f"{name}.tflite")
    assert (counted(graph), counted(run_passes(graph))) == TRANSPOSES[name]


def kinds(graph):
    return Counter(op.kind for op in graph.ops)


@pytest.mark.parametrize("kind", ["float", "uint8"])
@pytest.mark.parametrize("name", ["flatten_of_a_dynamic_batch", "two_inputs"])
def test_edges_become_those_of_the_int8_model(trap_nets, build_dir, name, kind):
    """The converter makes the same network for all edges, up to the order of the ports."""
    edited = built(trap_nets / f"{name}_{kind}.tflite", build_dir)["codegen"] / "model_integer_edges.tflite"
    found, expected = read_model(edited), read_model(trap_nets / f"{name}.tflite")
    assert kinds(found) == kinds(expected)
    ports = [
        [
            sorted((t.shape, t.dtype, t.quant.scale) for t in (g.tensors[i] for i in ids))
            for ids in (g.inputs, g.outputs)
        ]
        for g in (found, expected)
    ]
    assert ports[0] == ports[1]


def test_edges_stay_where_the_project_says_so(trap_nets, build_dir):
    model = trap_nets / "two_inputs_float.tflite"
    results = built(model, build_dir, "codegen.integer_edges=false")
    network = read_json(results["codegen"] / "network.json")
    assert {port["dtype"] for port in network["inputs"] + network["outputs"]} == {"float32"}
    assert read_json(results["parity"] / "parity.json")["differing_bytes"] == 0


def test_a_dynamic_batch_takes_the_size_that_is_asked_for(trap_nets, build_dir):
    model = trap_nets / "flatten_of_a_dynamic_batch_float.tflite"
    [name] = [read_model(model).tensors[i].name for i in read_model(model).inputs]
    shapes = f"codegen.shapes={{{name!r} = [3, 12, 12, 3]}}".replace("'", '"')
    results = built(model, build_dir, shapes)
    network = read_json(results["codegen"] / "network.json")
    assert [port["shape"] for port in network["inputs"] + network["outputs"]] == [[3, 12, 12, 3], [3, 4]]
    assert {port["dtype"] for port in network["inputs"]} == {"float32"}
    assert read_json(results["parity"] / "parity.json")["differing_bytes"] == 0
    with pytest.raises(UsageError, match="integer edges do not go together with shapes"):
        built(model, build_dir, shapes, "codegen.integer_edges=true")


def test_the_edited_model_computes_the_same(trap_nets, build_dir):
    """The caller's conversion and the int8 model give what the float model gives."""
    need("tflite_runtime")
    from tflite_runtime.interpreter import Interpreter

    model = trap_nets / "flatten_of_a_dynamic_batch_float.tflite"
    edited = built(model, build_dir)["codegen"] / "model_integer_edges.tflite"
    whole, inner = Interpreter(str(model)), Interpreter(str(edited))
    draw = np.random.default_rng(4)
    for each in (whole, inner):
        each.allocate_tensors()
    for _ in range(5):
        real = draw.uniform(-1.2, 1.2, (1, 12, 12, 3)).astype(np.float32)
        whole.set_tensor(whole.get_input_details()[0]["index"], real)
        whole.invoke()
        [port], [out] = inner.get_input_details(), inner.get_output_details()
        scale, zero = port["quantization"]
        steps = np.trunc(real / np.float32(scale) + np.copysign(np.float32(0.5), real)) + zero
        inner.set_tensor(port["index"], np.clip(steps, -128, 127).astype(np.int8))
        inner.invoke()
        scale, zero = out["quantization"]
        found = np.float32(scale) * (inner.get_tensor(out["index"]).astype(np.int32) - zero).astype(
            np.float32
        )
        np.testing.assert_array_equal(found, whole.get_tensor(whole.get_output_details()[0]["index"]))
