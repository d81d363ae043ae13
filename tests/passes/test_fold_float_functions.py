"""fold_float_functions: tables equal TFLite's float32 kernels at all 256 values."""

import numpy as np
import pytest
from packages import need
from small_graphs import activation, const, graph_of, op, q8
from tflite_builder import Node, T, build_model

from edgeflow.errors import ModelError
from edgeflow.frontend.tflite import read_model
from edgeflow.ops.registry import check_ops, lower
from edgeflow.passes.float_function import KINDS, Range, exactly, function_range
from edgeflow.passes.fold_float_functions import fold_float_functions
from edgeflow.passes.run import run_passes
from edgeflow.quantize.audit import FLOAT_FUNCTIONS, audit_int8

EVERY = np.arange(-128, 128).astype(np.int8).reshape(1, 256)
INPUT = (0.043, 3)
# Steps: an operator with its options table and constants; output scale and zero point.
CHAINS = {
    "elu": ([("ELU", "", ())], 0.021, -80),
    "neg": ([("NEG", "NegOptions", ())], 0.043, -4),
    "square": ([("SQUARE", "SquareOptions", ())], 0.13, -128),
    "sign": ([("SIGN", "SignOptions", ())], 1 / 127, 0),
    "floor": ([("FLOOR", "", ())], 0.05, 1),
    "round": ([("ROUND", "", ())], 0.05, 1),
    "pow": ([("POW", "PowOptions", (3.0,))], 0.7, 2),
    "sin": ([("SIN", "", ())], 0.0079, 1),
    "cos": ([("COS", "CosOptions", ())], 0.0079, 1),
    "abs": ([("ABS", "AbsOptions", ())], 0.03, -128),
    "third": ([("DIV", "DivOptions", (3.0,))], 0.015, 3),
    "softplus": (
        [("EXP", "ExpOptions", ()), ("ADD", "AddOptions", (1.0,)), ("LOG", "", ())],
        0.0243,
        -128,
    ),
    "root": (
        [("RELU", "", ()), ("ADD", "AddOptions", (0.25,)), ("SQRT", "", ())],
        0.0091,
        -128,
    ),
}
# The reference resolver of tflite-runtime 2.14 has not these, whose only kernels other resolvers offer.
NOT_IN_REFERENCE = {"elu", "round"}


def model_of(steps, scale, zero, shape=(1, 256)):
    """DEQUANTIZE, the steps, QUANTIZE."""
    tensors = [T("x", shape, "int8", INPUT[0], INPUT[1]), T("real", shape, "float32")]
    nodes = [Node("DEQUANTIZE", [0], [1], "DequantizeOptions", {}, 2)]
    for kind, options, constants in steps:
        inputs = [len(tensors) - 1]
        for value in constants:
            tensors.append(T(f"c{len(tensors)}", (), "float32", data=np.float32(value)))
            inputs.append(len(tensors) - 1)
        tensors.append(T(f"t{len(tensors)}", shape, "float32"))
        nodes.append(Node(kind, inputs, [len(tensors) - 1], options))
    tensors.append(T("y", shape, "int8", scale, zero))
    nodes.append(Node("QUANTIZE", [len(tensors) - 2], [len(tensors) - 1], "QuantizeOptions"))
    return build_model(tensors, nodes, [0], [len(tensors) - 1])


@pytest.fixture
def graph(tmp_path):
    def read(model):
        (tmp_path / "net.tflite").write_bytes(model)
        return read_model(tmp_path / "net.tflite")

    return read


def interpreted(model, name):
    """What tflite-runtime makes of all values."""
    need("tflite_runtime")
    from tflite_runtime.interpreter import Interpreter, OpResolverType

    kernels = OpResolverType.BUILTIN_REF
    if name in NOT_IN_REFERENCE:
        kernels = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], EVERY)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def test_the_quantization_lets_them_pass(tmp_path):
    assert FLOAT_FUNCTIONS == KINDS
    (tmp_path / "net.tflite").write_bytes(model_of(*CHAINS["softplus"]))
    assert len(audit_int8(tmp_path / "net.tflite").operators) == 5


@pytest.mark.parametrize("name", CHAINS)
def test_the_table_equals_the_float_kernels(name, graph, kernels):
    from kernel_harness import run_graph

    model = model_of(*CHAINS[name])
    left = run_passes(graph(model))
    check_ops(left, name)
    assert [each.kind for each in left.ops] == ["LOOKUP"]
    found = run_graph(kernels, left, lower, [EVERY])[left.outputs[0]]
    assert len(np.unique(found)) > 2
    np.testing.assert_array_equal(found, interpreted(model, name))


def test_what_a_last_bit_decides_stays(graph):
    """The sine of some value lies within a float32's last bit of the middle of two steps."""
    value = np.float32(INPUT[0]) * np.float32(60)
    middle = np.float64(np.sin(np.float64(value))) / 100.5
    folded = fold_float_functions(graph(model_of([("SIN", "", ())], float(np.float32(middle)), 0)))
    assert [each.kind for each in folded.ops] == ["DEQUANTIZE", "SIN", "QUANTIZE"]
    with pytest.raises(ModelError, match="SIN #1"):
        check_ops(folded, "net")


def test_a_result_that_is_shown_stays(graph):
    """DEQUANTIZE and NEG have another reader: the model's output."""
    tensors = [q8(0, (4,)), activation(1, (4,), "float32"), activation(2, (4,), "float32"), q8(3, (4,))]
    ops = [op(0, "DEQUANTIZE", [0], [1]), op(1, "NEG", [1], [2]), op(2, "QUANTIZE", [2], [3])]
    shown = fold_float_functions(graph_of(tensors, ops, [0], [2, 3]))
    assert [each.kind for each in shown.ops] == ["DEQUANTIZE", "NEG", "LOOKUP"]
    hidden = fold_float_functions(graph_of(tensors, ops, [0], [3]))
    assert [each.kind for each in hidden.ops] == ["LOOKUP"]
    assert hidden.ops[0].absorbed == ("DEQUANTIZE #0", "NEG #1", "QUANTIZE #2")


def test_two_sources_and_constants_by_channel_stay():
    floats = [activation(i, (4,), "float32") for i in (2, 3, 4)]
    tensors = [q8(0, (4,)), q8(1, (4,)), *floats, q8(5, (4,)), const(6, [1, 2, 3, 4], "float32")]
    last = op(3, "QUANTIZE", [4], [5])
    opened = [op(0, "DEQUANTIZE", [0], [2]), op(1, "DEQUANTIZE", [1], [3])]
    for pair in ([2, 3], [2, 6]):
        graph = graph_of(tensors, [*opened, op(2, "MUL", pair, [4]), last], [0, 1], [5])
        assert fold_float_functions(graph).ops == graph.ops


@pytest.mark.parametrize(
    ("kind", "operands", "expected"),
    [
        ("NEG", [(-1, 2)], (-2, 1)),
        ("MUL", [(-1, 2), (-3, 1)], (-6, 3)),
        ("SUB", [(0, 1), (2, 4)], (-4, -1)),
        ("DIV", [(1, 2), (-1, 1)], None),
        ("DIV", [(1, 2), (2, 4)], (0.25, 1)),
        ("SQUARE", [(-1, 1)], None),
        ("FLOOR", [(0.5, 1.5)], (0, 1)),
        ("LOG", [(0, 1)], None),
        ("TILE", [(0, 1)], None),
    ],
)
def test_ranges(kind, operands, expected):
    ends = [Range(*(np.array([end], np.float32) for end in each)) for each in operands]
    found = function_range(kind, "NONE", ends)
    assert (None if found is None else (found.low[0], found.high[0])) == expected


def test_a_fused_activation_limits():
    found = function_range("ADD", "RELU6", [exactly(np.array([-9, 9], np.float32))] * 2)
    assert found.low.tolist() == found.high.tolist() == [0, 6]
    assert function_range("ADD", "TANH", [exactly(np.zeros(1, np.float32))] * 2) is None
