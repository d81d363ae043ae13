"""Cases of the operators with int8 weights on int16 activations, and of the scaling of their sums.

With an int64 bias the reference scales a 64-bit sum by 15 bits of the multiplier and rounds once; with an
int32 bias, or none, CONV_2D and FULLY_CONNECTED scale a 32-bit sum as the int8 operators do.
"""

import numpy as np
from case_model import JUST_ABOVE_1, JUST_BELOW_1
from cases_blocks_moved import tconv
from cases_weights import conv, depthwise, fully_connected, tie_accumulators

WIDE = {"dtype": "int16", "bias_dtype": "int64"}
NARROW = {"dtype": "int16", "bias_dtype": "int32"}
SMALL = {"scale_x": 0.0002}

CONVOLUTIONS = [
    conv("i16_1x1", (1, 5, 7, 6), (9, 1, 1, 6), **WIDE),
    conv("i16_3x3_same", (1, 6, 5, 3), (4, 3, 3, 3), **WIDE),
    conv("i16_3x3_valid_stride_2", (1, 8, 6, 3), (4, 3, 3, 3), stride=(2, 2), padding="VALID", **WIDE),
    conv("i16_5x5_larger_than_input", (1, 2, 3, 2), (3, 5, 5, 2), **WIDE),
    conv("i16_dilation_2x2", (1, 7, 8, 2), (3, 3, 3, 2), dilation=(2, 2), **WIDE),
    conv("i16_groups_2_batch_2", (2, 5, 5, 4), (6, 3, 3, 2), **WIDE),
    conv("i16_per_tensor", (1, 5, 5, 3), (4, 3, 3, 3), scale_w=0.005, **WIDE),
    conv("i16_relu", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU", **WIDE),
    conv("i16_relu6", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU6", scale_y=0.0004, **WIDE, **SMALL),
    conv("i16_relu_n1_to_1", (1, 5, 5, 3), (4, 3, 3, 3), act="RELU_N1_TO_1", scale_y=7e-5, **WIDE, **SMALL),
    conv("i16_saturating", (1, 5, 5, 3), (4, 3, 3, 3), scale_y=0.0005, **WIDE),
    conv("i16_more_than_a_run_of_32_bits", (1, 1, 1, 1025), (2, 1, 1, 1025), weights=np.full((2, 1025), -128),
         **WIDE),
    conv("i16_narrow_3x3", (1, 6, 5, 3), (4, 3, 3, 3), **NARROW),
    conv("i16_narrow_dilation_3x1", (1, 9, 5, 2), (3, 3, 2, 2), dilation=(3, 1), padding="VALID", **NARROW),
    depthwise("i16_3x3_same", (1, 6, 5, 3), (3, 3), **WIDE),
    depthwise("i16_3x3_stride_2_valid", (1, 8, 6, 4), (3, 3), stride=(2, 2), padding="VALID", **WIDE),
    depthwise("i16_multiplier_2", (1, 5, 5, 3), (3, 3), 2, **WIDE),
    depthwise("i16_dilation_2x3_batch_2", (2, 9, 9, 2), (3, 2), dilation=(2, 3), **WIDE),
    depthwise("i16_no_bias", (1, 4, 4, 3), (3, 3), bias=None, **WIDE),
    depthwise("i16_no_bias_large", (1, 16, 16, 9), (5, 5), bias=None, **WIDE),
    depthwise("i16_relu6", (1, 5, 5, 3), (3, 3), act="RELU6", scale_y=0.0004, **WIDE, **SMALL),
    depthwise("i16_per_tensor", (1, 5, 5, 3), (3, 3), scale_w=0.005, **WIDE),
    tconv("i16_3x3_stride_2", (1, 4, 5, 3), (4, 3, 3, 3), (1, 8, 10, 4), stride=(2, 2), **WIDE),
    tconv("i16_stride_1_valid", (1, 3, 3, 2), (2, 2, 3, 2), (1, 4, 5, 2), padding="VALID", **WIDE),
    tconv("i16_no_bias", (1, 3, 3, 2), (2, 2, 2, 2), (1, 6, 6, 2), stride=(2, 2), bias=False, **NARROW),
    tconv("i16_narrow", (1, 8, 8, 7), (5, 3, 3, 7), (1, 16, 16, 5), stride=(2, 2), **NARROW),
    tconv("i16_narrow_no_bias", (1, 8, 8, 7), (5, 3, 3, 7), (1, 16, 16, 5), stride=(2, 2), bias=False,
          **NARROW),
    tconv("i16_per_tensor", (1, 3, 3, 2), (2, 3, 3, 2), (1, 6, 6, 2), stride=(2, 2), channels=False, **WIDE),
    fully_connected("i16_plain", (1, 17), 9, **WIDE),
    fully_connected("i16_batch_4", (4, 17), 9, **WIDE),
    fully_connected("i16_keep_num_dims", (2, 3, 8), 5, keep=True, **WIDE),
    fully_connected("i16_more_than_two_runs", (2, 1100), 3, **WIDE),
    fully_connected("i16_relu", (1, 17), 9, act="RELU", **WIDE),
    fully_connected("i16_relu6", (1, 17), 9, act="RELU6", scale_y=0.0004, **WIDE, **SMALL),
    fully_connected("i16_per_channel", (4, 9), 7, scale_x=0.5, scale_y=1.0,
                    scale_w=[0.001, 0.5, 0.02, 1.0, 0.25, 1e-30, 3.0], **WIDE),
    fully_connected("i16_narrow", (4, 17), 9, **NARROW),
    fully_connected("i16_narrow_per_channel", (2, 33), 3, scale_w=[0.001, 0.03, 0.007], **NARROW),
    fully_connected("i16_no_bias", (1, 17), 9, bias=None, **NARROW),
    fully_connected("i16_no_bias_wraps", (1, 1600), 3, bias=None, weights=np.full((3, 1600), 127), **NARROW),
    conv("i16_narrow_wraps", (1, 2, 2, 520), (2, 1, 1, 520), weights=np.full((2, 520), -128), **NARROW),
]  # fmt: skip

FACTORS = {
    "half": 0.5,
    "quarter": 0.25,
    "one": 1.0,
    "just_below_one": JUST_BELOW_1,
    "just_above_one": JUST_ABOVE_1,
    "multiplier_capped": 1.0 - 2.0**-17,
    "multiplier_just_below_the_cap": 1.0 - 2.0**-15 - 2.0**-24,
    "multiplier_rounds_up": 0.5 + 2.0**-16,
    "multiplier_rounds_down": 0.5 + 2.0**-16 - 2.0**-24,
    "hundred": 100.0,
    "third": 1 / 3,
    "tenth": 0.1,
    "two_to_minus_8": 2.0**-8,
    "thousandth": 0.001,
    "millionth": 1e-6,
    "two_to_minus_31": 2.0**-31,
    "two_to_minus_32": 2.0**-32,
    "below_2_to_minus_32": 2.0**-33,
}


def wide_sums(factor):
    """Sums around half steps, around the limits of int16 and of 48 bits."""
    near = {int((step + 0.5) / factor) for step in (-(2**15) - 1, -(2**15), 2**15 - 2, 2**15 - 1, 2**31 - 1)}
    limits = {0, 2**31, -(2**31), 2**46, -(2**46), 2**47 - 3, 3 - 2**47}
    wanted = {middle + d for middle in near | limits for d in (-2, -1, 0, 1, 2)} | set(
        tie_accumulators(factor)
    )
    return sorted(value for value in wanted if -(2**47) <= value < 2**47)


def requantize_cases():
    """Zero weights: the bias alone is the sum, so that any sum can be listed."""
    for label, factor in FACTORS.items():
        for kinds, sums in (
            ({"sums": WIDE}, wide_sums(max(factor, 1e-10))),
            ({"narrow_sums": NARROW}, tie_accumulators(max(factor, 1e-10))),
        ):
            [(name, types)] = kinds.items()
            common = {"scale_x": 1.0, "scale_w": factor, "scale_y": 1.0, "bias": sums, **types}
            common["weights"] = np.zeros(len(sums), np.int8)
            yield conv(f"i16_{name}_{label}", (1, 1, 1, 1), (len(sums), 1, 1, 1), **common)
            yield fully_connected(f"i16_{name}_{label}", (1, 1), len(sums), **common)
            if types is WIDE:
                yield depthwise(f"i16_{name}_{label}", (1, 1, 1, 1), (1, 1), len(sums), **common)


INT16_WEIGHTS = [*CONVOLUTIONS, *requantize_cases()]
