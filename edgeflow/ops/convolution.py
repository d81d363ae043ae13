"""What CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED share: rules about weights, and their scaling."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import overlap, rules, shapes
from edgeflow.ops.geometry import reach_the_input, windows
from edgeflow.ops.lowering import Params, quant_of
from edgeflow.ops.quant_math import conv_multipliers, fully_connected_multiplier
from edgeflow.ops.spec import Rule, Shapes

# The weights' dimension of output channels.
CHANNEL_AXIS: Mapping[str, int] = MappingProxyType(
    {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0, "TRANSPOSE_CONV": 0}
)


def known_padding(graph: Graph, op: Op) -> bool:
    """The padding is SAME, VALID or that of a folded PAD, and strides and dilations are at least 1."""
    if op.attrs.get("padding") != "EXPLICIT" or not rules.has_steps(op):
        return rules.known_padding(graph, op)
    _, kernel_h, kernel_w, _ = graph.input_tensor(op, 1).shape
    return reach_the_input(windows(op, kernel_h, kernel_w))


def weight_axis(graph: Graph, op: Op) -> bool:
    """Per-channel weights have one scale for each output channel, along the dimension of these."""
    weights, axis = graph.input_tensor(op, 1), CHANNEL_AXIS[op.kind]
    quant = quant_of(weights)
    return len(quant.scales) == 1 or (quant.axis == axis and len(quant.scales) == weights.shape[axis])


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """As many positions as the windows have, with the weights' output channels."""
    source, weights = shapes.input_shape(graph, op, 0), shapes.input_shape(graph, op, 1)
    if source is None or weights is None or not len(source) == len(weights) == 4:
        return None
    if not known_padding(graph, op):
        return None
    n, h, w, _ = source
    rows, columns = windows(op, *weights[1:3])
    return ((n, rows.output_size(h), columns.output_size(w), weights[CHANNEL_AXIS[op.kind]]),)


def output_shape(graph: Graph, op: Op) -> bool:
    """The output's shape follows from input, weights, stride, dilation and padding."""
    sizes = (*graph.input_tensor(op, 0).shape, *graph.output_tensor(op).shape)
    return shapes.follow(graph, op, output_shapes(graph, op)) and min(sizes) >= 1


def multipliers(graph: Graph, op: Op) -> list[tuple[int, int]]:
    """(multiplier, shift) of each output channel; of a per-tensor fully connected layer a single pair."""
    source, output = quant_of(graph.input_tensor(op, 0)).scale, quant_of(graph.output_tensor(op)).scale
    weights = graph.input_tensor(op, 1)
    scales = quant_of(weights).scales
    if op.kind == "FULLY_CONNECTED" and len(scales) == 1:
        return [fully_connected_multiplier(source, scales[0], output)]
    channels = weights.shape[CHANNEL_AXIS[op.kind]]
    return conv_multipliers(source, scales * channels if len(scales) == 1 else scales, output)


def has_wide_sums(graph: Graph, op: Op) -> bool:
    """Whether the reference scales the operator's sums as 64-bit numbers."""
    if graph.input_tensor(op, 0).dtype != "int16":
        return False
    bias = graph.optional_tensor(op, 2)
    return op.kind == "DEPTHWISE_CONV_2D" or (bias is not None and bias.dtype == "int64")


def scale_ratio(graph: Graph, op: Op) -> bool:
    """Input scale times weight scale is less than 2**30 times the output scale, of 64-bit sums 2**7 times."""
    highest = 7 if has_wide_sums(graph, op) else 30
    return all(shift <= highest for _, shift in multipliers(graph, op))


def no_overflow(graph: Graph, op: Op) -> bool:
    """No input can make the sum of weights and bias overflow 32 bits, of int16 inputs 48."""
    weights = np.moveaxis(np.asarray(graph.input_tensor(op, 1).data), CHANNEL_AXIS[op.kind], 0)
    by_channel = weights.reshape(weights.shape[0], -1)
    bits = 48 if graph.input_tensor(op, 0).dtype == "int16" else 32
    return rules.fits_sum(graph.input_tensor(op, 0), by_channel, graph.optional_tensor(op, 2), bits)


def window_rules(weight_shape: Rule) -> tuple[Rule, ...]:
    """All rules of a convolution; ``weight_shape`` is its own."""
    return (
        rules.operand_count(3, least_inputs=2),
        rules.quantized_input_and_output,
        rules.rank_4,
        rules.constant_int8_weights,
        rules.symmetric_weights,
        weight_shape,
        weight_axis,
        rules.constant_bias,
        rules.matching_bias_scale,
        rules.known_activation,
        known_padding,
        output_shape,
        scale_ratio,
        no_overflow,
    )


def window_params(graph: Graph, op: Op) -> Params:
    """Sizes, strides, dilations and padding, under the names that both kernels' params have."""
    n, h, w, c = graph.input_tensor(op, 0).shape
    _, kernel_h, kernel_w, _ = graph.input_tensor(op, 1).shape
    _, output_h, output_w, _ = graph.output_tensor(op).shape
    rows, columns = windows(op, kernel_h, kernel_w)
    return (
        ("batches", n),
        ("input_h", h),
        ("input_w", w),
        ("input_c", c),
        ("output_h", output_h),
        ("output_w", output_w),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        ("stride_h", rows.stride),
        ("stride_w", columns.stride),
        ("dilation_h", rows.dilation),
        ("dilation_w", columns.dilation),
        ("pad_top", rows.pad_before(h)),
        ("pad_left", columns.pad_before(w)),
    )


def window_starts(graph: Graph, op: Op) -> overlap.Places:
    """For each output position the first input element of its window, as both kernels visit them."""
    n, h, w, c = graph.input_tensor(op, 0).shape
    rows, columns = windows(op, *graph.input_tensor(op, 1).shape[1:3])
    starts = overlap.row_starts(rows.first_reads(h), columns.first_reads(w), w * c, c)
    return overlap.in_batches(starts, n, h * w * c)


# Rounds of the kernels for fully connected layers: with fewer taps they gain nothing.
_LEAST_DENSE_TAPS = 8


def is_dense(graph: Graph, op: Op) -> bool:
    """Whether a CONV_2D has one window, which is the whole input: a fully connected layer by another name."""
    source, weights = graph.input_tensor(op, 0), graph.input_tensor(op, 1)
    window = dict(window_params(graph, op))
    is_within = not (window["pad_top"] or window["pad_left"])
    is_solid = window["dilation_h"] == window["dilation_w"] == 1
    is_whole = source.shape[1:] == weights.shape[1:] and graph.output_tensor(op).shape[1:3] == (1, 1)
    enough = weights.element_count >= _LEAST_DENSE_TAPS * weights.shape[0]
    return is_within and is_solid and is_whole and enough
