"""DEPTHWISE_CONV_2D, int8 or int16: input NHWC, weights [1, KH, KW, C x multiplier]."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap
from edgeflow.ops.lowering import (
    activation_limits,
    kernel_name,
    multiplier_arrays,
    tensor_arg,
    wide_bias_args,
    zero_point_offsets,
)
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def weight_shape(graph: Graph, op: Op) -> bool:
    """The weights are [1, height, width, output channels], a multiple of the input's channels."""
    shape = graph.input_tensor(op, 1).shape
    channels = graph.input_tensor(op, 0).shape[3]
    if len(shape) != 4 or min(shape) < 1 or channels < 1:
        return False
    return shape[0] == 1 and shape[3] % channels == 0


def wide_bias(graph: Graph, op: Op) -> bool:
    """With an int16 input the bias, if there is one, is int64."""
    bias = graph.optional_tensor(op, 2)
    return bias is None or graph.input_tensor(op, 0).dtype != "int16" or bias.dtype == "int64"


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates, with those on padding: output elements x taps."""
    return graph.output_tensor(op).element_count * math.prod(graph.input_tensor(op, 1).shape[1:3])


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_depthwise_conv_2d_s8`` or ``ef_depthwise_conv_2d_s16``."""
    source, weights, output = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    starts, channels = convolution.window_starts(graph, op), weights.shape[3]
    distance = overlap.window_distance(starts, channels, groups=source.shape[3])
    return KernelCall(
        function=kernel_name("depthwise_conv_2d", source),
        header="ef_depthwise_conv_2d.h",
        args=(tensor_arg(source), tensor_arg(weights), *wide_bias_args(graph, op), TensorArg(output.id)),
        params_type="ef_depthwise_conv_2d_params",
        params=(
            *convolution.window_params(graph, op),
            ("depth_multiplier", channels // source.shape[3]),
            *zero_point_offsets(source, output),
            *activation_limits(op, output),
            *multiplier_arrays(convolution.multipliers(graph, op)),
        ),
        overlaps=overlap.element_overlap(source, output, distance),
    )


SPEC = OpSpec(
    kind="DEPTHWISE_CONV_2D",
    max_version=7,
    rules=(*convolution.window_rules(weight_shape), wide_bias),
    output_shapes=convolution.output_shapes,
    macs=macs,
    lower=lower,
)
