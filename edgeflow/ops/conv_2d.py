"""CONV_2D, int8 or int16: input NHWC, weights [O, KH, KW, I], grouped when I divides the input's channels."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap
from edgeflow.ops.lowering import (
    activation_limits,
    bias_args,
    kernel_name,
    multiplier_arrays,
    tensor_arg,
    zero_point_offsets,
)
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def weight_shape(graph: Graph, op: Op) -> bool:
    """The weights have four dimensions, and their input channels divide input and output into groups."""
    shape = graph.input_tensor(op, 1).shape
    channels = graph.input_tensor(op, 0).shape[3]
    if len(shape) != 4 or min(shape) < 1 or channels < 1 or channels % shape[3]:
        return False
    return shape[0] % (channels // shape[3]) == 0


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates, with those on padding: output elements x filter elements."""
    return graph.output_tensor(op).element_count * math.prod(graph.input_tensor(op, 1).shape[1:])


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_conv_2d_s8`` or ``ef_conv_2d_s16``."""
    source, weights, output = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    channels, kernel_c = weights.shape[0], weights.shape[3]
    groups = source.shape[3] // kernel_c
    distance = overlap.window_distance(convolution.window_starts(graph, op), channels, groups, kernel_c)
    return KernelCall(
        function=kernel_name("conv_2d", source),
        header="ef_conv_2d.h",
        args=(tensor_arg(source), tensor_arg(weights), *bias_args(graph, op), TensorArg(output.id)),
        params_type="ef_conv_2d_params",
        params=(
            *convolution.window_params(graph, op),
            ("output_c", channels),
            ("kernel_c", kernel_c),
            *zero_point_offsets(source, output),
            *activation_limits(op, output),
            *multiplier_arrays(convolution.multipliers(graph, op)),
        ),
        overlaps=overlap.element_overlap(source, output, distance),
    )


SPEC = OpSpec(
    kind="CONV_2D",
    max_version=8,
    rules=convolution.window_rules(weight_shape),
    output_shapes=convolution.output_shapes,
    macs=macs,
    lower=lower,
)
