"""Cases of the operators that work element by element or row by row."""

import numpy as np
from case_model import JUST_BELOW_1, case, feeds_of
from tflite_builder import Node, T


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


def log_softmax(name, shape, scale=0.1, zero=0):
    """LOG_SOFTMAX over the last dimension."""
    tensors = [T("x", shape, "int8", scale, zero), T("y", shape, "int8", 1 / 16, 127)]
    return case("LOG_SOFTMAX", name, tensors, Node("LOG_SOFTMAX", [0], [1], "LogSoftmaxOptions", {}, 2))


LOG_SOFTMAXES = [
    log_softmax("ten_classes", (1, 10)),
    log_softmax("one_class", (4, 1)),
    log_softmax("two_classes_every_difference", (256, 2), 0.02),
    log_softmax("rank_4", (2, 3, 4, 6), 0.3),
    *(log_softmax(f"{count}_classes", (2, count), 0.05) for count in (3, 64, 181, 512, 1000, 4095)),
    *(
        log_softmax(f"scale_{scale:g}", (2, 128), scale)
        for scale in (1e-7, 1 / 256, 0.03, 0.25, 1.0, 8.0, 40.0)
    ),
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
    quantize("float_to_uint8_halves", "float32", "uint8", scales=(None, 1.0), zeros=(0, 128),
             values=HALF_STEPS),
    quantize("float_to_uint8_near_halves", "float32", "uint8", scales=(None, 1.0), values=NEAR_HALVES),
    quantize("float_to_uint8_beyond", "float32", "uint8", scales=(None, 0.5), zeros=(0, 255),
             values=[1e3, -1e3, 1e8, -1e8, 0.0, -0.0, 1e-40, -1e-40]),
    quantize("uint8_same", "uint8", "uint8", zeros=(128, 128)),
    quantize("uint8_halves", "uint8", "uint8", scales=(0.5, 1.0), zeros=(3, 255)),
    quantize("uint8_finer", "uint8", "uint8", scales=(0.1, 0.03), zeros=(200, 0)),
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
    """RELU or a limited form of it on its own."""
    tensors = [T("x", (2, 128), "int8", scales[0], zeros[0]), T("y", (2, 128), "int8", scales[1], zeros[1])]
    return case(kind, name, tensors, Node(kind, [0], [1], "", {}, 1 if "TO_1" in kind else 2))


CLAMPS = [
    clamp(kind, name, scales, zeros)
    for kind in ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1")
    for name, scales, zeros in [
        ("same_scale", (0.1, 0.1), (-3, -3)),
        ("finer", (0.1, 0.025), (10, -128)),
        ("halves", (0.5, 1.0), (0, 0)),
        ("ratio_is_a_float32_tie", (6.0, 2.4), (0, -60)),
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
