"""FULLY_CONNECTED, int8 or int16: weights [O, I]; an input of any rank counts as rows of I."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap, rules, shapes
from edgeflow.ops.lowering import (
    Params,
    activation_limits,
    bias_args,
    kernel_name,
    multiplier_arrays,
    quant_of,
    tensor_arg,
    zero_point_offsets,
)
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes, TensorArg


def plain_weights(graph: Graph, op: Op) -> bool:
    """The weights have the default layout: two dimensions, output and input channels."""
    shape = graph.input_tensor(op, 1).shape
    plain = op.attrs.get("weights_format", "DEFAULT") in {"DEFAULT", 0}
    return plain and len(shape) == 2 and min(shape) >= 1


def whole_rows(graph: Graph, op: Op) -> bool:
    """The input is a whole number of rows of the weights' input channels."""
    source = graph.input_tensor(op, 0)
    return source.element_count >= 1 and source.element_count % graph.input_tensor(op, 1).shape[1] == 0


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """Rows by outputs, or the input's shape but for the last dimension."""
    source, weights = graph.optional_tensor(op, 0), shapes.input_shape(graph, op, 1)
    if source is None or weights is None or len(weights) != 2:
        return None
    channels, depth = weights
    if op.attrs.get("keep_num_dims"):
        return ((*source.shape[:-1], channels),) if source.shape[-1:] == (depth,) else None
    if depth < 1 or source.element_count % depth:
        return None
    return ((source.element_count // depth, channels),)


def output_shape(graph: Graph, op: Op) -> bool:
    """The output's shape is the rows by the outputs, or the input's shape but for the last dimension."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates: output elements x input channels."""
    return math.prod(graph.output_tensor(op).shape) * graph.input_tensor(op, 1).shape[1]


def _scaling(graph: Graph, op: Op, *, per_channel: bool) -> Params:
    pairs = convolution.multipliers(graph, op)
    if not per_channel:
        return (("multiplier", pairs[0][0]), ("shift", pairs[0][1]))
    channels = graph.input_tensor(op, 1).shape[0]
    return multiplier_arrays(pairs if len(pairs) == channels else pairs * channels)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_fully_connected_s8``, ``..._per_channel_s8`` or ``ef_fully_connected_s16``."""
    source, weights, output = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    channels, depth = weights.shape
    rows = source.element_count // depth
    distance = overlap.window_distance(overlap.places([rows], [depth]), channels)
    per_channel = source.dtype == "int16" or len(quant_of(weights).scales) > 1
    variant = "_per_channel" if per_channel else ""
    return KernelCall(
        function=kernel_name(f"fully_connected{variant if source.dtype == 'int8' else ''}", source),
        header="ef_fully_connected.h",
        args=(tensor_arg(source), tensor_arg(weights), *bias_args(graph, op), TensorArg(output.id)),
        params_type=f"ef_fully_connected{variant}_params",
        params=(
            ("batches", rows),
            ("input_c", depth),
            ("output_c", channels),
            *zero_point_offsets(source, output),
            *activation_limits(op, output),
            *_scaling(graph, op, per_channel=per_channel),
        ),
        overlaps=overlap.element_overlap(source, output, distance),
    )


SPEC = OpSpec(
    kind="FULLY_CONNECTED",
    max_version=13,
    rules=(
        rules.operand_count(3, least_inputs=2),
        rules.quantized_input_and_output,
        rules.constant_int8_weights,
        rules.symmetric_weights,
        plain_weights,
        convolution.weight_axis,
        whole_rows,
        output_shape,
        rules.constant_bias,
        rules.matching_bias_scale,
        rules.known_activation,
        convolution.scale_ratio,
        convolution.no_overflow,
    ),
    output_shapes=output_shapes,
    macs=macs,
    lower=lower,
)
