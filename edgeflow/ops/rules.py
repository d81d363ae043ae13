"""Limits that several operators share.

Each rule returns True when the operator keeps it; its docstring is the sentence shown otherwise.
Rules run in order and stop at the first one broken, so later ones may rely on earlier ones.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import shapes
from edgeflow.ops.quant_math import ACTIVATION_LIMITS, integer_limits, quantize_multiplier
from edgeflow.ops.spec import Rule


def operand_count(most_inputs: int, *, least_inputs: int | None = None) -> Rule:
    """The rule that the operator has that many inputs and one output."""
    least = most_inputs if least_inputs is None else least_inputs
    allowed = str(least) if least == most_inputs else f"{least} to {most_inputs}"

    def keeps(_graph: Graph, op: Op) -> bool:
        present = all(tensor_id is not None for tensor_id in op.inputs[:least])
        return present and least <= len(op.inputs) <= most_inputs and len(op.outputs) == 1

    keeps.__doc__ = f"The operator has {allowed} input{'s' if most_inputs > 1 else ''} and one output."
    return keeps


def is_quantized(tensor: Tensor, dtype: str = "int8", *, symmetric: bool | None = None) -> bool:
    """Whether the tensor has that type with one positive scale and a zero point in its range.

    ``symmetric`` asks for the zero point 0, as int16 and int32 do where nothing is said.
    """
    quant = tensor.quant
    if tensor.dtype != dtype or quant is None:
        return False
    is_symmetric = dtype in {"int16", "int32"} if symmetric is None else symmetric
    low, high = (0, 0) if is_symmetric else integer_limits(dtype)
    single = len(quant.scales) == 1 and len(quant.zero_points) == 1
    return single and is_scale(quant.scale) and low <= quant.zero_point <= high


def is_scale(value: float) -> bool:
    """Whether the value is a positive, finite scale."""
    return math.isfinite(value) and value > 0


def is_factor(value: float) -> bool:
    """Whether the factor is less than 2**30, as far as the kernels can shift to the left."""
    return math.isfinite(value) and quantize_multiplier(value)[1] <= 30


def int8_input_and_output(graph: Graph, op: Op) -> bool:
    """The input and the output are int8, each with one scale and one zero point."""
    return is_quantized(graph.input_tensor(op, 0)) and is_quantized(graph.output_tensor(op))


def quantized_input_and_output(graph: Graph, op: Op) -> bool:
    """The input and the output are int8, or both int16 with zero point 0, each with one scale."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return are_quantized(source, output)


def are_quantized(*tensors: Tensor) -> bool:
    """Whether all tensors are int8 or all are int16, each with one scale and zero point, of int16 0."""
    dtype = "int16" if tensors[0].dtype == "int16" else "int8"
    return all(is_quantized(tensor, dtype) for tensor in tensors)


def same_quantization(graph: Graph, op: Op) -> bool:
    """The input and the output have the same scale, within 0.001 percent, and zero point."""
    source, target = graph.input_tensor(op, 0).quant, graph.output_tensor(op).quant
    if source is None or target is None:
        return source is target
    return source.zero_points == target.zero_points and math.isclose(source.scale, target.scale, rel_tol=1e-5)


def same_shape(graph: Graph, op: Op) -> bool:
    """The output has the input's shape, without an empty dimension."""
    shape = graph.input_tensor(op, 0).shape
    return shapes.follow(graph, op, (shape,)) and min(shape, default=1) >= 1


def rank_4(graph: Graph, op: Op) -> bool:
    """The input and the output have four dimensions (batch, height, width, channels)."""
    return len(graph.input_tensor(op, 0).shape) == len(graph.output_tensor(op).shape) == 4


def known_activation(_graph: Graph, op: Op) -> bool:
    """The fused activation is NONE, RELU, RELU6 or RELU_N1_TO_1."""
    return op.attrs.get("fused_activation_function", "NONE") in ACTIVATION_LIMITS


def known_padding(_graph: Graph, op: Op) -> bool:
    """The padding is SAME or VALID, and strides and dilations are at least 1."""
    return op.attrs.get("padding") in {"SAME", "VALID"} and has_steps(op)


def has_steps(op: Op) -> bool:
    """Whether strides and dilations are integers of at least 1."""
    strides = [op.attrs.get(f"stride_{axis}") for axis in "hw"]
    dilations = [op.attrs.get(f"dilation_{axis}_factor", 1) for axis in "hw"]
    return all(isinstance(step, int) and step >= 1 for step in (*strides, *dilations))


def constant_int8_weights(graph: Graph, op: Op) -> bool:
    """The weights are an int8 array that stands in the model file, with scales that are not negative."""
    weights = graph.input_tensor(op, 1)
    if weights.dtype != "int8" or not weights.is_constant or weights.quant is None:
        return False
    return all(math.isfinite(scale) and scale >= 0 for scale in weights.quant.scales)


def symmetric_weights(graph: Graph, op: Op) -> bool:
    """The weights' zero points are 0."""
    quant = graph.input_tensor(op, 1).quant
    return quant is not None and not any(quant.zero_points)


def constant_bias(graph: Graph, op: Op) -> bool:
    """The bias, if there is one, is an array in the file, an int32 (or of int16 inputs int64) per channel."""
    bias = graph.optional_tensor(op, 2)
    if bias is None:
        return True
    dtypes = {"int32", "int64"} if graph.input_tensor(op, 0).dtype == "int16" else {"int32"}
    channels = graph.output_tensor(op).shape[-1]
    return bias.dtype in dtypes and bias.is_constant and bias.shape == (channels,)


def matching_bias_scale(graph: Graph, op: Op) -> bool:
    """The bias scale is the input scale times the weight scale within 2 percent, or the bias is zero."""
    bias = graph.optional_tensor(op, 2)
    # Converters let layers without a bias share one array of zeros, with the scale of the first.
    if bias is None or bias.quant is None or (bias.data is not None and not np.any(bias.data)):
        return True
    source, weights = graph.input_tensor(op, 0).quant, graph.input_tensor(op, 1).quant
    if source is None or weights is None or len(bias.quant.scales) not in {1, len(weights.scales)}:
        return False
    expected = source.scale * np.asarray(weights.scales)
    close = np.abs(np.asarray(bias.quant.scales) - expected) <= 0.02 * expected
    return bool(close.all()) and not any(bias.quant.zero_points)


def fits_sum(
    tensor: Tensor, weights_by_channel: npt.NDArray[np.generic], bias: Tensor | None, bits: int
) -> bool:
    """Whether no input can make a channel's sum leave that many bits, of 48 at most.

    ``weights_by_channel`` is [output channels, taps]; every tap multiplies ``q - zero_point`` of an
    input element, or 0 where the window reaches into the padding.
    """
    zero_point = tensor.quant.zero_point if tensor.quant else 0
    taps = weights_by_channel.astype(np.int64)
    positive, negative = np.maximum(taps, 0).sum(axis=1), np.minimum(taps, 0).sum(axis=1)
    low, high = (limit - zero_point for limit in integer_limits(tensor.dtype))
    start = np.asarray(bias.data, np.int64) if bias is not None and bias.data is not None else np.int64(0)
    limit = 2 ** (bits - 1)
    if bool((start >= limit).any() or (start < -limit).any()):
        return False  # and the sums below cannot leave int64
    largest = start + positive * high + negative * low
    smallest = start + positive * low + negative * high
    return bool((largest < limit).all() and (smallest >= -limit).all())
