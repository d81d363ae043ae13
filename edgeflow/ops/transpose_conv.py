"""TRANSPOSE_CONV, int8 or int16: inputs are the output's shape, weights OHWI, data NHWC, a bias."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, movement, overlap, rules, shapes
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import (
    activation_limits,
    bias_args,
    kernel_name,
    multiplier_arrays,
    tensor_arg,
    zero_point_offsets,
)
from edgeflow.ops.spec import KernelCall, OpSpec, Rule, Shapes, TensorArg

SHAPE, WEIGHTS, DATA, BIAS = 0, 1, 2, 3


def _as_convolution(op: Op) -> Op:
    """The operator with its inputs in the order of a convolution's, which the shared rules read."""
    bias = op.inputs[BIAS:]
    return replace(op, inputs=(op.inputs[DATA], op.inputs[WEIGHTS], *bias))


def _shared(rule: Rule) -> Rule:
    """A convolution's rule for this order of inputs."""

    def keeps(graph: Graph, op: Op) -> bool:
        return rule(graph, _as_convolution(op))

    keeps.__doc__ = rule.__doc__
    return keeps


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """What the first input says."""
    values = movement.constant_ints(graph.optional_tensor(op, SHAPE))
    return None if values is None else (tuple(values),)


def constant_shape(graph: Graph, op: Op) -> bool:
    """The output's shape stands in the model file and is the output tensor's."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def weight_shape(graph: Graph, op: Op) -> bool:
    """The weights have four dimensions, with the output's and the input's channels first and last."""
    weights, shape = graph.input_tensor(op, WEIGHTS).shape, graph.input_tensor(op, DATA).shape
    if len(weights) != 4 or min(*weights, *shape) < 1:
        return False
    return weights[3] == shape[3] and weights[0] == graph.output_tensor(op).shape[3]


def _padding(op: Op, size: int, output: int, kernel: int, stride: int) -> int | None:
    """Padding before, or None where that output does not belong to the input."""
    reach = kernel if op.attrs["padding"] == "VALID" else 1
    if -(-(output - reach + 1) // stride) != size:
        return None
    return max(0, (size - 1) * stride + kernel - output) // 2


def _paddings(graph: Graph, op: Op) -> tuple[int | None, int | None]:
    _, h, w, _ = graph.input_tensor(op, DATA).shape
    _, output_h, output_w, _ = graph.output_tensor(op).shape
    _, kernel_h, kernel_w, _ = graph.input_tensor(op, WEIGHTS).shape
    return (
        _padding(op, h, output_h, kernel_h, int_attr(op, "stride_h")),
        _padding(op, w, output_w, kernel_w, int_attr(op, "stride_w")),
    )


def matching_shape(graph: Graph, op: Op) -> bool:
    """A convolution of the output with these strides and padding has the input's shape."""
    same_batch = graph.input_tensor(op, DATA).shape[0] == graph.output_tensor(op).shape[0]
    return same_batch and None not in _paddings(graph, op)


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates, with those that fall outside the output: input positions x weights."""
    positions = graph.input_tensor(op, DATA).shape[:3]
    return math.prod(positions) * graph.input_tensor(op, WEIGHTS).element_count


def _window_starts(graph: Graph, op: Op) -> overlap.Places:
    """For each output position the first input element that a tap brings to it."""
    n, h, w, c = graph.input_tensor(op, DATA).shape
    output_h, output_w = graph.output_tensor(op).shape[1:3]
    kernel_h, kernel_w = graph.input_tensor(op, WEIGHTS).shape[1:3]
    top, left = (padding or 0 for padding in _paddings(graph, op))

    def first_reads(size: int, output: int, kernel: int, stride: int, padding: int) -> overlap.Places:
        place = np.arange(output, dtype=np.int64) + padding
        first = np.maximum(0, -((kernel - 1 - place) // stride))
        return np.where(first <= np.minimum(place // stride, size - 1), first, overlap.NO_PLACE)

    starts = overlap.row_starts(
        first_reads(h, output_h, kernel_h, int_attr(op, "stride_h"), top),
        first_reads(w, output_w, kernel_w, int_attr(op, "stride_w"), left),
        *(w * c, c),
    )
    return overlap.in_batches(starts, n, h * w * c)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_transpose_conv_2d_s8`` or ``ef_transpose_conv_2d_s16``."""
    source, weights = graph.input_tensor(op, DATA), graph.input_tensor(op, WEIGHTS)
    output = graph.output_tensor(op)
    n, h, w, c = source.shape
    top, left = _paddings(graph, op)
    distance = overlap.window_distance(_window_starts(graph, op), output.shape[3])
    return KernelCall(
        function=kernel_name("transpose_conv_2d", source),
        header="ef_transpose_conv_2d.h",
        args=(
            tensor_arg(source),
            tensor_arg(weights),
            *bias_args(graph, _as_convolution(op)),
            TensorArg(output.id),
        ),
        params_type="ef_transpose_conv_2d_params",
        params=(
            *(("batches", n), ("input_h", h), ("input_w", w), ("input_c", c)),
            *zip(("output_h", "output_w", "output_c"), output.shape[1:], strict=True),
            *zip(("kernel_h", "kernel_w"), weights.shape[1:3], strict=True),
            ("stride_h", int_attr(op, "stride_h")),
            ("stride_w", int_attr(op, "stride_w")),
            ("pad_top", top),
            ("pad_left", left),
            *zero_point_offsets(source, output),
            *activation_limits(op, output),
            *multiplier_arrays(convolution.multipliers(graph, _as_convolution(op))),
        ),
        overlaps=overlap.element_overlap(source, output, distance),
    )


SPEC = OpSpec(
    kind="TRANSPOSE_CONV",
    max_version=5,
    rules=(
        rules.operand_count(4, least_inputs=3),
        *map(
            _shared,
            (
                rules.quantized_input_and_output,
                rules.rank_4,
                rules.constant_int8_weights,
                rules.symmetric_weights,
            ),
        ),
        constant_shape,
        weight_shape,
        *map(
            _shared,
            (
                convolution.weight_axis,
                rules.constant_bias,
                rules.matching_bias_scale,
            ),
        ),
        rules.known_activation,
        rules.known_padding,
        matching_shape,
        _shared(convolution.scale_ratio),
        _shared(convolution.no_overflow),
    ),
    output_shapes=output_shapes,
    macs=macs,
    lower=lower,
)
