"""Cases of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED, and of the scaling of their sums."""

import numpy as np
from case_model import JUST_ABOVE_1, JUST_BELOW_1, case, out_size, rng_of
from tflite_builder import Node, T


def _weights(name, shape):
    weights = rng_of(name).integers(-127, 128, shape).astype(np.int8)
    weights.flat[0], weights.flat[-1] = -128, 127
    return weights


def conv(name, x, w, **k):
    """CONV_2D of input shape ``x`` (NHWC) and weights shape ``w`` (OHWI)."""
    return _conv_case("CONV_2D", name, x, w, w[0], 0, w[1:3], **k)


def depthwise(name, x, kernel, multiplier=1, **k):
    """DEPTHWISE_CONV_2D."""
    w = (1, *kernel, x[3] * multiplier)
    return _conv_case("DEPTHWISE_CONV_2D", name, x, w, w[3], 3, kernel, multiplier=multiplier, **k)


def _conv_case(
    kind,
    name,
    x,
    w,
    channels,
    axis,
    kernel,
    *,
    stride=(1, 1),
    dilation=(1, 1),
    padding="SAME",
    act="NONE",
    scale_x=0.02,
    zero_x=3,
    scale_w=None,
    scale_y=None,
    zero_y=-7,
    bias=True,
    weights=None,
    multiplier=None,
    dtype="int8",
    bias_dtype="int32",
):
    if dtype == "int16":
        zero_x = zero_y = 0
    weights = _weights(name, w) if weights is None else np.asarray(weights, np.int8).reshape(w)
    if scale_w is None:
        scale_w = [0.004 * 1.7 ** (i % 5) for i in range(channels)]
    scales = np.broadcast_to(np.float32(scale_w), channels)
    taps = int(np.prod(w)) // channels
    scale_y = scale_y or float(scale_x * scales.max() * 50 * taps**0.5)
    if bias is True:
        bias = rng_of(name + "b").integers(-4000, 4000, channels)
    y = (
        x[0],
        out_size(x[1], kernel[0], stride[0], dilation[0], padding),
        out_size(x[2], kernel[1], stride[1], dilation[1], padding),
        channels,
    )
    tensors = [
        T("x", x, dtype, scale_x, zero_x),
        T("w", w, "int8", scale_w, 0, axis, weights),
        T("y", y, dtype, scale_y, zero_y),
    ]
    inputs = [0, 1]
    if bias is not None:
        bias_scale = np.float32(scale_x) * np.atleast_1d(np.float32(scale_w))
        tensors.append(T("b", (channels,), bias_dtype, bias_scale, 0, 0, np.asarray(bias, bias_dtype)))
        inputs.append(3)
    fields = {
        "StrideH": stride[0],
        "StrideW": stride[1],
        "DilationHFactor": dilation[0],
        "DilationWFactor": dilation[1],
        "Padding": padding,
        "FusedActivationFunction": act,
    }
    options = "Conv2DOptions"
    if multiplier:
        options = "DepthwiseConv2DOptions"
        fields["DepthMultiplier"] = multiplier
    return case(kind, name, tensors, Node(kind, inputs, [2], options, fields, 3))


def tie_accumulators(factor):
    """Sums around every half step and around the limits of int8 and int32, for that scale factor."""
    sums = {0, 1, -1, 2**31 - 1, -(2**31), 2**30, -(2**30), 2**30 - 1}
    for step in (-129, -128, -2, -1, 0, 1, 2, 126, 127, 128):
        near = int((step + 0.5) / factor)
        sums |= {near + d for d in (-2, -1, 0, 1, 2) if abs(near + d) < 2**31}
    return sorted(sums)


FACTORS = {
    "half": 0.5,
    "quarter": 0.25,
    "one": 1.0,
    "just_below_half": JUST_BELOW_1 / 2,
    "just_above_half": JUST_ABOVE_1 / 2,
    "just_below_one": JUST_BELOW_1,
    "just_above_one": JUST_ABOVE_1,
    "two": 2.0,
    "hundred": 100.0,
    "third": 1 / 3,
    "tenth": 0.1,
    "two_to_minus_8": 2.0**-8,
    "thousandth": 0.001,
    "two_to_minus_24": 2.0**-24,
    "millionth": 1e-6,
    "two_to_minus_31": 2.0**-31,
    "two_to_minus_32": 2.0**-32,
    "below_2_to_minus_32": 2.0**-33,
    "almost_zero": 1e-30,
}


def requantize_cases():
    """Zero weights: the bias alone is the sum, so that any sum can be listed."""
    for label, factor in FACTORS.items():
        sums = tie_accumulators(max(factor, 1e-10))
        zeros = np.zeros(len(sums), np.int8)
        for zero_y in (0, -128, 127):
            common = {"scale_x": 1.0, "zero_x": 0, "scale_w": factor, "scale_y": 1.0, "zero_y": zero_y}
            common |= {"bias": sums, "weights": zeros}
            yield conv(f"sums_{label}_{zero_y}", (1, 1, 1, 1), (len(sums), 1, 1, 1), **common)
            if zero_y == 0:
                yield depthwise(f"sums_{label}", (1, 1, 1, 1), (1, 1), len(sums), **common)
                yield fully_connected(f"sums_{label}", (1, 1), len(sums), **common)


def float_width_cases():
    """Sums so large that the last bits of the multiplier decide a rounding: float32 or float64 products."""
    scale_x, scale_w, scale_y = 0.1, 0.3, 6e5
    near = int(100.5 * scale_y / (scale_x * scale_w))
    sums = list(range(near - 400, near + 401, 8))
    common = {"scale_x": scale_x, "zero_x": 0, "scale_w": scale_w, "scale_y": scale_y, "zero_y": 0}
    common |= {"bias": sums, "weights": np.zeros(len(sums))}
    yield conv("float_width", (1, 1, 1, 1), (len(sums), 1, 1, 1), **common)
    yield depthwise("float_width", (1, 1, 1, 1), (1, 1), len(sums), **common)
    yield fully_connected("float_width", (1, 1), len(sums), **common)
    common["scale_w"] = [scale_w] * len(sums)
    yield fully_connected("float_width_per_channel", (1, 1), len(sums), **common)


CONVOLUTIONS = [
    conv("1x1", (1, 5, 7, 6), (9, 1, 1, 6)),
    conv("1x1_stride_2", (1, 5, 7, 6), (4, 1, 1, 6), stride=(2, 2)),
    conv("3x3_same", (1, 6, 5, 3), (4, 3, 3, 3)),
    conv("3x3_valid", (1, 6, 5, 3), (4, 3, 3, 3), padding="VALID"),
    conv("3x3_same_stride_2_even", (1, 8, 6, 3), (4, 3, 3, 3), stride=(2, 2)),
    conv("3x3_same_stride_2_odd", (1, 7, 9, 3), (4, 3, 3, 3), stride=(2, 2)),
    conv("2x2_same_asymmetric_pad", (1, 5, 5, 2), (3, 2, 2, 2)),
    conv("5x5_larger_than_input", (1, 2, 3, 2), (3, 5, 5, 2)),
    conv("1x29", (1, 1, 40, 1), (2, 1, 29, 1), padding="VALID"),
    conv("stride_1x2", (1, 4, 9, 2), (3, 3, 3, 2), stride=(1, 2)),
    conv("stride_3x1_wider_than_kernel", (1, 10, 4, 2), (3, 2, 1, 2), stride=(3, 1)),
    conv("dilation_2x2_same", (1, 7, 8, 2), (3, 3, 3, 2), dilation=(2, 2)),
    conv("dilation_3x1_valid", (1, 9, 5, 2), (3, 3, 2, 2), dilation=(3, 1), padding="VALID"),
    conv("dilation_taps_outside", (1, 2, 2, 2), (3, 3, 3, 2), dilation=(3, 3)),
    conv("whole_input", (1, 3, 4, 5), (7, 3, 4, 5), padding="VALID"),
    conv("whole_input_of_one_position", (2, 1, 1, 13), (5, 1, 1, 13)),
    conv("whole_input_stepped_over", (1, 3, 3, 2), (4, 3, 3, 2), stride=(3, 3)),
    conv("whole_input_one_output_padded", (1, 3, 3, 2), (4, 3, 3, 2), stride=(3, 3), dilation=(2, 1)),
    conv("batch_3", (3, 4, 5, 2), (3, 3, 3, 2)),
    conv("groups_2", (1, 5, 5, 4), (6, 3, 3, 2)),
    conv("groups_as_channels", (1, 5, 5, 3), (6, 2, 2, 1)),
    conv("groups_2_batch_2_dilation", (2, 6, 6, 4), (4, 2, 2, 2), dilation=(2, 2)),
    conv("relu", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU"),
    conv("relu6", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU6", scale_y=0.04, zero_y=-100),
    conv("relu_n1_to_1", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU_N1_TO_1", scale_y=0.03),
    conv("relu6_limit_is_a_float32_tie", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU6", scale_y=2.4, scale_w=1.0),
    conv("relu6_beyond_the_type", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU6", scale_y=0.002, zero_y=127),
    conv("per_tensor", (1, 5, 5, 3), (4, 3, 3, 3), scale_w=0.005),
    conv("one_channel_scaled_to_zero", (1, 3, 3, 2), (3, 1, 1, 2), scale_w=[0.01, 1e-30, 0.02]),
    conv("zero_point_minus_128", (1, 5, 5, 3), (4, 3, 3, 3), zero_x=-128, zero_y=-128),
    conv("zero_point_127", (1, 5, 5, 3), (4, 3, 3, 3), zero_x=127, zero_y=127),
    conv("saturating", (1, 5, 5, 3), (4, 3, 3, 3), scale_y=0.0005),
    conv("factor_above_one", (1, 4, 4, 1), (2, 1, 1, 1), scale_x=1.0, scale_w=[3.0, 1.5], scale_y=1.0),
    conv("sweep_halves", (1, 16, 16, 1), (2, 1, 1, 1), scale_x=1.0, zero_x=0, scale_w=[0.5, 0.25],
         scale_y=1.0, zero_y=0, bias=[0, 1], weights=[1, 1]),
    conv("sweep_negative_halves", (1, 16, 16, 1), (2, 1, 1, 1), scale_x=1.0, zero_x=0,
         scale_w=[0.5, 0.125], scale_y=1.0, zero_y=0, bias=[0, -1], weights=[-1, -1]),
    depthwise("3x3_same", (1, 6, 5, 3), (3, 3)),
    depthwise("3x3_valid", (1, 6, 5, 3), (3, 3), padding="VALID"),
    depthwise("3x3_stride_2_even", (1, 8, 6, 4), (3, 3), stride=(2, 2)),
    depthwise("3x3_stride_2_odd", (1, 7, 9, 4), (3, 3), stride=(2, 2)),
    depthwise("multiplier_2", (1, 5, 5, 3), (3, 3), 2),
    depthwise("multiplier_8_of_one_channel", (1, 10, 8, 1), (10, 8), 8, stride=(2, 2)),
    depthwise("9x1_valid", (1, 12, 3, 2), (9, 1), padding="VALID"),
    depthwise("larger_than_input", (1, 2, 3, 2), (5, 5)),
    depthwise("dilation_2x3", (1, 9, 9, 2), (3, 2), dilation=(2, 3)),
    depthwise("batch_2", (2, 4, 5, 3), (3, 3)),
    depthwise("no_bias", (1, 4, 4, 3), (3, 3), bias=None),
    depthwise("relu6", (1, 5, 5, 3), (3, 3), act="RELU6", scale_y=0.04, zero_y=-100),
    depthwise("relu", (1, 5, 5, 3), (3, 3), act="RELU"),
    depthwise("per_tensor", (1, 5, 5, 3), (3, 3), scale_w=0.005),
    depthwise("zero_points_at_limits", (1, 5, 5, 3), (3, 3), zero_x=-128, zero_y=127),
    depthwise("saturating", (1, 5, 5, 3), (3, 3), scale_y=0.0005),
]  # fmt: skip


def fully_connected(
    name,
    x,
    outputs,
    *,
    depth=None,
    y=None,
    keep=False,
    act="NONE",
    scale_x=0.02,
    zero_x=3,
    scale_w=0.007,
    scale_y=None,
    zero_y=-7,
    bias=True,
    weights=None,
    version=4,
    dtype="int8",
    bias_dtype="int32",
):
    """FULLY_CONNECTED of input shape ``x``."""
    if dtype == "int16":
        zero_x = zero_y = 0
    depth = depth or x[-1]
    shape = (outputs, depth)
    weights = _weights(name, shape) if weights is None else np.asarray(weights, np.int8).reshape(shape)
    largest = float(np.max(scale_w))
    scale_y = scale_y or scale_x * largest * 50 * depth**0.5
    rows = int(np.prod(x)) // depth
    y = y or ((*x[:-1], outputs) if keep else (rows, outputs))
    tensors = [
        T("x", x, dtype, scale_x, zero_x),
        T("w", shape, "int8", scale_w, 0, 0, weights),
        T("y", y, dtype, scale_y, zero_y),
    ]
    inputs = [0, 1]
    if bias is not None:
        if bias is True:
            bias = rng_of(name + "b").integers(-4000, 4000, outputs)
        scale_b = np.float32(scale_x) * np.float32(scale_w)
        tensors.append(T("b", (outputs,), bias_dtype, scale_b, 0, 0, np.asarray(bias, bias_dtype)))
        inputs.append(3)
    fields = {"FusedActivationFunction": act, "KeepNumDims": keep}
    node = Node("FULLY_CONNECTED", inputs, [2], "FullyConnectedOptions", fields, version)
    return case("FULLY_CONNECTED", name, tensors, node)


FULLY_CONNECTED = [
    fully_connected("plain", (1, 17), 9),
    fully_connected("one_in_one_out", (1, 1), 1),
    fully_connected("batch_4", (4, 17), 9),
    fully_connected("rank_4_input", (1, 2, 3, 4), 5, depth=24),
    fully_connected("rank_4_input_many_rows", (2, 2, 3, 4), 5),
    fully_connected("rank_1_input", (12,), 5),
    fully_connected("keep_num_dims", (2, 3, 8), 5, keep=True),
    fully_connected("no_bias", (1, 17), 9, bias=None),
    fully_connected("relu", (1, 17), 9, act="RELU"),
    fully_connected("relu6", (1, 17), 9, act="RELU6", scale_y=0.04, zero_y=-100),
    fully_connected("relu_n1_to_1", (1, 17), 9, act="RELU_N1_TO_1", scale_y=0.03),
    fully_connected("zero_points_at_limits", (1, 17), 9, zero_x=-128, zero_y=127),
    fully_connected("saturating", (1, 17), 9, scale_y=0.0005),
    fully_connected("per_channel", (4, 9), 7, scale_x=0.5, scale_w=[0.001, 0.5, 0.02, 1.0, 0.25, 1e-30, 3.0],
                    scale_y=1.0),
    fully_connected("per_channel_no_bias", (2, 33), 3, scale_w=[0.001, 0.03, 0.007], bias=None),
    fully_connected("no_bias_unit_scales", (1, 3), 9, bias=None, scale_x=1.0, scale_w=1.0, scale_y=1.0,
                    weights=np.arange(27) % 3 - 1),
    fully_connected("no_bias_unit_scales_per_channel", (2, 3), 2, bias=None, scale_x=1.0, scale_w=[1.0, 0.5],
                    scale_y=1.0, weights=np.arange(6) % 3 - 1),
]  # fmt: skip
