"""Cases of the operators on two tensors that broadcast, but ADD: every pair of int8 values if it can be."""

import numpy as np
from case_model import JUST_BELOW_1, case, sweep
from cases_blocks import ALL_PAIRS
from tflite_builder import Node, T

SQUARE = (1, 256, 256)
LIMITS = (-128, 127, -128)
NO_ZEROS = (0, 0, 0)


def pair(kind, name, left=SQUARE, right=SQUARE, *, scales=(0.1, 0.07, 0.15), zeros=(3, -5, 10), act=None,
         data=None):  # fmt: skip
    """An operator on two shapes; ``data`` makes the right one a constant."""
    y = np.broadcast_shapes(left, right)
    tensors = [
        T("a", left, "int8", scales[0], zeros[0]),
        T("b", right, "int8", scales[1], zeros[1], 0, data),
        T("y", y, "int8", scales[2], zeros[2]),
    ]
    options = {"MUL": "MulOptions", "SUB": "SubOptions"}.get(kind, "")
    fields = {"FusedActivationFunction": act or "NONE"} if options else {}
    version = {"PRELU": 1}.get(kind, 2)
    feeds = (ALL_PAIRS,) if left == right == SQUARE else None
    return case(kind, name, tensors, Node(kind, [0, 1], [2], options, fields, version), feeds)


BROADCASTS = [
    ("rank_1", (256,), (256,)),
    ("rank_5_same_shape", (1, 2, 3, 4, 5), (1, 2, 3, 4, 5)),
    ("scalar_right", (1, 4, 4, 8), ()),
    ("scalar_left", (), (4, 8)),
    ("channels", (2, 4, 4, 8), (8,)),
    ("squeeze_excite", (2, 1, 1, 8), (2, 4, 4, 8)),
    ("both_repeated", (4, 1, 8), (1, 5, 1)),
    ("columns", (1, 4, 1, 1), (1, 1, 5, 3)),
    ("rows_and_channels", (3, 1, 4, 1), (3, 2, 4, 5)),
    ("every_other", (2, 3, 4, 5), (2, 1, 4, 1)),
    ("ones_only", (1, 1, 8), (8,)),
    ("one_element", (1,), ()),
]
SHAPED = [
    pair(kind, name, left, right)
    for kind in ("MUL", "SUB", "MINIMUM", "MAXIMUM", "SQUARED_DIFFERENCE")
    for name, left, right in BROADCASTS
]
CHANNELS = {"data": sweep((1, 1, 1, 8), 31)}
FLOAT32_HALF = (0.1, 0.7, 2 * float(np.float32(0.1) * np.float32(0.7)))  # in float64 a little less than 1/2
SUBS = [
    pair("SUB", "equal_scales_all_pairs", scales=(1.0, 1.0, 1.0), zeros=NO_ZEROS),
    pair("SUB", "half_output_all_pairs", scales=(1.0, 1.0, 2.0), zeros=NO_ZEROS),
    pair("SUB", "uneven_scales_all_pairs"),
    pair("SUB", "input_2_on_a_half", scales=(1.0, 1 / 3, 2.0**-18), zeros=NO_ZEROS),
    pair("SUB", "zero_points_at_limits", zeros=LIMITS),
    pair("SUB", "channels_constant", (1, 4, 4, 8), (1, 1, 1, 8), **CHANNELS),
    pair("SUB", "relu6", (1, 4, 4, 8), (1, 4, 4, 8), act="RELU6", scales=(0.1, 0.07, 0.04)),
]
MULS = [
    pair("MUL", "halves_all_pairs", scales=(1.0, 0.5, 1.0), zeros=NO_ZEROS),
    pair("MUL", "uneven_scales_all_pairs", scales=(0.1, 0.07, 0.9)),
    pair("MUL", "zero_points_at_limits", zeros=LIMITS, scales=(0.1, 0.07, 1.1)),
    pair("MUL", "just_below_half", zeros=NO_ZEROS, scales=(JUST_BELOW_1, 0.5, 64.0)),
    pair("MUL", "halves_only_in_float32", zeros=NO_ZEROS, scales=FLOAT32_HALF),
    pair("MUL", "left_shift", (4, 64), (4, 64), scales=(1.0, 1.0, 0.001)),
    pair("MUL", "left_shift_beyond_32_bits", (16, 64), (16, 64), scales=(1.0, 1.0, 2.0**-29)),
    pair("MUL", "output_always_its_zero_point", (4, 64), (4, 64), scales=(1e-12, 1e-12, 1.0)),
    pair("MUL", "channels_constant", (1, 4, 4, 8), (1, 1, 1, 8), **CHANNELS),
    *(pair("MUL", act.lower(), (1, 4, 4, 8), (1, 4, 4, 8), act=act, scales=(0.1, 0.07, 0.04))
      for act in ("RELU", "RELU6", "RELU_N1_TO_1")),
]  # fmt: skip
EXTREMES = [
    pair(kind, "all_pairs", scales=(0.1, 0.1, 0.1), zeros=(-7, -7, -7)) for kind in ("MINIMUM", "MAXIMUM")
]
PRELUS = [
    pair("PRELU", "all_pairs", zeros=(0, 0, 0)),
    pair("PRELU", "halves", zeros=(0, 0, 0), scales=(0.5, 1.0, 1.0)),
    pair("PRELU", "halves_only_in_float32", zeros=NO_ZEROS, scales=FLOAT32_HALF),
    pair("PRELU", "ratio_is_a_float32_tie", zeros=NO_ZEROS, scales=(6.0, 0.1, 2.4)),
    pair("PRELU", "zero_points_at_limits", zeros=LIMITS),
    pair("PRELU", "finer_output", zeros=(5, -100, 20), scales=(0.1, 0.07, 0.003)),
    pair("PRELU", "channels", (1, 4, 4, 8), (1, 1, 8)),
    pair("PRELU", "channels_constant", (1, 4, 4, 8), (8,), data=sweep((8,), 31)),
    pair("PRELU", "rows", (2, 4, 4, 8), (4, 1, 1)),
    pair("PRELU", "one_slope", (1, 4, 4, 8), (1, 1, 1)),
]
SQUARED_DIFFERENCES = [
    pair("SQUARED_DIFFERENCE", "halves_all_pairs", scales=(1.0, 1.0, 2.0), zeros=NO_ZEROS),
    pair("SQUARED_DIFFERENCE", "uneven_scales_all_pairs", scales=(0.1, 0.07, 0.9)),
    pair("SQUARED_DIFFERENCE", "scales_far_apart", scales=(0.001, 3.0, 77.0), zeros=(0, 9, 0)),
    pair("SQUARED_DIFFERENCE", "zero_points_at_limits", zeros=LIMITS, scales=(0.1, 0.1, 2.5)),
    pair("SQUARED_DIFFERENCE", "smallest_output_scale", scales=(1.0, 1.0, 2.0**-11)),
]
PAIRS = [*SHAPED, *SUBS, *MULS, *EXTREMES, *PRELUS, *SQUARED_DIFFERENCES]
