"""CONV_2D, int8: input NHWC, weights [O, KH, KW, I], grouped when I divides the input's channels."""

from __future__ import annotations

import math

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules
from edgeflow.ops.geometry import windows
from edgeflow.ops.lowering import (
    Params,
    activation_limits,
    bias_arg,
    channel_scales,
    multiplier_arrays,
    quant_of,
    tensor_arg,
    zero_point_offsets,
)
from edgeflow.ops.quant_math import conv_multipliers
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def weight_shape(graph: Graph, op: Op) -> bool:
    """The weights have four dimensions, and their input channels divide input and output into groups."""
    shape = graph.input_tensor(op, 1).shape
    channels = graph.input_tensor(op, 0).shape[3]
    if len(shape) != 4 or min(shape) < 1 or channels % shape[3]:
        return False
    return shape[0] % (channels // shape[3]) == 0


def weight_axis(graph: Graph, op: Op) -> bool:
    """Per-channel weights have one scale for each output channel, along dimension 0."""
    weights = graph.input_tensor(op, 1)
    quant = quant_of(weights)
    return len(quant.scales) == 1 or (quant.axis == 0 and len(quant.scales) == weights.shape[0])


def output_shape(graph: Graph, op: Op) -> bool:
    """The output's shape follows from input, weights, stride, dilation and padding."""
    n, h, w, _ = graph.input_tensor(op, 0).shape
    channels, kernel_h, kernel_w, _ = graph.input_tensor(op, 1).shape
    rows, columns = windows(op, kernel_h, kernel_w)
    shape = (n, rows.output_size(h), columns.output_size(w), channels)
    return graph.output_tensor(op).shape == shape and min(n, h, w, *shape) >= 1


def sum_in_int32(graph: Graph, op: Op) -> bool:
    """No input can make the 32-bit sum of weights and bias overflow."""
    weights = graph.input_tensor(op, 1)
    by_channel = np.asarray(weights.data).reshape(weights.shape[0], -1)
    return rules.fits_int32(graph.input_tensor(op, 0), by_channel, graph.optional_tensor(op, 2))


def _multipliers(graph: Graph, op: Op) -> list[tuple[int, int]]:
    source, weights, output = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    scales = channel_scales(weights, output.shape[3])
    return conv_multipliers(quant_of(source).scale, scales, quant_of(output).scale)


def scale_ratio(graph: Graph, op: Op) -> bool:
    """Input scale times weight scale is less than 2**30 times the output scale."""
    return all(shift <= 30 for _, shift in _multipliers(graph, op))


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates, with those on padding: output elements x filter elements."""
    return graph.output_tensor(op).element_count * math.prod(graph.input_tensor(op, 1).shape[1:])


def _shapes(graph: Graph, op: Op) -> Params:
    n, h, w, c = graph.input_tensor(op, 0).shape
    _, kernel_h, kernel_w, kernel_c = graph.input_tensor(op, 1).shape
    _, output_h, output_w, output_c = graph.output_tensor(op).shape
    rows, columns = windows(op, kernel_h, kernel_w)
    return (
        ("batches", n),
        ("input_h", h),
        ("input_w", w),
        ("input_c", c),
        ("output_h", output_h),
        ("output_w", output_w),
        ("output_c", output_c),
        ("kernel_h", kernel_h),
        ("kernel_w", kernel_w),
        ("kernel_c", kernel_c),
        ("stride_h", rows.stride),
        ("stride_w", columns.stride),
        ("dilation_h", rows.dilation),
        ("dilation_w", columns.dilation),
        ("pad_top", rows.pad_before(h)),
        ("pad_left", columns.pad_before(w)),
    )


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_conv_2d_s8``."""
    source, weights, output = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    return KernelCall(
        function="ef_conv_2d_s8",
        header="ef_conv_2d.h",
        args=(tensor_arg(source), tensor_arg(weights), bias_arg(graph, op), TensorArg(output.id)),
        params_type="ef_conv_2d_params",
        params=(
            *_shapes(graph, op),
            *zero_point_offsets(source, output),
            *activation_limits(op, output),
            *multiplier_arrays(_multipliers(graph, op)),
        ),
    )


SPEC = OpSpec(
    kind="CONV_2D",
    max_version=8,
    rules=(
        rules.operand_count(3, least_inputs=2),
        rules.int8_input_and_output,
        rules.rank_4,
        rules.constant_int8_weights,
        rules.symmetric_weights,
        weight_shape,
        weight_axis,
        rules.constant_int32_bias,
        rules.matching_bias_scale,
        rules.known_activation,
        rules.known_padding,
        output_shape,
        scale_ratio,
        sum_in_int32,
    ),
    macs=macs,
    lower=lower,
)
