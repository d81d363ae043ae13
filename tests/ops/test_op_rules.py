"""Every rule refuses what it says, by its own sentence, and accepts the untouched case."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from broken_blocks import BLOCK_BASES, BLOCK_BROKEN
from broken_compared import COMPARED_BASES, COMPARED_BROKEN
from broken_lstm import LSTM_BASES, LSTM_BROKEN
from broken_movement import MOVEMENT_BASES, MOVEMENT_BROKEN, SEVERAL_OUTPUTS
from broken_reduced import REDUCED_BASES, REDUCED_BROKEN
from broken_state import STATE_BASES, STATE_BROKEN, WITHOUT_OUTPUT
from broken_svdf import SVDF_BASES, SVDF_BROKEN
from cases_compared import COMPARISONS
from graph_changes import attr, op, per_channel, tensor
from op_graphs import case_of, graph_of

from edgeflow.errors import ModelError
from edgeflow.ir.graph import Op, Quant
from edgeflow.ops.l2_normalization import row_length
from edgeflow.ops.registry import REGISTRY, broken_rule, check_ops, lower, op_macs

BASES = {
    "CONV_2D": "3x3_same",
    "DEPTHWISE_CONV_2D": "3x3_same",
    "FULLY_CONNECTED": "plain",
    "ADD": "channels",
    "PAD": "height_and_width",
    "AVERAGE_POOL_2D": "2x2_stride_2",
    "MAX_POOL_2D": "2x2_stride_2",
    "MEAN": "global",
    "SOFTMAX": "ten_classes",
    "LOG_SOFTMAX": "ten_classes",
    "QUANTIZE": "int8_finer",
    "DEQUANTIZE": "int8",
    "RELU": "finer",
    "RELU6": "finer",
    "RESHAPE": "flatten",
    **MOVEMENT_BASES,
    **BLOCK_BASES,
    **REDUCED_BASES,
    **STATE_BASES,
    **LSTM_BASES,
    **SVDF_BASES,
    **COMPARED_BASES,
    "RELU_N1_TO_1": "finer",
    "RELU_0_TO_1": "finer",
    **dict.fromkeys(("MUL", "SUB", "MINIMUM", "MAXIMUM", "PRELU", "SQUARED_DIFFERENCE"), "channels"),
    "EXP": "plain",
    "GELU": "plain_False",
    "RSQRT": "plain",
    "LOGISTIC": "scale_0.1_zero_0",
    "TANH": "scale_0.1_zero_0",
    "LEAKY_RELU": "plain",
    "HARD_SWISH": "plain",
    "ABS": "finer",
    "CAST": "uint8_to_int32",
    "L2_NORMALIZATION": "random_rows",
}


@cache
def base_graph(kind):
    return graph_of(case_of(kind, BASES[kind]))


INT8 = "The input and the output are int8"
BIAS = 3  # tensor ids of the convolution cases: 0 input, 1 weights, 2 output, 3 bias


def wide(*scales, ids=(0, 2)):
    """Activations as int16 with zero point 0, and these scales or their own."""

    def change(graph):
        for position, tensor_id in enumerate(ids):
            quant = {"zero_points": (0,)} | ({"scales": (scales[position],)} if scales else {})
            graph = tensor(tensor_id, dtype="int16", quant=quant)(graph)
        return graph

    return change


int16_activations = wide()  # of a convolution, whose bias stays int32


def both(first, second):
    """One change after the other."""
    return lambda graph: second(first(graph))


PAIRS = ("ADD", "SUB", "MUL", "MINIMUM", "MAXIMUM", "PRELU", "SQUARED_DIFFERENCE")
CURVES = ("LOGISTIC", "TANH", "LEAKY_RELU", "HARD_SWISH", "ABS", "EXP", "GELU", "RSQRT")
CLAMPS = ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1")
CONV_LIKE = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
LARGE_POOL = both(
    tensor(0, shape=(1, 256, 129, 3)),
    both(
        tensor(1, shape=(1, 1, 1, 3)), attr(filter_height=256, filter_width=129, stride_h=256, stride_w=129)
    ),
)


def from_dequantize_to_quantize(graph):
    """The graph's operator on float32, with a DEQUANTIZE before it and a QUANTIZE after it."""
    for tensor_id in (0, 1):
        graph = tensor(tensor_id, dtype="float32")(graph)
    ends = {i: replace(graph.tensors[0], id=i, dtype="int8") for i in (2, 3)}
    around = (Op(1, "DEQUANTIZE", 1, (2,), (0,)), Op(2, "QUANTIZE", 1, (1,), (3,)))
    return replace(graph, tensors={**graph.tensors, **ends}, ops=(*graph.ops, *around))


BROKEN = [
    *(
        (kind, tensor(0, shape=(2**12, 2**12, 2)), "more than 16777216 elements")
        for kind in ("SUB", "CONV_2D")
    ),
    *MOVEMENT_BROKEN,
    *BLOCK_BROKEN,
    *REDUCED_BROKEN,
    *STATE_BROKEN,
    *LSTM_BROKEN,
    *SVDF_BROKEN,
    *COMPARED_BROKEN,
    *(
        (kind, op(outputs=(2, 3)), "one output")
        for kind in REGISTRY
        if kind not in {*SEVERAL_OUTPUTS, *WITHOUT_OUTPUT}
    ),
    *((kind, op(inputs=(0,)), "2 to 3 inputs") for kind in CONV_LIKE),
    *((kind, op(inputs=(0, None, 3)), "2 to 3 inputs") for kind in CONV_LIKE),
    *((kind, tensor(0, dtype="int16"), INT8) for kind in CONV_LIKE),
    *((kind, tensor(2, dtype="float32"), "On float32 the operator is not supported") for kind in CONV_LIKE),
    *((kind, tensor(2, quant=None), INT8) for kind in CONV_LIKE),
    *((kind, tensor(0, quant=per_channel(0.1, 0.2)), INT8) for kind in CONV_LIKE),
    *((kind, tensor(0, quant={"scales": (0.0,)}), INT8) for kind in CONV_LIKE),
    *((kind, tensor(0, quant={"scales": (float("nan"),)}), INT8) for kind in CONV_LIKE),
    *((kind, tensor(0, quant={"zero_points": (128,)}), INT8) for kind in CONV_LIKE),
    *((kind, tensor(1, data=None), "The weights are an int8 array") for kind in CONV_LIKE),
    *((kind, tensor(1, dtype="uint8"), "The weights are an int8 array") for kind in CONV_LIKE),
    *((kind, tensor(1, quant=None), "The weights are an int8 array") for kind in CONV_LIKE),
    *((kind, tensor(1, quant={"zero_points": (1,)}), "zero points are 0") for kind in CONV_LIKE),
    *((kind, tensor(1, quant=per_channel(0.1, 0.1, axis=1)), "one scale for each") for kind in CONV_LIKE),
    *((kind, tensor(BIAS, dtype="int64"), "The bias, if there is one") for kind in CONV_LIKE),
    *((kind, tensor(BIAS, data=None), "The bias, if there is one") for kind in CONV_LIKE),
    *((kind, tensor(BIAS, shape=(2,)), "The bias, if there is one") for kind in CONV_LIKE),
    *((kind, tensor(BIAS, quant=per_channel(0.5)), "The bias scale is") for kind in CONV_LIKE),
    *((kind, tensor(BIAS, quant=per_channel(0.1, 0.1)), "The bias scale is") for kind in CONV_LIKE),
    *((kind, tensor(BIAS, quant={"zero_points": (1, 0, 0, 0)}), "The bias scale is") for kind in CONV_LIKE),
    *((kind, attr(fused_activation_function="TANH"), "The fused activation is") for kind in CONV_LIKE),
    *((kind, tensor(2, quant={"scales": (1e-20,)}), "less than 2**30 times") for kind in CONV_LIKE),
    *((kind, tensor(2, shape=(1, 6, 5, 99)), "") for kind in CONV_LIKE),
    *((kind, op(version=99), "Version 99 of the operator is newer") for kind in REGISTRY),
    ("DEPTHWISE_CONV_2D", int16_activations, "the bias, if there is one, is int64"),
    *(
        (kind, wide(*scales, ids=(0, 1, 2)), words)
        for kind in ("ADD", "SUB")
        for scales, words in (
            ((2.0**-11, 2.0**-11, 2.0**-11), "the inputs have one shape"),
            ((2.0**-10, 2.0**-11, 2.0**-11), "one input's is the output's"),
            ((2.0**-12, 2.0**-12, 2.0**-11), "one input's is the output's"),
            ((2.0**-27, 2.0**-11, 2.0**-11), "one input's is the output's"),
            ((1.1, 1.0, 2.0**-14), "of int16 2**-14"),
        )
    ),
    ("AVERAGE_POOL_2D", both(wide(ids=(0, 1)), LARGE_POOL), "At most 2**15 int16 elements"),
    ("SOFTMAX", wide(2.5001, 2.0**-15, ids=(0, 1)), "is less than 2.5"),
    ("SOFTMAX", wide(0.1, 2.0**-14, ids=(0, 1)), "int16: 1/32768"),
    ("SOFTMAX", wide(2.0**-15, ids=(1,)), "of int8 inputs 1/65536"),
    ("SOFTMAX", wide(2.0**-16, ids=(1,)), "of int8 inputs -32768"),
    ("SOFTMAX", wide(0.1, ids=(0,)), "The input is int8 and the output"),
    *(
        (kind, wide(2.6, 2.0**-15, ids=(0, 1)), "int16 input is less than 2.6")
        for kind in ("LOGISTIC", "TANH")
    ),
    *((kind, wide(0.1, 2.0**-14, ids=(0, 1)), "of int16 1/32768") for kind in ("LOGISTIC", "TANH")),
    *((kind, tensor(0, dtype="int16"), INT8) for kind in ("RELU_0_TO_1", "RELU_N1_TO_1")),
    ("CONV_2D", tensor(0, shape=(6, 5, 3)), "four dimensions (batch"),
    ("CONV_2D", tensor(1, shape=(4, 3, 3, 2)), "divide input and output into groups"),
    ("CONV_2D", tensor(1, shape=(4, 27, 1)), "divide input and output into groups"),
    ("CONV_2D", attr(padding="REFLECT"), "The padding is SAME, VALID or"),
    ("CONV_2D", attr(padding="EXPLICIT", pad_top=3), "The padding is SAME, VALID or"),
    ("CONV_2D", attr(stride_h=0), "strides and dilations are at least 1"),
    ("CONV_2D", attr(dilation_w_factor=0), "strides and dilations are at least 1"),
    ("CONV_2D", tensor(2, shape=(1, 6, 6, 4)), "The output's shape follows from"),
    ("CONV_2D", attr(padding="VALID", dilation_h_factor=9), "The output's shape follows from"),
    ("CONV_2D", tensor(BIAS, data=np.full(4, 2**31 - 1, np.int32)), "overflow"),
    ("CONV_2D", tensor(BIAS, data=np.full(4, -(2**31), np.int32)), "overflow"),
    ("DEPTHWISE_CONV_2D", tensor(0, shape=(6, 5, 3)), "four dimensions (batch"),
    ("DEPTHWISE_CONV_2D", tensor(1, shape=(3, 3, 3, 1)), "a multiple of the input's channels"),
    ("DEPTHWISE_CONV_2D", tensor(0, shape=(1, 6, 5, 2)), "a multiple of the input's channels"),
    ("DEPTHWISE_CONV_2D", attr(stride_w=-1), "strides and dilations are at least 1"),
    ("DEPTHWISE_CONV_2D", tensor(2, shape=(1, 5, 6, 3)), "The output's shape follows from"),
    ("DEPTHWISE_CONV_2D", tensor(BIAS, data=np.full(3, 2**31 - 1, np.int32)), "overflow"),
    ("FULLY_CONNECTED", tensor(1, shape=(9, 1, 17)), "default layout"),
    ("FULLY_CONNECTED", attr(weights_format="SHUFFLED4x16INT8"), "default layout"),
    ("FULLY_CONNECTED", tensor(0, shape=(1, 16)), "whole number of rows"),
    ("FULLY_CONNECTED", tensor(2, shape=(9,)), "the rows by the outputs"),
    ("FULLY_CONNECTED", tensor(BIAS, data=np.full(9, 2**31 - 1, np.int32)), "overflow"),
    *((kind, op(inputs=(0,)), "2 inputs and one output") for kind in PAIRS),
    *((kind, tensor(1, dtype="int32"), "Both inputs and the output are int8") for kind in PAIRS),
    *((kind, tensor(1, quant=None), "Both inputs and the output are int8") for kind in PAIRS),
    *((kind, tensor(2, dtype="int16"), "Both inputs and the output are int8") for kind in PAIRS),
    *((kind, tensor(1, shape=(7,)), "broadcast to the output's shape") for kind in PAIRS),
    *((kind, tensor(2, shape=(2, 4, 4, 9)), "broadcast to the output's shape") for kind in PAIRS),
    *((kind, attr(fused_activation_function="SIGN_BIT"), "The fused activation is") for kind in PAIRS[:3]),
    *((kind, tensor(2, quant={"scales": (1e-9,)}), "more than 2**-19") for kind in ("ADD", "SUB")),
    ("MUL", tensor(2, quant={"scales": (1e-12,)}), "less than 2**30 times the output scale"),
    ("MUL", tensor(2, quant={"scales": (1e-44,)}), "less than 2**30 times the output scale"),
    ("PRELU", tensor(2, quant={"scales": (1e-12,)}), "less than 2**30 times the output scale"),
    ("PRELU", tensor(1, quant={"scales": (1e12,)}), "less than 2**30 times the output scale"),
    ("PRELU", op(inputs=(1, 0)), "The output has the input's shape"),
    ("PRELU", tensor(0, shape=(9,)), "broadcast to the output's shape"),
    *((kind, tensor(0, dtype="uint8"), INT8) for kind in (*CURVES, "L2_NORMALIZATION")),
    *((kind, tensor(1, quant=per_channel(0.1, 0.2)), INT8) for kind in CURVES),
    *((kind, tensor(1, shape=(256,)), "The output has the input's shape") for kind in CURVES),
    ("LOGISTIC", tensor(1, quant={"zero_points": (0,)}), "scale 1/256 and the zero point -128"),
    ("LOGISTIC", tensor(1, quant={"scales": (1 / 255,)}), "scale 1/256 and the zero point -128"),
    ("TANH", tensor(1, quant={"zero_points": (-1,)}), "scale 1/128 and the zero point 0"),
    ("TANH", tensor(1, quant={"scales": (1 / 127,)}), "scale 1/128 and the zero point 0"),
    *(
        ("LEAKY_RELU", attr(alpha=alpha), "The slope for negative inputs")
        for alpha in (-0.1, None, float("nan"), float("inf"))
    ),
    ("LEAKY_RELU", attr(alpha=1e12), "less than 2**30 times the output scale"),
    ("LEAKY_RELU", tensor(1, quant={"scales": (1e-12,)}), "less than 2**30 times the output scale"),
    *(
        ("HARD_SWISH", tensor(i, quant={"scales": (scale,)}), "The input scale is from 2e-7 to 768")
        for i, scale in ((0, 768.1), (0, 1e-9), (1, 0.0006), (1, 43.0))
    ),
    ("SQUARED_DIFFERENCE", tensor(2, quant={"scales": (1e-9,)}), "2**-12 of the square"),
    ("GELU", tensor(0, quant={"scales": (1e20,)}), "less than 2**64"),
    ("GELU", tensor(1, quant={"scales": (1e-8,)}), "less than 2**20 times the output scale"),
    ("EXP", tensor(0, quant={"scales": (0.2,)}), "less than 2**30 output steps"),
    ("EXP", tensor(1, quant={"scales": (1e-8,)}), "less than 2**30 output steps"),
    ("RSQRT", tensor(1, quant={"scales": (1e-8,)}), "from 2**-19 to 2**10"),
    ("RSQRT", tensor(1, quant={"scales": (1e5,)}), "from 2**-19 to 2**10"),
    ("RSQRT", tensor(1, quant={"scales": (1e-45,)}), "from 2**-19 to 2**10"),
    ("L2_NORMALIZATION", tensor(1, shape=(40, 64)), "The output has the input's shape"),
    ("L2_NORMALIZATION", tensor(1, quant={"zero_points": (1,)}), "scale 1/128 and the zero point 0"),
    ("L2_NORMALIZATION", tensor(1, quant={"scales": (0.008,)}), "scale 1/128 and the zero point 0"),
    ("L2_NORMALIZATION", attr(fused_activation_function="RELU"), "no fused activation"),
    ("ABS", tensor(1, quant={"scales": (1e-12,)}), "less than 2**30 times"),
    ("PAD", tensor(1, data=None), "The paddings are a constant"),
    ("PAD", tensor(1, shape=(2, 4)), "The paddings are a constant"),
    ("PAD", tensor(1, data=np.full((4, 2), -1, np.int32)), "The paddings are a constant"),
    ("PAD", tensor(2, quant={"scales": (0.2,)}), "the same scale"),
    ("PAD", tensor(2, quant={"zero_points": (0,)}), "zero point"),
    ("PAD", tensor(2, shape=(1, 7, 8, 4)), "the padded input's shape"),
    *((kind, tensor(0, dtype="uint8"), INT8) for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D")),
    *((kind, tensor(1, quant={"scales": (0.06,)}), "the same scale") for kind in ("AVERAGE_POOL_2D",)),
    *((kind, attr(filter_width=0), "at least 1") for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D")),
    ("MAX_POOL_2D", tensor(1, shape=(1, 3, 3, 3)), "The output's shape follows from"),
    ("MAX_POOL_2D", attr(filter_height=7), "The output's shape follows from"),
    ("MEAN", tensor(1, data=None), "stand in the model file"),
    ("MEAN", tensor(1, data=np.array([1, 4], np.int32)), "exist in the input"),
    ("MEAN", tensor(1, data=np.array([1, -5], np.int32)), "exist in the input"),
    ("MEAN", tensor(2, shape=(1, 1, 1, 5)), "lacks the reduced dimensions"),
    ("MEAN", tensor(2, quant={"scales": (1e-12,)}), "less than 2**30 times"),
    ("SOFTMAX", tensor(1, quant={"scales": (0.00392,)}), "scale 1/256"),
    ("SOFTMAX", tensor(1, quant={"zero_points": (0,)}), "zero point -128"),
    ("SOFTMAX", tensor(1, shape=(10,)), "The output has the input's shape"),
    ("SOFTMAX", attr(beta=-1.0), "more than 2**-26"),
    ("LOG_SOFTMAX", tensor(1, quant={"scales": (1 / 256,)}), "the scale 1/16"),
    ("LOG_SOFTMAX", tensor(1, quant={"zero_points": (0,)}), "the zero point 127"),
    ("LOG_SOFTMAX", tensor(0, quant={"scales": (2.0**-25,)}), "more than 2**-25"),
    ("CAST", tensor(0, dtype="int64"), "The input and the output are bool"),
    ("CAST", tensor(1, dtype="int64"), "The input and the output are bool"),
    ("CAST", tensor(1, shape=(255,)), "The output has the input's shape"),
    ("CAST", from_dequantize_to_quantize, "On float32 it stands"),
    ("QUANTIZE", tensor(0, dtype="int32"), "The types are float32 to int8"),
    ("QUANTIZE", tensor(1, dtype="int16"), "The types are float32 to int8"),
    ("QUANTIZE", tensor(0, quant=None), "Integers have one scale"),
    ("QUANTIZE", tensor(1, quant=None), "Integers have one scale"),
    ("QUANTIZE", both(wide(ids=(0, 1)), tensor(0, quant={"zero_points": (1,)})), "int16 to int16"),
    ("QUANTIZE", tensor(1, shape=(255,)), "The output has the input's shape"),
    ("QUANTIZE", tensor(1, quant={"scales": (1e-12,)}), "less than 2**30 times"),
    ("DEQUANTIZE", tensor(0, dtype="int16"), "the output is float32"),
    ("DEQUANTIZE", tensor(0, quant=per_channel(0.1, 0.2)), "one scale and zero point"),
    ("DEQUANTIZE", tensor(1, shape=(2, 128)), "The output has the input's shape"),
    *((kind, tensor(0, dtype="int16"), INT8) for kind in CLAMPS),
    *((kind, tensor(1, shape=(128, 2)), "The output has the input's shape") for kind in CLAMPS),
    *((kind, tensor(1, quant={"scales": (1e-12,)}), "less than 2**30 times") for kind in CLAMPS),
    *((kind, tensor(1, quant={"scales": (1e-44,)}), "less than 2**30 times") for kind in CLAMPS),
    ("RESHAPE", tensor(2, shape=(1, 59)), "number of elements"),
    ("RESHAPE", tensor(2, dtype="uint8"), "element type"),
    ("RESHAPE", tensor(1, data=None), "The new shape stands in the model file"),
    ("RESHAPE", tensor(2, shape=(60, 1)), "The output has the new shape"),
]


@pytest.mark.parametrize(
    ("kind", "change", "words"), BROKEN, ids=[f"{i:03}-{b[0]}-{b[2][:24]}" for i, b in enumerate(BROKEN)]
)
def test_rule_refuses(kind, change, words):
    graph = change(base_graph(kind))
    sentence = broken_rule(graph, graph.ops[0])
    assert sentence is not None
    assert words in sentence
    assert sentence.endswith(".")


def test_every_rule_is_a_sentence():
    for spec in REGISTRY.values():
        sentences = [rule.__doc__.strip() for rule in spec.rules]
        assert all(s[0].isupper() and s.endswith(".") and "\n" not in s for s in sentences), spec.kind
        assert len(set(sentences)) == len(sentences)


def test_every_rule_is_broken_by_a_case_here():
    """A rule that nothing breaks may be one that never refuses."""
    broken = {kind: set() for kind in REGISTRY}
    for kind, change, _ in BROKEN:
        graph = change(base_graph(kind))
        broken[kind].add(broken_rule(graph, graph.ops[0]))
    seen = set().union(*broken.values())
    needs_a_case = {
        f"{kind}: {rule.__doc__}" for kind, spec in REGISTRY.items() for rule in spec.rules
        if rule.__doc__.strip() not in seen
    }  # fmt: skip
    assert needs_a_case == LARGE_TENSORS_ONLY


# Broken by tensors of a size or rank that no base case has; the tests below build them.
LARGE_TENSORS_ONLY = {
    *(f"{kind}: Inputs of different shapes have at most four dimensions." for kind in (*PAIRS, *COMPARISONS)),
    f"L2_NORMALIZATION: {row_length.__doc__}",
    *(
        f"{kind}: At most 2**23 elements are added, of int16 2**15, so that their sum fits 32 bits."
        for kind in ("MEAN", "SUM")
    ),
    "BATCH_MATMUL: At most 33025 products are added, so that their sum fits 32 bits.",
    *(f"{kind}: The last dimension has 1 to 4095 elements." for kind in ("SOFTMAX", "LOG_SOFTMAX")),
}


@pytest.mark.parametrize("kind", ["SOFTMAX", "LOG_SOFTMAX"])
def test_softmax_of_too_many_classes_and_of_a_scalar(kind):
    graph = graph_of(case_of(kind, "ten_classes"))
    for shape in ((1, 4096), ()):
        changed = tensor(0, shape=shape)(tensor(1, shape=shape)(graph))
        assert "1 to 4095" in broken_rule(changed, changed.ops[0])


def test_l2_normalization_of_too_many_elements_and_of_a_scalar():
    graph = graph_of(case_of("L2_NORMALIZATION", "random_rows"))
    for shape in ((1, 33026), ()):
        changed = tensor(0, shape=shape)(tensor(1, shape=shape)(graph))
        assert "at most 33025" in broken_rule(changed, changed.ops[0])


@pytest.mark.parametrize("kind", ["MEAN", "SUM"])
def test_mean_and_sum_of_too_many_elements(kind):
    graph = graph_of(case_of(kind, "global"))
    rank = len(graph.output_tensor(graph.ops[0]).shape)
    one_channel = tensor(graph.outputs[0], shape=(1,) * rank)(graph)
    changed = tensor(0, shape=(1, 4096, 2049, 1))(one_channel)
    assert "At most 2**23" in broken_rule(changed, changed.ops[0])


def test_product_of_too_deep_matrices():
    graph = graph_of(case_of("BATCH_MATMUL", "plain"))
    for depth, sentence in ((33025, None), (33026, "At most 33025 products")):
        changed = tensor(0, shape=(5, depth))(tensor(1, shape=(depth, 4))(graph))
        found = broken_rule(changed, changed.ops[0])
        assert (found is None) if sentence is None else sentence in found


@pytest.mark.parametrize("kind", PAIRS)
def test_broadcast_of_five_dimensions(kind):
    graph = graph_of(case_of(kind, "channels"))
    changed = tensor(0, shape=(1, 2, 4, 4, 8))(tensor(2, shape=(1, 2, 4, 4, 8))(graph))
    assert "at most four dimensions" in broken_rule(changed, changed.ops[0])


def test_bias_scale_within_two_percent_is_accepted():
    graph = graph_of(case_of("FULLY_CONNECTED", "plain"))
    scale = graph.tensors[BIAS].quant.scale
    assert broken_rule(tensor(BIAS, quant=per_channel(scale * 1.019))(graph), graph.ops[0]) is None
    assert broken_rule(tensor(BIAS, quant=per_channel(scale * 1.021))(graph), graph.ops[0]) is not None
    assert broken_rule(tensor(BIAS, quant=None)(graph), graph.ops[0]) is None
    zeros = tensor(BIAS, quant=per_channel(scale * 2), data=np.zeros(9, np.int32))
    assert broken_rule(zeros(graph), graph.ops[0]) is None


def test_sum_bound_is_exact():
    """One below the overflow is accepted, the overflow is not: both limits, with the worst input."""
    graph = graph_of(case_of("FULLY_CONNECTED", "one_in_one_out"))
    graph = tensor(1, data=np.array([[-100]], np.int8))(graph)
    zero_point = graph.tensors[0].quant.zero_point
    largest, smallest = -100 * (-128 - zero_point), -100 * (127 - zero_point)
    for bias, fits in (
        (2**31 - 1 - largest, True), (2**31 - largest, False),
        (-(2**31) - smallest, True), (-(2**31) - smallest - 1, False),
    ):  # fmt: skip
        changed = tensor(BIAS, data=np.array([bias], np.int32))(graph)
        assert (broken_rule(changed, changed.ops[0]) is None) is fits, bias


def test_wide_sum_bound_is_exact():
    """As above with int16 and an int64 bias, whose sum must stay in 48 bits."""
    graph = int16_activations(graph_of(case_of("FULLY_CONNECTED", "one_in_one_out")))
    graph = tensor(1, data=np.array([[-100]], np.int8))(graph)
    largest, smallest = 100 * 2**15, -100 * (2**15 - 1)
    for bias, fits in (
        (2**47 - 1 - largest, True), (2**47 - largest, False),
        (-(2**47) - smallest, True), (-(2**47) - smallest - 1, False), (2**63 - 1, False), (-(2**63), False),
    ):  # fmt: skip
        changed = tensor(BIAS, dtype="int64", data=np.array([bias], np.int64))(graph)
        assert (broken_rule(changed, changed.ops[0]) is None) is fits, bias


def test_wide_sums_are_scaled_by_less_than_2_to_the_7():
    graph = int16_activations(graph_of(case_of("FULLY_CONNECTED", "one_in_one_out")))
    bias = tensor(BIAS, dtype="int64", quant=None, data=np.zeros(1, np.int64))
    units = [tensor(0, quant={"scales": (1.0,)}), tensor(2, quant={"scales": (1.0,)})]
    for scale, fits in ((127.99, True), (128.0, False)):
        changed = bias(tensor(1, quant=per_channel(scale))(units[1](units[0](graph))))
        assert (broken_rule(changed, changed.ops[0]) is None) is fits
        assert (
            broken_rule(tensor(BIAS, dtype="int32", data=np.zeros(1, np.int32))(changed), graph.ops[0])
            is None
        )


@pytest.mark.parametrize("kind", REGISTRY)
def test_untouched_operator_is_accepted(kind):
    graph = base_graph(kind)
    assert broken_rule(graph, graph.ops[0]) is None


def test_check_names_every_faulty_operator():
    good = graph_of(case_of("CONV_2D", "3x3_same"))
    unknown = Op(1, "RFFT2D", 1, (2,), (2,))
    broken = replace(good.ops[0], index=2, attrs={**good.ops[0].attrs, "padding": "NEITHER"})
    with pytest.raises(ModelError) as error:
        check_ops(replace(good, ops=(good.ops[0], unknown, broken)), "net.tflite")
    padding = "The padding is SAME, VALID or that of a folded PAD, and strides and dilations are at least 1."
    assert error.value.message.splitlines() == [
        "`net.tflite` has 2 operators that cannot be compiled.",
        "  RFFT2D #1 (`y`): The operator is not supported.",
        f"  CONV_2D #2 (`y`): {padding}",
    ]
    assert error.value.hint.startswith("supported operators: ABS, ADD, ")


def test_check_of_one_broken_rule_says_what_to_do():
    graph = tensor(0, dtype="int16")(graph_of(case_of("RELU", "finer")))
    with pytest.raises(ModelError, match=r"`a\.tflite` has an operator that cannot be compiled") as error:
        check_ops(graph, "a.tflite")
    assert "full-integer int8" in error.value.hint


SHAPES = [(), (0,), (1,), (2, 0), (3, 2), (1, 2, 3), (1, 3, 3, 2), (1, 6, 5, 3), (2, 1, 1, 1, 2)]
QUANTS = [
    None,
    per_channel(1.0),
    per_channel(1e-30),
    per_channel(1e30, 0.1, axis=3),
    Quant((0.1,), (0, 0), None),
    Quant((0.1,), (200,), None),
]


def damaged(random, graph):
    """The graph with a tensor, the inputs or the options changed in a way that no converter would."""
    node = graph.ops[0]
    tensor_id = int(random.choice(list(graph.tensors)))
    old = graph.tensors[tensor_id]
    shape = SHAPES[random.integers(len(SHAPES))]
    changes = [
        tensor(tensor_id, dtype=str(random.choice(["int8", "uint8", "int32", "int64", "float32", "bool"]))),
        tensor(tensor_id, quant=QUANTS[random.integers(len(QUANTS))]),
        tensor(tensor_id, data=None),
        tensor(tensor_id, data=np.ones(old.shape, old.dtype)),
        tensor(tensor_id, shape=shape, data=None if old.data is None else np.ones(shape, old.dtype)),
        op(attrs={}),
        op(attrs={key: random.choice([None, 0, -1, 2, "?"], 1)[0] for key in node.attrs}),
        op(inputs=tuple(random.choice([None, *graph.tensors], random.integers(4)).tolist())),
        op(outputs=()),
    ]
    return changes[random.integers(len(changes))](graph)


@pytest.mark.parametrize("kind", REGISTRY)
def test_damaged_operators_are_refused_or_lowered_but_never_raise(kind):
    random = np.random.default_rng(7)
    refused = 0
    for _ in range(300):
        graph = damaged(random, damaged(random, base_graph(kind)))
        if broken_rule(graph, graph.ops[0]) is None:
            lower(graph, graph.ops[0])
            op_macs(graph, graph.ops[0])
        else:
            refused += 1
    assert 50 < refused < 300


MACS = [
    ("CONV_2D", "3x3_same", 6 * 5 * 4 * 27),
    ("CONV_2D", "groups_2", 5 * 5 * 6 * 18),
    ("CONV_2D", "batch_3", 3 * 4 * 5 * 3 * 18),
    ("DEPTHWISE_CONV_2D", "multiplier_2", 5 * 5 * 6 * 9),
    ("FULLY_CONNECTED", "batch_4", 4 * 17 * 9),
    ("FULLY_CONNECTED", "rank_4_input", 24 * 5),
    ("BATCH_MATMUL", "batches_repeated", 3 * 2 * 5 * 4 * 6),
    ("BATCH_MATMUL", "transposed_both", 5 * 4 * 6),
    ("ADD", "rank_1", 0),
    ("SOFTMAX", "ten_classes", 0),
]


@pytest.mark.parametrize(("kind", "name", "macs"), MACS)
def test_macs(kind, name, macs):
    graph = graph_of(case_of(kind, name))
    assert op_macs(graph, graph.ops[0]) == macs
