"""Tables of delegates: that they are sound, what follows from them, and what the real XNNPACK does."""

import json
import subprocess
import sys

import numpy as np
import pytest
from packages import need

from edgeflow.errors import UsageError
from edgeflow.frontend.schema import BUILTIN_NAMES, DTYPE_NAMES
from edgeflow.frontend.tflite import read_operators
from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.mobile.compatibility import verdict
from edgeflow.mobile.delegation import listed, of_model, of_target, require_system, row_count
from edgeflow.mobile.partition import partition
from edgeflow.mobile.table import choose, load_delegates
from edgeflow.target.descriptor import load

TABLES = load_delegates()
BY_NAME = {each.name: each for each in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda each: each.name)
def test_table_names_real_operators_and_types_and_its_source(table):
    builtins, dtypes = set(BUILTIN_NAMES.values()), set(DTYPE_NAMES.values())
    for row in table.operators:
        assert set(row.kinds) <= builtins
        assert {*row.types, *(row.output_types or ()), *(row.bias_types or ())} <= dtypes
        assert set(row.unless) == set() or row.refuses
    pairs = [(kind, dtype) for row in table.operators for kind in row.kinds for dtype in row.types]
    repeated = {pair for pair in pairs if pairs.count(pair) > 1}
    assert not repeated, f"two rows for {repeated}"
    assert "commit" in table.version or any(c.isdigit() for c in table.version) or "copied" in table.version
    assert len(table.source) > 40


def test_tables_are_many_rows_with_the_cpu_first():
    assert TABLES[0].name == "xnnpack"
    assert row_count(TABLES) > 300
    assert {each.processor for each in TABLES} == {"cpu", "gpu", "npu", "dsp"}


def one_op(kind, *, dtype="int8", shape=(1, 4, 4, 8), weights=None, bias="int32", version=1, **attrs):
    """A graph of one operator; ``weights`` is the shape of constant weights, ``bias`` the type of a bias."""
    quant = Quant((0.5,), (0,))
    tensors = {0: Tensor(0, "in", shape, dtype, quant), 1: Tensor(1, "out", shape, dtype, quant)}
    inputs = [0]
    if weights is not None:
        tensors[2] = Tensor(2, "w", weights, dtype, quant, np.zeros(weights, dtype))
        inputs.append(2)
        if bias:
            tensors[3] = Tensor(3, "b", (8,), bias, quant, np.zeros(8, bias))
            inputs.append(3)
    op = Op(0, kind, version, tuple(inputs), (1,), attrs)
    return Graph(tensors, (op,), (0,), (1,))


CONV = {"weights": (8, 3, 3, 8), "fused_activation_function": "RELU", "stride_w": 1, "stride_h": 1}
POOL = {"filter_width": 1, "filter_height": 1}
CASES = {
    "conv": ("xnnpack", one_op("CONV_2D", **CONV), "yes"),
    "conv without bias": ("xnnpack", one_op("CONV_2D", **CONV, bias=None), "no"),
    "conv of int16": ("xnnpack", one_op("CONV_2D", **CONV, dtype="int16", bias="int64"), "no"),
    "conv with bias of int64": ("xnnpack", one_op("CONV_2D", **CONV, bias="int64"), "no"),
    "conv with tanh": ("xnnpack", one_op("CONV_2D", **CONV | {"fused_activation_function": "TANH"}), "no"),
    "float softmax": ("xnnpack", one_op("SOFTMAX", dtype="float32", beta=1.0), "yes"),
    "float softmax, other beta": ("xnnpack", one_op("SOFTMAX", dtype="float32", beta=2.0), "no"),
    "int8 softmax": ("xnnpack", one_op("SOFTMAX", beta=1.0), "no"),
    "pool 1x1 of stride 1": ("xnnpack", one_op("MAX_POOL_2D", **POOL, stride_w=1, stride_h=1), "yes"),
    "pool 1x1 of stride 2": ("xnnpack", one_op("MAX_POOL_2D", **POOL, stride_w=2, stride_h=2), "no"),
    "mean over space": ("xnnpack", None, "yes"),
    "slope with open condition": ("xnnpack", one_op("LEAKY_RELU"), "if"),
    "float add, version 1": ("gpu", one_op("ADD", dtype="float32"), "yes"),
    "float add, version 2": ("gpu", one_op("ADD", dtype="float32", version=2), "no"),
    "int8 add": ("gpu", one_op("ADD", version=2), "if"),
    "stride 4": ("hexagon", one_op("CONV_2D", **CONV | {"stride_w": 4}), "no"),
    "five dimensions": ("hexagon", one_op("RELU", shape=(1, 1, 1, 1, 8)), "no"),
    "not in a complete list": ("hexagon", one_op("EXP"), "no"),
    "not in an incomplete list": ("edgetpu", one_op("EXP"), "unknown"),
    "int8 conv by NNAPI": ("nnapi-armnn", one_op("CONV_2D", **CONV), "if"),
    "int8 pad by NNAPI": ("nnapi-armnn", one_op("PAD"), "no"),
    "int16 on Ethos-U": ("ethos-u55", one_op("RELU", dtype="int16"), "yes"),
    "float on Ethos-U": ("ethos-u55", one_op("RELU", dtype="float32"), "no"),
}


@pytest.mark.parametrize("name", CASES)
def test_verdict(name):
    delegate, graph, expected = CASES[name]
    graph = graph or mean((1, 2))
    found = verdict(BY_NAME[delegate], graph, graph.ops[0])
    assert found.answer == expected, found.reason
    assert found.reason or found.answer == "yes"


def mean(axes):
    graph = one_op("MEAN")
    axis = Tensor(2, "axes", (len(axes),), "int32", None, np.array(axes, np.int32))
    return Graph(graph.tensors | {2: axis}, (Op(0, "MEAN", 2, (0, 2), (1,), {}),), (0,), (1,))


def test_mean_over_channels_is_refused_with_its_axes():
    found = verdict(BY_NAME["xnnpack"], mean((3,)), mean((3,)).ops[0])
    assert (found.answer, found.reason) == ("no", "input 1 is [3]")


def diamond(*flags):
    """0 -> 1 -> 3, 0 -> 2 -> 3, in this order of execution."""
    tensors = {i: Tensor(i, f"t{i}", (1,), "int8") for i in range(5)}
    wires = [((0,), (1,)), ((1,), (2,)), ((1,), (3,)), ((2, 3), (4,))]
    ops = tuple(Op(i, "RELU", 1, inputs, outputs) for i, (inputs, outputs) in enumerate(wires))
    return [(part.is_delegated, part.ops) for part in partition(Graph(tensors, ops, (0,), (4,)), list(flags))]


def test_parts():
    assert diamond(True, True, True, True) == [(True, (0, 1, 2, 3))]
    assert diamond(False, False, False, False) == [(False, (0, 1, 2, 3))]
    assert diamond(True, False, True, True) == [(True, (0, 2)), (False, (1,)), (True, (3,))]
    assert diamond(False, True, False, True) == [(False, (0, 2)), (True, (1, 3))]


def test_targets_choose_delegates_and_name_what_has_no_table():
    chosen, without = of_target(TABLES, load("pixel-6"))
    assert [each.name for each in chosen] == ["xnnpack", "gpu", "nnapi-armnn"]
    assert without == ["Google TPU (npu)"]
    chosen, _ = of_target(TABLES, load("coral-dev-board"))
    assert "edgetpu" in [each.name for each in chosen]


def test_unknown_delegate_gets_a_hint():
    with pytest.raises(UsageError, match="xnpack") as caught:
        choose(TABLES, "xnpack")
    assert caught.value.hint == "did you mean `xnnpack`?"


DELEGATE_COUNT = """
import sys
from ai_edge_litert.interpreter import Interpreter
interpreter = Interpreter(sys.argv[1], num_threads=1)
interpreter.allocate_tensors()
ops = interpreter._get_ops_details()
print(sum(op["op_name"] == "DELEGATE" for op in ops))
"""


@pytest.mark.parametrize(
    ("model", "delegated", "cpu"),
    [
        ("mlperf_vww_mbv1", 2, 2),
        ("mlperf_ic_resnet8", 2, 2),
        ("mlperf_ad_autoencoder", 1, 0),
        ("tflm_magic_wand", 1, 1),
        ("armkws_cnn_s_floatio", 2, 1),
    ],
)
def test_the_real_xnnpack_falls_into_the_same_parts(shared_dir, model, delegated, cpu):
    need("ai_edge_litert")
    path = shared_dir / "models" / "models" / f"{model}.tflite"
    (summary,) = of_model(path, [BY_NAME["xnnpack"]])["delegates"]
    assert (summary["delegated_parts"], summary["cpu_parts"]) == (delegated, cpu)
    assert summary["macs_percent"] == 100.0
    counted = subprocess.run(
        [sys.executable, "-c", DELEGATE_COUNT, str(path)], capture_output=True, text=True, check=True
    )
    assert int(counted.stdout) == delegated


def test_every_shared_model_is_read(shared_dir):
    for path in sorted((shared_dir / "models" / "models").glob("*.tflite")):
        graph = read_operators(path)
        answers = {verdict(BY_NAME["xnnpack"], graph, op).answer for op in graph.ops}
        assert answers <= {"yes", "if", "no"}


@pytest.mark.slow
def test_command_line(run_cli, fc_float_model, tmp_path):
    done = run_cli("delegates", fc_float_model, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["schema"] == 1
    (op,) = [each for each in result["operators"] if each["kind"] == "FULLY_CONNECTED"]
    assert op["dtype"] == "float32"
    assert op["macs"] == 24
    assert op["verdicts"]["xnnpack"]["answer"] == "yes"
    assert op["verdicts"]["hexagon"]["answer"] == "no"
    text = run_cli("delegates", fc_float_model, "--target", "pixel-6", "--delegate", "gpu")
    assert "Google TPU (npu): no public list" in text.stdout
    tables = run_cli("delegates", "list").stdout
    assert all(each.source in tables for each in TABLES)
    assert max(map(len, tables.splitlines()[-60:])) <= 100


def test_what_the_static_answer_holds():
    (row,) = [each for each in listed(TABLES) if each["name"] == "gpu"]
    assert row["kinds"] == list(BY_NAME["gpu"].kinds)
    assert {"version", "source", "note", "operators"} <= set(row)


def test_a_microcontroller_has_no_delegates():
    with pytest.raises(UsageError, match="is a microcontroller"):
        require_system(load("nucleo-l476rg"), "nucleo-l476rg")
