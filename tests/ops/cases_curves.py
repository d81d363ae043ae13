"""Cases of the functions of one int8 element: all 256 of them at scales and zero points of every kind."""

from dataclasses import replace

import numpy as np
from case_model import case, rng_of
from tflite_builder import Node, T

ALL = (np.arange(-128, 128).astype(np.int8).reshape(2, 128),)


def curve(kind, name, scale, zero, scale_y, zero_y, options="", fields=None, version=2):
    """An operator on every int8 value."""
    tensors = [T("x", (2, 128), "int8", scale, zero), T("y", (2, 128), "int8", scale_y, zero_y)]
    return case(kind, name, tensors, Node(kind, [0], [1], options, fields or {}, version), (ALL,))


SCALES = (2.0**-27, 1e-4, 1 / 256, 0.0157, 0.03125, 0.0471, 0.1, 1 / 3, 0.7, 1.0, 3.0, 9.0, 16.0, 40.0, 1e6)
ZEROS = (0, -128, 127, 5, -61)
SIGMOIDS = [
    curve(kind, f"scale_{scale:g}_zero_{zero}", scale, zero, *output)
    for kind, output in (("LOGISTIC", (1 / 256, -128)), ("TANH", (1 / 128, 0)))
    for i, scale in enumerate(SCALES)
    for zero in (ZEROS[0], ZEROS[1 + i % 4])
]


def leaky_relu(name, alpha, scale=0.1, zero=-5, scale_y=0.07, zero_y=-20):
    """LEAKY_RELU with a slope."""
    return curve("LEAKY_RELU", name, scale, zero, scale_y, zero_y, "LeakyReluOptions", {"Alpha": alpha}, 1)


LEAKY_RELUS = [
    leaky_relu("plain", 0.1),
    leaky_relu("halves", 0.5, 1.0, 0, 1.0, 0),
    leaky_relu("quarter_steps", 0.25, 1.0, 0, 2.0, -1),
    leaky_relu("no_slope", 0.0),
    leaky_relu("slope_above_one", 3.7),
    leaky_relu("identity", 1.0, 0.1, 3, 0.1, 3),
    leaky_relu("finer", 0.3, 0.1, 127, 0.003, -128),
    leaky_relu("coarser", 0.3, 0.1, -128, 3.0, 127),
    leaky_relu("halves_only_in_float32", 0.7, 0.1, 0, 2 * float(np.float32(0.1) * np.float32(0.7)), 0),
    leaky_relu("ratio_is_a_float32_tie", 0.1, 6.0, 0, 2.4, 0),
    leaky_relu("left_shift_beyond_32_bits", 0.3, 1.0, 0, 2.0**-29, 0),
]
HARD_SWISHES = [
    curve("HARD_SWISH", name, *quants, version=1)
    for name, quants in {
        "plain": (0.0825, -9, 0.0454, -120),
        "same_scale": (0.1, 3, 0.1, 3),
        "fine_input": (0.001, 0, 0.001, 0),
        "finest_input": (1e-5, 0, 1e-4, 0),
        "gate_without_shift": (0.0117, 5, 0.02, 5),
        "gate_shift_0": (0.00586, 5, 0.008, 5),
        "gate_shift_1": (0.0234375, -1, 0.0234375, -1),
        "wide_input": (0.7, -128, 1.1, -128),
        "widest_input": (767.9, 0, 767.9, 0),
        "output_much_finer": (0.1, -30, 0.00079, 0),
        "output_multiplier_rounds_up": (0.99999, 0, 0.9999899, 0),
        "finest_scales": (1.8e-7, 0, 9e-5, 0),
        "multiplier_is_a_float32_tie": (0.1859, 0, 0.094330356, 0),
        "output_coarser": (0.05, 127, 0.9, -128),
    }.items()
]
ABSES = [
    curve("ABS", name, *quants)
    for name, quants in {
        "same_quantization": (0.1, 0, 0.1, 0),
        "same_scale_other_zero": (0.1, -9, 0.1, -128),
        "halves": (0.5, 0, 1.0, -128),
        "finer": (0.0275, -9, 0.0146, -128),
        "coarser": (0.1, 127, 0.7, 127),
        "ratio_is_a_float32_tie": (6.0, 0, 2.4, -128),
    }.items()
]


def l2_normalization(name, shape, zero, values):
    """L2_NORMALIZATION of given rows."""
    tensors = [T("x", shape, "int8", 0.02, zero), T("y", shape, "int8", 1 / 128, 0)]
    node = Node("L2_NORMALIZATION", [0], [1], "L2NormOptions", {"FusedActivationFunction": "NONE"}, 2)
    feed = np.asarray(values).astype(np.int8).reshape(shape)
    return case("L2_NORMALIZATION", name, tensors, node, ((feed,),))


SMALL_ROWS = [[a, b, 0] for a in range(-6, 7) for b in range(-6, 7)]  # lengths from 0, where shifts change
POWER_ROWS = [  # sums of squares of 4**0 to 4**11
    *([2**i] + [0] * 1023 for i in range(6)),
    *([64] * 4**i + [0] * (1024 - 4**i) for i in range(6)),
]
RANDOM = rng_of("l2").integers(-128, 128, (64, 40))
L2_NORMALIZATIONS = [
    l2_normalization("small_rows", (169, 3), 0, SMALL_ROWS),
    l2_normalization("small_rows_at_the_lowest_zero_point", (169, 3), -128, np.array(SMALL_ROWS) - 122),
    l2_normalization("every_value_alone", (256, 1), -5, np.arange(-128, 128)),
    l2_normalization("random_rows", (64, 40), 3, RANDOM),
    l2_normalization("rank_4", (1, 4, 16, 40), -128, RANDOM),
    l2_normalization("rank_1", (40,), 127, RANDOM[0]),
    l2_normalization("powers_of_four", (12, 1024), 0, POWER_ROWS),
    l2_normalization("longest_sum", (1, 33025), -128, np.full(33025, 127)),
    l2_normalization("all_zero", (2, 8), -7, np.full(16, -7)),
]  # fmt: skip
EXPS = [
    curve("EXP", name, *quants)
    for name, quants in {
        "plain": (0.0275, -9, 0.1637, -128),
        "fine": (1e-4, 0, 0.01, 5),
        "one_is_a_half_step": (0.01, 0, 2.0, 0),
        "wide": (0.3, -128, 2e25, -128),
        "to_zero": (1.0, 127, 0.01, -128),
        "zero_points": (0.03, 127, 0.004, -128),
    }.items()
]
GELUS = [
    curve("GELU", f"{name}_{approximate}", *quants, "GeluOptions", {"Approximate": approximate})
    for name, quants in {
        "plain": (0.0275, -9, 0.0153, -117),
        "wide": (1.0, 0, 1.0, 0),
        "halves": (0.5, 3, 1.0, -10),
        "fine": (0.001, -128, 0.0007, 127),
    }.items()
    for approximate in (False, True)
]


def rsqrt(name, scale, zero, scale_y, zero_y):
    """RSQRT of every value from the zero point on; the reference stops at values below it."""
    base = curve("RSQRT", name, scale, zero, scale_y, zero_y)
    return replace(base, feeds=((np.maximum(ALL[0], zero).astype(np.int8),),))


RSQRTS = [
    rsqrt("plain", 0.015, -128, 0.0124, -128),
    rsqrt("unit", 1.0, -128, 1 / 128, 0),
    rsqrt("halves", 1.0, -128, 1.0, 0),
    rsqrt("coarse_output", 0.001, 0, 3.0, -128),
    rsqrt("fine_input", 1e-6, -100, 20.0, -128),
    rsqrt("fine_output", 4.0, -128, 0.0001, -128),
]
CURVES = [*SIGMOIDS, *LEAKY_RELUS, *HARD_SWISHES, *ABSES, *EXPS, *GELUS, *RSQRTS, *L2_NORMALIZATIONS]
