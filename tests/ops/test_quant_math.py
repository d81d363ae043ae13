"""Literal cases worked out by hand: ties, limits, and where float32 differs from float64."""

import math

import numpy as np
import pytest

from edgeflow.ops import quant_math

F32 = np.float32


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.5, 1), (-0.5, -1), (1.5, 2), (2.5, 3), (-2.5, -3), (0.0, 0), (-0.0, 0), (0.49999999999999994, 0),
        (-0.49999999999999994, 0), (1e15 + 0.5, 10**15 + 1), (2147483647.5, 2147483648), (126.4, 126),
    ],
)  # fmt: skip
def test_round_half_away(value, rounded):
    assert quant_math.round_half_away(value) == rounded


@pytest.mark.parametrize(
    ("real", "multiplier", "shift"),
    [
        (0.0, 0, 0),
        (1.0, 1 << 30, 1),
        (0.5, 1 << 30, 0),
        (0.25, 1 << 30, -1),
        (0.75, 3 << 29, 0),
        (2.0, 1 << 30, 2),
        (100.0, round(100 / 128 * 2**31), 7),
        (2.0**-32, 1 << 30, -31),
        (2.0**-33, 0, 0),  # shift -32 is out of reach
        (1.0 - 2.0**-32, 1 << 30, 1),  # mantissa rounds up to 2**31 and is halved
        (1.0 - 2.0**-31, (1 << 31) - 1, 0),
        (0.5 + 2.0**-32, (1 << 30) + 1, 0),  # half a unit rounds away from zero
        (0.5 + 2.0**-33, 1 << 30, 0),
        (float(F32(0.1)), 1717986944, -3),
        (2.0**30, 1 << 30, 31),
    ],
)
def test_quantize_multiplier(real, multiplier, shift):
    assert quant_math.quantize_multiplier(real) == (multiplier, shift)


@pytest.mark.parametrize("real", np.exp(np.random.default_rng(0).uniform(-20, 5, 200)).tolist())
def test_quantize_multiplier_is_within_half_a_unit(real):
    multiplier, shift = quant_math.quantize_multiplier(real)
    assert 2**30 <= multiplier < 2**31
    assert abs(multiplier - real * 2.0 ** (31 - shift)) <= 0.5


def test_convolution_multiplies_scales_in_float64_and_fully_connected_in_float32():
    scales = [float(F32(s)) for s in (0.1, 0.3, 13.7)]
    exact = scales[0] * scales[1] / scales[2]
    [conv] = quant_math.conv_multipliers(scales[0], [scales[1]], scales[2])
    connected = quant_math.fully_connected_multiplier(*scales)
    assert conv == quant_math.quantize_multiplier(exact)
    assert connected == quant_math.quantize_multiplier(float(F32(scales[0]) * F32(scales[1])) / scales[2])
    assert conv != connected
    assert abs(conv[0] - connected[0]) < 2**8


def test_conv_multipliers_are_one_per_channel():
    assert quant_math.conv_multipliers(1.0, [0.5, 0.0, 2.0], 1.0) == [(1 << 30, 0), (0, 0), (1 << 30, 2)]


def test_float32_ratio_rounds():
    assert quant_math.float32_ratio(0.3, 0.7) == float(F32(0.3) / F32(0.7))
    assert quant_math.float32_ratio(0.3, 0.7) != 0.3 / 0.7
    assert quant_math.float32_ratio(1.0, 2.0) == 0.5


def test_add_factors():
    assert quant_math.add_factors(1.0, 0.5, 2.0, 20) == (0.5, 0.25, 2.0**-20)
    assert quant_math.add_factors(0.25, 1.0, 1.0, 20) == (0.125, 0.5, 2.0**-19)
    assert quant_math.add_factors(0.25, 1.0, 1.0, 15) == (0.125, 0.5, 2.0**-14)


def test_power_of_two_exponent():
    scales = (1.0, 2.0**-12, 2.0**-12 * 1.0006, 2.0**-12 * 1.0008, 2.0**-12 / 1.0006, 0.75)
    assert list(map(quant_math.power_of_two_exponent, scales)) == [0, -12, -12, None, -12, None]


@pytest.mark.parametrize(
    ("scales", "count", "multiplier", "shift"),
    [
        ((1.0, 1.0), 1, 1 << 30, 1),
        ((1.0, 1.0), 2, 1 << 30, 0),
        ((1.0, 1.0), 3, (1 << 31) // 3, 0),
        ((1.0, 1.0), 49, (1 << 35) // 49, -4),
        ((1.0, 2.0), 7, (1 << 32) // 7, -2),
        ((1.0, 2.0**30), 4, 1 << 30, -31),
        ((1.0, 2.0**31), 4, 1 << 29, -31),  # room for one right shift of two
        ((1.0, 2.0**32), 4, 1 << 28, -31),  # no room left for more right shifts: the multiplier shrinks
    ],
)
def test_mean_multiplier(scales, count, multiplier, shift):
    found = quant_math.mean_multiplier(*scales, count)
    assert found == (multiplier, shift)


def test_mean_multiplier_near_the_exact_value():
    for count in range(1, 200):
        multiplier, shift = quant_math.mean_multiplier(0.37, 0.11, count)
        assert math.isclose(multiplier * 2.0 ** (shift - 31), 0.37 / 0.11 / count, rel_tol=2**-28)


@pytest.mark.parametrize(
    ("beta_scale", "multiplier", "left_shift", "difference_min"),
    [
        (1.0, 1 << 30, 27, -15),  # 2**26 has shift 27: 31 * 2**26 / 2**27 = 15.5
        (0.5, 1 << 30, 26, -31),
        (0.25, 1 << 30, 25, -62),
        (0.1, 1717986918, 23, -248),
        (1 / 256, 1 << 30, 19, -(31 * 2**7)),
        (32.0, (1 << 31) - 1, 31, 0),  # capped at 2**31 - 1
        (1e6, (1 << 31) - 1, 31, 0),
        (2.0**-25, 1 << 30, 2, -(31 * 2**24)),
    ],
)
def test_softmax_scaling(beta_scale, multiplier, left_shift, difference_min):
    assert quant_math.softmax_scaling(beta_scale) == (multiplier, left_shift, difference_min)


@pytest.mark.parametrize(
    ("activation", "scale", "zero_point", "limits"),
    [
        ("NONE", 0.1, 5, (-128, 127)),
        ("RELU", 0.1, 5, (5, 127)),
        ("RELU", 0.1, -128, (-128, 127)),
        ("RELU6", 0.1, 5, (5, 65)),
        ("RELU6", 4.0, 0, (0, 2)),  # 1.5 rounds away from zero
        ("RELU6", 0.001, 0, (0, 127)),
        ("RELU6", float(F32(6 / 255)), -128, (-128, 127)),
        ("RELU_N1_TO_1", 0.4, 0, (-3, 3)),  # 2.5 in float32 exactly
        ("RELU_N1_TO_1", 0.1, 100, (90, 110)),
        ("RELU_N1_TO_1", 0.001, 0, (-128, 127)),
    ],
)
def test_activation_range(activation, scale, zero_point, limits):
    assert quant_math.activation_range(activation, scale, zero_point) == limits


def test_activation_range_divides_in_float32():
    scale = float(F32(2.4))  # the float32 quotient is 2.5, the float64 one is a little less
    assert 6 / scale < 2.5
    assert quant_math.activation_range("RELU6", scale, -10) == (-10, -7)


def test_unknown_activation():
    with pytest.raises(KeyError):
        quant_math.activation_range("TANH", 0.1, 0)


def test_integer_limits():
    assert quant_math.integer_limits("int8") == (-128, 127)
    assert quant_math.integer_limits("uint8") == (0, 255)
