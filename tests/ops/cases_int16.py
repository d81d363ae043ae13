"""Named cases of operators without weights on int16: those of int8 made wider, and what only int16 shows."""

from dataclasses import replace

import numpy as np
from case_model import JUST_BELOW_1, case, feeds_of, sweep
from cases_blocks import ADDS, MEANS, PADS, POOLS
from cases_blocks_moved import BLOCKS_MOVED, resizes
from cases_curves import LEAKY_RELUS
from cases_elements import CLAMPS, RESHAPES
from cases_movement import MOVEMENTS
from cases_pairs import PAIRS
from tflite_builder import Node, T

ALL = np.arange(-(2**15), 2**15).astype(np.int16)
WIDE_ADDITION = {"PotScaleInt16": False}
# The reference stops where the output scale is below 2**-14 of the inputs', which a rule refuses.
TOO_FINE = {"smallest_output_scale", "input_2_on_a_half"}


def _wide(tensor):
    """The tensor as int16: finer steps, zero point 0, a constant's values spread over the range."""
    if tensor.dtype != "int8":
        return tensor
    data = None if tensor.data is None else sweep(tensor.shape, 1, np.int16)
    scale = None if tensor.scale is None else tensor.scale / 256
    return replace(tensor, dtype="int16", zero=0, scale=scale, data=data)


def widened(narrow):
    """The same operator on int16, at the scales' general form."""
    tensors = tuple(map(_wide, narrow.tensors))
    node = narrow.node
    if node.kind in {"ADD", "SUB"}:
        node = replace(node, fields={**node.fields, **WIDE_ADDITION})
    feeds = feeds_of(narrow.name, [tensors[i] for i in narrow.inputs])
    if feeds[0][0].size > 5000:  # every pair of int8 values, which are not every pair here
        feeds = feeds[-1:]
    return replace(narrow, name=f"i16_{narrow.name}", tensors=tensors, node=node, feeds=feeds)


# Of the kinds below those that the reference has on int8 alone.
INT8_ONLY = frozenset(
    ["DEPTH_TO_SPACE", "PRELU", "RELU_0_TO_1", "RELU_N1_TO_1", "SPACE_TO_DEPTH", "SQUARED_DIFFERENCE", "TILE"]
)
NARROW = [
    *resizes("RESIZE_BILINEAR"),
    *ADDS,
    *PADS,
    *POOLS,
    *MEANS,
    *LEAKY_RELUS,
    *CLAMPS,
    *RESHAPES,
    *MOVEMENTS,
    *BLOCKS_MOVED,
    *PAIRS,
]
WIDENED = [
    widened(narrow)
    for narrow in NARROW
    if narrow.kind not in INT8_ONLY | {"TRANSPOSE_CONV"}  # that one stands in cases_int16_weights
    and narrow.name not in TOO_FINE
    and not narrow.name.startswith("i16")
    and any(narrow.tensors[i].dtype == "int8" for i in narrow.inputs)
]


def curve(kind, name, scale, scale_y, options="", fields=None, version=2):
    """An operator on every int16 value."""
    tensors = [T("x", (2, 2**15), "int16", scale), T("y", (2, 2**15), "int16", scale_y)]
    return case(
        kind,
        f"i16_{name}",
        tensors,
        Node(kind, [0], [1], options, fields or {}, version),
        ((ALL.reshape(2, -1),),),
    )


SIGMOID_SCALES = (
    *(
        2.0**-12,
        2.0**-11,
        2.0**-12 * 1.0005,
        2.0**-13,
        2.0**-10,
        256 / 12288,
        1 / 12288,
        1e-4,
        0.0003,
        0.00031,
    ),
    *(1e-7, 2.0**-44, 0.01, 1.33, 2.5),
)
CURVES = [
    curve(kind, f"every_value_{scale:.6g}", scale, 2.0**-15)
    for kind in ("LOGISTIC", "TANH")
    for scale in SIGMOID_SCALES
]
CURVES += [
    curve("LEAKY_RELU", f"every_value_{name}", *row, "LeakyReluOptions", {"Alpha": alpha}, 2)
    for name, alpha, row in (("halves", 0.5, (1.0, 1.0)), ("plain", 0.1, (0.0003, 0.00021)))
]

LIMITS = np.array(
    [-(2**15), 1 - 2**15, -(2**14), -3, -2, -1, 0, 1, 2, 3, 2**14, 2**15 - 2, 2**15 - 1], np.int16
)
LIMIT_PAIRS = tuple(side.reshape(13, 13) for side in np.meshgrid(LIMITS, LIMITS))


def pair(kind, name, scales, *, act="NONE", pot=None, feeds=(LIMIT_PAIRS,)):
    """An operator on every pair of the values at which something turns."""
    shape = feeds[0][0].shape
    tensors = [T(n, shape, "int16", scale) for n, scale in zip("aby", scales, strict=True)]
    fields = {"FusedActivationFunction": act}
    if pot is not None:
        fields["PotScaleInt16"] = pot
    options = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions"}[kind]
    return case(kind, f"i16_{name}", tensors, Node(kind, [0, 1], [2], options, fields, 2), feeds)


EVERY_AGAINST_ITSELF = ((ALL, ALL[::-1].copy()), (ALL, np.roll(ALL, 12345)))
ADDITIONS = [
    addition
    for kind in ("ADD", "SUB")
    for addition in (
        pair(kind, "pot_equal", (2.0**-11,) * 3, pot=True),
        pair(kind, "pot_first_finer", (2.0**-14, 2.0**-11, 2.0**-11), pot=True, feeds=EVERY_AGAINST_ITSELF),
        pair(kind, "pot_second_finer", (2.0**-11, 2.0**-12, 2.0**-11), pot=True, feeds=EVERY_AGAINST_ITSELF),
        pair(kind, "pot_much_finer", (2.0**-26, 2.0**-11, 2.0**-11), pot=True, feeds=EVERY_AGAINST_ITSELF),
        pair(kind, "pot_nearly", (2.0**-11 * 1.0004, 2.0**-11, 2.0**-11), pot=True),
        pair(kind, "pot_by_default", (2.0**-12, 2.0**-11, 2.0**-11)),
        pair(kind, "pot_relu6", (2.0**-11,) * 3, pot=True, act="RELU6", feeds=EVERY_AGAINST_ITSELF),
        pair(kind, "pot_asked_for_other_scales", (0.0003, 0.0004, 0.0005), pot=True),
        pair(
            kind, "pot_not_asked_for", (2.0**-12, 2.0**-11, 2.0**-11), pot=False, feeds=EVERY_AGAINST_ITSELF
        ),
        pair(kind, "finest_output", (1.0, 1.0, 2.0**-13 * 1.1), pot=False),
        pair(kind, "every_value", (0.0003, 0.0002, 0.0004), pot=False, feeds=EVERY_AGAINST_ITSELF),
    )
]
PRODUCTS = [
    pair("MUL", "limits", (1.0, 1.0, 2.0**15)),
    pair("MUL", "halves", (1.0, 1.0, 2.0), feeds=EVERY_AGAINST_ITSELF),
    pair("MUL", "every_value", (0.0003, 0.0002, 0.002), feeds=EVERY_AGAINST_ITSELF),
    pair("MUL", "just_below_half_of_limits", (JUST_BELOW_1, 0.5, 2.0**15)),
]


def softmax(name, shape, scale, beta=1.0, feeds=None, source="int16", output=(2.0**-15, 0)):
    """SOFTMAX over the last dimension."""
    tensors = [T("x", shape, source, scale, 3 if source == "int8" else 0), T("y", shape, "int16", *output)]
    return case(
        "SOFTMAX",
        f"i16_{name}",
        tensors,
        Node("SOFTMAX", [0], [1], "SoftmaxOptions", {"Beta": beta}, 2),
        feeds,
    )


TWO_CLASSES = np.stack([ALL, np.full(2**16, 2**15 - 1, np.int16)], axis=1)
SOFTMAXES = [
    softmax("ten_classes", (1, 10), 0.0003),
    softmax("one_class", (4, 1), 0.0003),
    softmax("rank_4", (1, 3, 4, 6), 0.0003),
    softmax("a_thousand_classes", (1, 1000), 0.0005),
    softmax("largest_row", (1, 4095), 0.0007),
    softmax("beta_half", (2, 128), 0.0003, 0.5),
    softmax("steepest", (2, 128), 2.49),
    *(
        softmax(f"every_difference_{scale:g}", (2**16, 2), scale, feeds=((TWO_CLASSES,),))
        for scale in (1e-7, 10 / 65535, 0.0003, 0.01, 0.3)
    ),
]


def softmax_from_int8(name, shape, scale=0.1, beta=1.0, output=(2.0**-16, -(2**15))):
    """SOFTMAX of int8 whose probabilities keep 16 bits."""
    return softmax(f"from_int8_{name}", shape, scale, beta, source="int8", output=output)


SOFTMAXES += [
    softmax_from_int8("ten_classes", (1, 10)),
    softmax_from_int8("one_class", (4, 1)),
    softmax_from_int8("two_classes_every_difference", (256, 2), 0.02),
    softmax_from_int8("rank_4", (1, 3, 4, 6)),
    softmax_from_int8("a_thousand_classes", (1, 1000)),
    softmax_from_int8("most_classes", (1, 4095), 0.2),
    softmax_from_int8("beta_half", (2, 128), 0.1, 0.5),
    softmax_from_int8("factor_capped", (2, 128), 33.0, 2.0),
    softmax_from_int8("scale_of_65535_steps", (2, 2), 0.07, output=(1 / 65535, -(2**15))),
    *(softmax_from_int8(f"scale_{scale:g}", (2, 128), scale) for scale in (1e-7, 1 / 256, 0.03, 1.0, 40.0)),
]


def quantize(name, source, target, scales, values, zeros=None):
    """QUANTIZE of given values; int8 has the zero point 5."""
    zeros = zeros or [5 if dtype == "int8" else 0 for dtype in (source, target)]
    shape = (len(values),)
    tensors = [T("x", shape, source, scales[0], zeros[0]), T("y", shape, target, scales[1], zeros[1])]
    return case(
        "QUANTIZE", f"i16_{name}", tensors, Node("QUANTIZE", [0], [1], "QuantizeOptions", {}, 1), ((values,),)
    )


HALF_STEPS = np.concatenate(
    [np.arange(-600, 601) / 2, np.arange(-65540, -65530) / 2, np.arange(65528, 65540) / 2]
)
NEAR_HALVES = [np.nextafter(np.float32(HALF_STEPS), np.float32(to)) for to in (-1e9, 1e9)]
QUANTIZES = [
    quantize("float_halves", "float32", "int16", (None, 1.0), HALF_STEPS.astype(np.float32)),
    quantize("float_near_halves", "float32", "int16", (None, 1.0), np.concatenate(NEAR_HALVES)),
    quantize("float_beyond", "float32", "int16", (None, 0.001), np.float32([1e3, -1e3, 1e5, -1e5, -0.0])),
    *(quantize(f"same_type_{a:g}_{b:g}", "int16", "int16", (a, b), ALL)
      for a, b in ((0.5, 1.0), (0.1, 0.1), (0.1, 0.03), (0.003, 0.1), (1.0, 1e-6))),
    quantize("lowest_zero_point_to_int8", "int16", "int8", (2.0**-16, 2.0**-8), ALL, (-(2**15), -128)),
    quantize("lowest_zero_point_to_int32", "int16", "int32", (2.0**-16, 2.0**-15), ALL, (-(2**15), 0)),
    quantize("highest_zero_point_to_int32", "int16", "int32", (0.1, 0.03), ALL, (2**15 - 1, 0)),
    *(quantize(f"to_int32_{i}", "int16", "int32", scales, ALL)
      for i, scales in enumerate(((0.5, 1.0), (0.1, 0.1), (0.3, 1e-5), (JUST_BELOW_1 / 2, 1.0)))),
    *(quantize(f"to_int8_{i}", "int16", "int8", scales, ALL)
      for i, scales in enumerate(((0.5, 1.0), (0.1, 0.1), (0.0003, 0.08), (JUST_BELOW_1 / 2, 1.0)))),
]  # fmt: skip
DEQUANTIZES = [
    case(
        "DEQUANTIZE", f"i16_{scale:g}", [T("x", (2**16,), "int16", scale), T("y", (2**16,), "float32")],
        Node("DEQUANTIZE", [0], [1], "DequantizeOptions", {}, 3), ((ALL,),),
    )
    for scale in (1 / 3, 0.0003, 1e-38)
]  # fmt: skip
INT16 = [*WIDENED, *CURVES, *ADDITIONS, *PRODUCTS, *SOFTMAXES, *QUANTIZES, *DEQUANTIZES]
