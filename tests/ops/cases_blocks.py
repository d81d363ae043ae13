"""Cases of ADD, PAD, the poolings and MEAN."""

from itertools import product

import numpy as np
from case_model import JUST_BELOW_1, case, out_size, sweep
from tflite_builder import Node, T


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
        ("pairs_of_four_channels", ((1, 1, 128, 4), (1, 2)), {}),
        ("3x3_same_six_channels", ((2, 5, 6, 6), (3, 3)), {"padding": "SAME"}),
        ("2x2_stride_2_eleven_channels", ((1, 6, 8, 11), (2, 2)), {"stride": (2, 2), "act": "RELU6"}),
        ("global_of_five_channels", ((1, 23, 17, 5), (23, 17)), {}),
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
    *(
        mean(f"unit_scales_of_{count}", (128, count), [1], scales=(1.0, 1.0), zeros=(0, 0))
        for count in (3, 6, 7, 49)
    ),
    mean("one_element", (256, 1), [1], scales=(0.5, 1.0), zeros=(0, 0)),
    mean("finer_output", (8, 16), [1], scales=(1.0, 0.001)),
    mean("coarser_output", (8, 16), [1], scales=(0.01, 1.0)),
    mean("zero_points_at_limits", (8, 16), [1], zeros=(-128, 127)),
    mean("many", (1, 64, 64, 2), [1, 2]),
    mean("many_of_five_channels", (1, 300, 7, 5), [1, 2]),
    mean("many_columns_of_seven_channels", (2, 2, 513, 7), [0, 2]),
]
