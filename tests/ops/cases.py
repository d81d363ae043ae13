"""Named cases of every operator as data: a one-operator model and the inputs to run it on.

Scales, zero points, weights and biases are chosen by hand where a rounding tie, a limit or a saturation
is the point; random accumulators almost never land on one.
"""

import zlib
from dataclasses import dataclass
from itertools import product

import numpy as np
from tflite_builder import Node, T, build_model

JUST_BELOW_1 = float(np.nextafter(np.float32(1), np.float32(0)))
JUST_ABOVE_1 = float(np.nextafter(np.float32(1), np.float32(2)))


@dataclass(frozen=True)
class Case:
    """One operator in a model of its own, and input sets."""

    kind: str
    name: str
    tensors: tuple
    node: Node
    inputs: tuple
    feeds: tuple

    @property
    def model(self):
        """The ``.tflite`` bytes."""
        return build_model(list(self.tensors), [self.node], list(self.inputs), self.node.outputs)


def rng_of(name):
    """A generator that depends on the name alone."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def sweep(shape, step=1, dtype=np.int8):
    """All 8-bit values in turn, ``step`` apart."""
    count = int(np.prod(shape, dtype=int))
    return ((np.arange(count) * step) % 256).astype(np.uint8).view(dtype).reshape(shape)


def feeds_of(name, tensors):
    """Input sets for 8-bit inputs: sweeps, extremes, the zero point, and random values."""
    limits = {"int8": (-128, 127, np.int8), "uint8": (0, 255, np.uint8)}
    random = rng_of(name)
    makers = (
        lambda t, low, high, dtype: sweep(t.shape, 1, dtype),
        lambda t, low, high, dtype: sweep(t.shape, 77, dtype),
        lambda t, low, high, dtype: np.full(t.shape, low, dtype),
        lambda t, low, high, dtype: np.full(t.shape, high, dtype),
        lambda t, low, high, dtype: np.full(t.shape, t.zero, dtype),
        lambda t, low, high, dtype: random.integers(low, high + 1, t.shape).astype(dtype),
    )
    return tuple(tuple(make(t, *limits[t.dtype]) for t in tensors) for make in makers)


def case(kind, name, tensors, node, feeds=None):
    """A case whose runtime inputs are the operator's tensors without data."""
    inputs = tuple(i for i in node.inputs if i >= 0 and tensors[i].data is None)
    feeds = feeds or feeds_of(name, [tensors[i] for i in inputs])
    return Case(kind, name, tuple(tensors), node, inputs, feeds)


# ---- windows -----------------------------------------------------------------------------------


def out_size(size, kernel, stride, dilation, padding):
    """Independent of the package: count the positions one by one."""
    reach = (kernel - 1) * dilation + 1
    if padding == "SAME":
        return len(range(0, size, stride))
    return len(range(0, size - reach + 1, stride))


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
):
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
        T("x", x, "int8", scale_x, zero_x),
        T("w", w, "int8", scale_w, 0, axis, weights),
        T("y", y, "int8", scale_y, zero_y),
    ]
    inputs = [0, 1]
    if bias is not None:
        bias_scale = np.float32(scale_x) * np.atleast_1d(np.float32(scale_w))
        tensors.append(T("b", (channels,), "int32", bias_scale, 0, 0, np.asarray(bias, np.int32)))
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
    conv("batch_3", (3, 4, 5, 2), (3, 3, 3, 2)),
    conv("groups_2", (1, 5, 5, 4), (6, 3, 3, 2)),
    conv("groups_as_channels", (1, 5, 5, 3), (6, 2, 2, 1)),
    conv("groups_2_batch_2_dilation", (2, 6, 6, 4), (4, 2, 2, 2), dilation=(2, 2)),
    conv("relu", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU"),
    conv("relu6", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU6", scale_y=0.04, zero_y=-100),
    conv("relu_n1_to_1", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU_N1_TO_1", scale_y=0.03),
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
):
    """FULLY_CONNECTED of input shape ``x``."""
    depth = depth or x[-1]
    shape = (outputs, depth)
    weights = _weights(name, shape) if weights is None else np.asarray(weights, np.int8).reshape(shape)
    largest = float(np.max(scale_w))
    scale_y = scale_y or scale_x * largest * 50 * depth**0.5
    rows = int(np.prod(x)) // depth
    y = y or ((*x[:-1], outputs) if keep else (rows, outputs))
    tensors = [
        T("x", x, "int8", scale_x, zero_x),
        T("w", shape, "int8", scale_w, 0, 0, weights),
        T("y", y, "int8", scale_y, zero_y),
    ]
    inputs = [0, 1]
    if bias is not None:
        if bias is True:
            bias = rng_of(name + "b").integers(-4000, 4000, outputs)
        scale_b = np.float32(scale_x) * np.float32(scale_w)
        tensors.append(T("b", (outputs,), "int32", scale_b, 0, 0, np.asarray(bias, np.int32)))
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
    # The per-tensor product of scales is rounded to float32: these two scales show it.
    fully_connected("float32_product", (1, 64), 32, scale_x=0.1, scale_w=0.3, scale_y=13.7),
]  # fmt: skip


# ---- ADD, PAD, pooling, MEAN -------------------------------------------------------------------


def add(name, left, right, *, scales=(0.1, 0.07, 0.15), zeros=(3, -5, 10), act="NONE", data=None, feeds=None):
    """ADD of two shapes; ``data`` makes the right one a constant."""
    y = np.broadcast_shapes(left, right)
    tensors = [
        T("a", left, "int8", scales[0], zeros[0]),
        T("b", right, "int8", scales[1], zeros[1], 0, data),
        T("y", y, "int8", scales[2], zeros[2]),
    ]
    node = Node("ADD", [0, 1], [2], "AddOptions", {"FusedActivationFunction": act}, 2)
    return case("ADD", name, tensors, node, feeds)


ALL_PAIRS = tuple(np.array(list(product(range(-128, 128), repeat=2)), np.int8).T.reshape(2, 1, 256, 256))
ADDS = [
    add("equal_scales_all_pairs", (1, 256, 256), (1, 256, 256), scales=(1.0, 1.0, 1.0), zeros=(0, 0, 0),
        feeds=(ALL_PAIRS,)),
    add("half_output_all_pairs", (1, 256, 256), (1, 256, 256), scales=(1.0, 1.0, 2.0), zeros=(0, 0, 0),
        feeds=(ALL_PAIRS,)),
    add("uneven_scales_all_pairs", (1, 256, 256), (1, 256, 256), feeds=(ALL_PAIRS,)),
    add("scales_far_apart", (1, 256, 256), (1, 256, 256), scales=(1.0, 0.0001, 1.3), feeds=(ALL_PAIRS,)),
    add("zero_points_at_limits", (1, 256, 256), (1, 256, 256), zeros=(-128, 127, -128), feeds=(ALL_PAIRS,)),
    add("scale_just_below_one", (4, 64), (4, 64), scales=(JUST_BELOW_1, 1.0, 1.0), zeros=(0, 0, 0)),
    add("saturating", (4, 64), (4, 64), scales=(0.1, 0.07, 0.001)),
    add("smallest_output_scale", (4, 64), (4, 64), scales=(1.0, 1.0, 2.0**-18)),
    add("relu", (1, 4, 4, 8), (1, 4, 4, 8), act="RELU"),
    add("relu6", (1, 4, 4, 8), (1, 4, 4, 8), act="RELU6", scales=(0.1, 0.07, 0.04)),
    add("relu_n1_to_1", (1, 4, 4, 8), (1, 4, 4, 8), act="RELU_N1_TO_1", scales=(0.1, 0.07, 0.02)),
    add("rank_1", (256,), (256,)),
    add("rank_5_same_shape", (1, 2, 3, 4, 5), (1, 2, 3, 4, 5)),
    add("scalar_right", (1, 4, 4, 8), ()),
    add("scalar_left", (), (4, 8)),
    add("channels", (2, 4, 4, 8), (8,)),
    add("channels_constant", (1, 4, 4, 8), (1, 1, 1, 8), data=sweep((1, 1, 1, 8), 31)),
    add("squeeze_excite", (2, 1, 1, 8), (2, 4, 4, 8)),
    add("both_repeated", (4, 1, 8), (1, 5, 1)),
    add("columns", (1, 4, 1, 1), (1, 1, 5, 3)),
    add("ones_only", (1, 1, 8), (8,)),
]  # fmt: skip


def pad(name, shape, paddings, *, zero=5, dtype=np.int32):
    """PAD with the zero point."""
    y = tuple(d + sum(p) for d, p in zip(shape, paddings, strict=True))
    kind = {np.int32: "int32", np.int64: "int64"}[dtype]
    tensors = [
        T("x", shape, "int8", 0.1, zero),
        T("p", (len(shape), 2), kind, data=np.array(paddings, dtype)),
        T("y", y, "int8", 0.1, zero),
    ]
    return case("PAD", name, tensors, Node("PAD", [0, 1], [2], "PadOptions", {}, 2))


PADS = [
    pad("height_and_width", (1, 4, 5, 3), [(0, 0), (1, 2), (3, 0), (0, 0)]),
    pad("channels", (1, 4, 5, 3), [(0, 0), (0, 0), (0, 0), (2, 1)]),
    pad("all_sides", (2, 2, 3, 4), [(1, 2), (3, 4), (2, 1), (1, 3)]),
    pad("nothing", (1, 4, 5, 3), [(0, 0)] * 4),
    pad("rank_1", (7,), [(2, 3)], zero=-128),
    pad("rank_2_int64", (3, 4), [(1, 0), (0, 2)], dtype=np.int64),
    pad("rank_3", (2, 3, 4), [(1, 1), (0, 1), (2, 0)], zero=127),
]


def pool(kind, name, x, kernel, *, stride=(1, 1), padding="VALID", act="NONE", scale=0.05, zero=-4):
    """AVERAGE_POOL_2D or MAX_POOL_2D."""
    sizes = [out_size(x[i + 1], kernel[i], stride[i], 1, padding) for i in (0, 1)]
    tensors = [T("x", x, "int8", scale, zero), T("y", (x[0], *sizes, x[3]), "int8", scale, zero)]
    fields = {
        "FilterHeight": kernel[0],
        "FilterWidth": kernel[1],
        "StrideH": stride[0],
        "StrideW": stride[1],
        "Padding": padding,
        "FusedActivationFunction": act,
    }
    return case(kind, name, tensors, Node(kind, [0], [1], "Pool2DOptions", fields, 2))


POOLS = [
    pool(kind, name, *args, **options)
    for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D")
    for name, args, options in [
        ("2x2_stride_2", ((1, 6, 8, 3), (2, 2)), {"stride": (2, 2)}),
        ("1x2_every_pair_of_neighbours", ((1, 1, 256, 1), (1, 2)), {}),
        ("1x4", ((1, 1, 256, 1), (1, 4)), {}),
        ("3x3_same", ((1, 6, 5, 3), (3, 3)), {"padding": "SAME"}),
        ("3x3_same_stride_2", ((1, 6, 7, 3), (3, 3)), {"padding": "SAME", "stride": (2, 2)}),
        ("3x2_valid_stride_2x1", ((1, 7, 5, 2), (3, 2)), {"stride": (2, 1)}),
        ("2x2_same_odd_size", ((1, 5, 5, 2), (2, 2)), {"padding": "SAME", "stride": (2, 2)}),
        ("larger_than_input_same", ((1, 2, 3, 2), (5, 7)), {"padding": "SAME"}),
        ("global", ((1, 7, 5, 4), (7, 5)), {}),
        ("batch_2", ((2, 4, 4, 3), (2, 2)), {}),
        ("relu", ((1, 6, 6, 3), (2, 2)), {"act": "RELU"}),
        ("relu6", ((1, 6, 6, 3), (2, 2)), {"act": "RELU6", "scale": 0.06}),
        ("relu_n1_to_1", ((1, 6, 6, 3), (2, 2)), {"act": "RELU_N1_TO_1"}),
        ("zero_point_minus_128", ((1, 6, 6, 3), (3, 3)), {"zero": -128, "padding": "SAME"}),
    ]
]


def mean(name, x, axes, *, keep=False, scales=(0.05, 0.03), zeros=(4, -9)):
    """MEAN over ``axes``."""
    positive = {a % len(x) for a in axes}
    y = tuple(1 if i in positive else d for i, d in enumerate(x) if keep or i not in positive)
    tensors = [
        T("x", x, "int8", scales[0], zeros[0]),
        T("axes", (len(axes),), "int32", data=np.array(axes, np.int32)),
        T("y", y, "int8", scales[1], zeros[1]),
    ]
    return case("MEAN", name, tensors, Node("MEAN", [0, 1], [2], "ReducerOptions", {"KeepDims": keep}, 2))


MEANS = [
    mean("global", (1, 7, 7, 5), [1, 2]),
    mean("global_keep", (1, 7, 7, 5), [1, 2], keep=True),
    mean("global_same_scale", (1, 4, 4, 5), [1, 2], scales=(0.05, 0.05), zeros=(4, 4)),
    mean("global_keep_same_scale", (1, 4, 4, 5), [1, 2], keep=True, scales=(0.05, 0.05), zeros=(4, 4)),
    mean("reversed_axes_batch_2", (2, 3, 5, 4), [2, 1], keep=True),
    mean("height", (2, 3, 5, 4), [1]),
    mean("width", (2, 3, 5, 4), [2]),
    mean("channels", (2, 3, 5, 4), [-1]),
    mean("batch_and_width", (2, 3, 5, 4), [0, 2]),
    mean("height_and_channels", (2, 3, 5, 4), [1, 3], keep=True),
    mean("repeated_axis", (2, 3, 5, 4), [1, -3]),
    mean("everything", (2, 3, 5, 4), [0, 1, 2, 3]),
    mean("rank_3", (2, 9, 4), [1]),
    mean("rank_2", (3, 6), [1], keep=True),
    mean("rank_1", (11,), [0]),
    mean("pairs_halves", (256, 2), [1], scales=(1.0, 1.0), zeros=(0, 0)),
    mean("fours_halves", (64, 4), [1], scales=(1.0, 0.5), zeros=(0, 0)),
    mean("one_element", (256, 1), [1], scales=(0.5, 1.0), zeros=(0, 0)),
    mean("finer_output", (8, 16), [1], scales=(1.0, 0.001)),
    mean("coarser_output", (8, 16), [1], scales=(0.01, 1.0)),
    mean("zero_points_at_limits", (8, 16), [1], zeros=(-128, 127)),
    mean("many", (1, 64, 64, 2), [1, 2]),
]


# ---- element by element ------------------------------------------------------------------------


def softmax(name, shape, scale=0.1, zero=0, beta=1.0):
    """SOFTMAX over the last dimension."""
    tensors = [T("x", shape, "int8", scale, zero), T("y", shape, "int8", 1 / 256, -128)]
    node = Node("SOFTMAX", [0], [1], "SoftmaxOptions", {"Beta": beta}, 2)
    feeds = feeds_of(name, tensors[:1])
    if shape[-1] > 511:  # the reference shifts by more than 31 bits when 512 classes are nearly equal
        feeds = (*feeds[:2], feeds[5])
    return case("SOFTMAX", name, tensors, node, feeds)


SOFTMAXES = [
    softmax("ten_classes", (1, 10)),
    softmax("one_class", (4, 1)),
    softmax("two_classes_every_difference", (256, 2), 0.02),
    softmax("rank_1", (12,)),
    softmax("rank_3", (2, 5, 7)),
    softmax("rank_4", (1, 3, 4, 6)),
    softmax("a_thousand_classes", (1, 1000)),
    softmax("largest_row", (1, 4095), 0.2),
    softmax("most_equal_classes", (1, 511)),
    *(softmax(f"scale_{scale:g}", (2, 128), scale) for scale in (1e-7, 1 / 256, 0.03, 0.25, 1.0, 8.0, 40.0)),
    softmax("beta_half", (2, 128), 0.1, beta=0.5),
    softmax("beta_2", (2, 128), 0.1, beta=2.0),
    softmax("factor_capped", (2, 128), 33.0, beta=2.0),
]


def quantize(name, source, target, *, scales=(0.1, 0.1), zeros=(0, 0), values=None):
    """QUANTIZE from one type to another; float inputs are given by ``values``."""
    count = 256 if values is None else len(values)
    scale, zero = (None, 0) if source == "float32" else (scales[0], zeros[0])
    tensors = [T("x", (count,), source, scale, zero), T("y", (count,), target, scales[1], zeros[1])]
    feeds = None if values is None else ((np.array(values, np.float32),),)
    return case("QUANTIZE", name, tensors, Node("QUANTIZE", [0], [1], "QuantizeOptions", {}, 1), feeds)


HALF_STEPS = [step / 2 for step in range(-300, 301)]
NEAR_HALVES = [float(np.nextafter(np.float32(h), np.float32(to))) for h in HALF_STEPS for to in (-999, 999)]
QUANTIZES = [
    quantize("float_halves", "float32", "int8", scales=(None, 1.0), values=HALF_STEPS),
    quantize("float_near_halves", "float32", "int8", scales=(None, 1.0), zeros=(0, 3), values=NEAR_HALVES),
    quantize("float_halves_zero_point_minus_128", "float32", "int8", scales=(None, 1.0), zeros=(0, -128),
             values=HALF_STEPS),
    quantize("float_tenths", "float32", "int8", scales=(None, 0.1), zeros=(0, -7),
             values=np.linspace(-20, 20, 4001)),
    quantize("float_beyond_the_type", "float32", "int8", scales=(None, 0.5),
             values=[1e3, -1e3, 1e8, -1e8, 0.0, -0.0, 1e-40, -1e-40]),
    quantize("int8_same", "int8", "int8"),
    quantize("int8_halves", "int8", "int8", scales=(0.5, 1.0)),
    quantize("int8_just_below_half", "int8", "int8", scales=(JUST_BELOW_1 / 2, 1.0)),
    quantize("int8_finer", "int8", "int8", scales=(0.1, 0.03), zeros=(5, -20)),
    quantize("int8_coarser", "int8", "int8", scales=(0.03, 0.1), zeros=(-128, 127)),
    quantize("int8_much_finer", "int8", "int8", scales=(1.0, 1e-6), zeros=(5, -20)),
    quantize("uint8_to_int8", "uint8", "int8", scales=(0.1, 0.1), zeros=(128, 0)),
    quantize("uint8_to_int8_other_zero", "uint8", "int8", scales=(0.1, 0.1), zeros=(0, 0)),
    quantize("uint8_to_int8_halves", "uint8", "int8", scales=(1.0, 2.0), zeros=(3, -128)),
    quantize("int8_to_uint8", "int8", "uint8", scales=(0.1, 0.1), zeros=(0, 128)),
    quantize("int8_to_uint8_halves", "int8", "uint8", scales=(1.0, 2.0), zeros=(-128, 255)),
]  # fmt: skip


def dequantize(name, source, scale, zero):
    """DEQUANTIZE to float32."""
    tensors = [T("x", (256,), source, scale, zero), T("y", (256,), "float32")]
    return case("DEQUANTIZE", name, tensors, Node("DEQUANTIZE", [0], [1], "DequantizeOptions", {}, 2))


DEQUANTIZES = [
    dequantize("int8", "int8", 0.1, 5),
    dequantize("int8_third", "int8", 1 / 3, -128),
    dequantize("int8_tiny", "int8", 1e-38, 127),
    dequantize("uint8", "uint8", 0.017, 200),
]


def clamp(kind, name, scales, zeros):
    """RELU or RELU6 on its own."""
    tensors = [T("x", (2, 128), "int8", scales[0], zeros[0]), T("y", (2, 128), "int8", scales[1], zeros[1])]
    return case(kind, name, tensors, Node(kind, [0], [1], "", {}, 2))


CLAMPS = [
    clamp(kind, name, scales, zeros)
    for kind in ("RELU", "RELU6")
    for name, scales, zeros in [
        ("same_scale", (0.1, 0.1), (-3, -3)),
        ("finer", (0.1, 0.025), (10, -128)),
        ("halves", (0.5, 1.0), (0, 0)),
        ("float32_ratio", (0.3, 0.7), (0, -128)),
        ("six_is_a_half_step", (0.1, 4.0), (-20, 0)),
        ("zero_point_127", (0.1, 0.05), (-100, 127)),
    ]
]


def reshape(name, x, y, dtype="int8"):
    """RESHAPE with a constant shape."""
    tensors = [
        T("x", x, dtype, 0.1),
        T("s", (len(y),), "int32", data=np.array(y, np.int32)),
        T("y", y, dtype, 0.1),
    ]
    return case("RESHAPE", name, tensors, Node("RESHAPE", [0, 1], [2], "ReshapeOptions", {}, 1))


RESHAPES = [
    reshape("flatten", (1, 3, 4, 5), (1, 60)),
    reshape("rank_5", (4, 6), (1, 2, 2, 2, 3)),
    reshape("one_element", (1, 1), (1,)),
    reshape("uint8", (2, 3), (3, 2), "uint8"),
]

CASES = [
    *CONVOLUTIONS,
    *FULLY_CONNECTED,
    *requantize_cases(),
    *ADDS,
    *PADS,
    *POOLS,
    *MEANS,
    *SOFTMAXES,
    *QUANTIZES,
    *DEQUANTIZES,
    *CLAMPS,
    *RESHAPES,
]
