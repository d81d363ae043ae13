"""SVDF, int8 with int16 memory: a layer on the last values of its features."""

from __future__ import annotations

import math

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules, shapes
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import quant_of, tensor_arg, zero_point_offsets
from edgeflow.ops.quant_math import float32_product_ratio, quantize_multiplier
from edgeflow.ops.spec import ConstArray, KernelCall, OpSpec, Shapes, TensorArg

FEATURE_WEIGHTS, TIME_WEIGHTS, BIAS, STATE = 1, 2, 3, 4


def operands(_graph: Graph, op: Op) -> bool:
    """The operator has five inputs, of which the bias may be absent, and one output."""
    present = all(op.inputs[i] is not None for i in range(len(op.inputs)) if i != BIAS)
    return present and len(op.inputs) == 5 and len(op.outputs) == 1


def known_activation(_graph: Graph, op: Op) -> bool:
    """The activation is RELU, which the zero point of the output carries out."""
    return op.attrs.get("fused_activation_function") == "RELU"


def int8_ends(graph: Graph, op: Op) -> bool:
    """The input and the output are int8, each with one scale and one zero point, the output's being -128."""
    return rules.int8_input_and_output(graph, op) and quant_of(graph.output_tensor(op)).zero_point == -128


def whole_units(graph: Graph, op: Op) -> bool:
    """The rank divides the filters, and the output is batches by units."""
    rank = op.attrs.get("rank")
    return isinstance(rank, int) and rank >= 1 and shapes.follow(graph, op, output_shapes(graph, op))


def constant_weights(graph: Graph, op: Op) -> bool:
    """The weights are constants, int8 for the features and int16 for the times, with zero point 0."""
    features, times = graph.input_tensor(op, FEATURE_WEIGHTS), graph.input_tensor(op, TIME_WEIGHTS)
    if not (features.is_constant and times.is_constant):
        return False
    if not (rules.is_quantized(features) and rules.is_quantized(times, "int16")):
        return False
    fits = len(times.shape) == 2 and times.shape[0] == features.shape[0]
    depth = graph.input_tensor(op, 0).shape[1]
    zeros = (*quant_of(features).zero_points, *quant_of(times).zero_points)
    return fits and features.shape[1] == depth and not any(zeros)


def constant_bias(graph: Graph, op: Op) -> bool:
    """The bias, if there is one, is an int32 array in the model file with one value per unit."""
    bias = graph.optional_tensor(op, BIAS)
    units = graph.output_tensor(op).shape[1:]
    return bias is None or (bias.is_constant and bias.dtype == "int32" and bias.shape == units)


def state(graph: Graph, op: Op) -> bool:
    """The state is an int16 variable with zero point 0: of each batch and filter the last values."""
    memory, times = graph.input_tensor(op, STATE), graph.input_tensor(op, TIME_WEIGHTS)
    shape = (graph.input_tensor(op, 0).shape[0], times.element_count)
    if op.updates != (memory.id,) or memory.shape != shape:
        return False
    return rules.is_quantized(memory, "int16") and quant_of(memory).zero_point == 0


def small_factors(graph: Graph, op: Op) -> bool:
    """The products of scales are less than 2**30 times the scale of the state, or of the output."""
    return all(rules.is_factor(factor) for factor in _factors(graph, op))


def sums_in_int32(graph: Graph, op: Op) -> bool:
    """No input can make the sum of a feature overflow int32; sums over time wrap around."""
    features = np.abs(np.asarray(graph.input_tensor(op, FEATURE_WEIGHTS).data, np.int64))
    return bool((features.sum(axis=1) * 255 < 2**31).all())


def _factors(graph: Graph, op: Op) -> tuple[float, float]:
    """From the input to the state, and from the state to the output, in float32 as the reference has it."""
    source, memory = quant_of(graph.input_tensor(op, 0)), quant_of(graph.input_tensor(op, STATE))
    features, times = (quant_of(graph.input_tensor(op, i)) for i in (FEATURE_WEIGHTS, TIME_WEIGHTS))
    output = quant_of(graph.output_tensor(op))
    return (
        float32_product_ratio(source.scale, features.scale, memory.scale),
        float32_product_ratio(memory.scale, times.scale, output.scale),
    )


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """Batches of the input, by the filters over the rank."""
    source, features = shapes.input_shape(graph, op), shapes.input_shape(graph, op, FEATURE_WEIGHTS)
    rank = op.attrs.get("rank")
    if source is None or features is None or len(source) != 2 or len(features) != 2:
        return None
    if not isinstance(rank, int) or rank < 1 or features[0] % rank:
        return None
    return ((source[0], features[0] // rank),)


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates: each filter on its inputs and on the values that it remembers."""
    filters = [graph.input_tensor(op, i) for i in (FEATURE_WEIGHTS, TIME_WEIGHTS)]
    return graph.input_tensor(op, 0).shape[0] * sum(math.prod(weights.shape) for weights in filters)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_svdf_s8``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    features, times = graph.input_tensor(op, FEATURE_WEIGHTS), graph.input_tensor(op, TIME_WEIGHTS)
    bias = graph.optional_tensor(op, BIAS)
    to_state, to_output = (quantize_multiplier(factor) for factor in _factors(graph, op))
    return KernelCall(
        function="ef_svdf_s8",
        header="ef_svdf.h",
        args=(
            tensor_arg(source),
            tensor_arg(features),
            tensor_arg(times),
            TensorArg(graph.input_tensor(op, STATE).id),
            TensorArg(output.id),
        ),
        params_type="ef_svdf_params",
        params=(
            ("batches", source.shape[0]),
            ("input_c", source.shape[1]),
            ("units", output.shape[1]),
            ("rank", int_attr(op, "rank")),
            ("memory", times.shape[1]),
            *zero_point_offsets(source, output),
            ("state_multiplier", to_state[0]),
            ("state_shift", to_state[1]),
            ("output_multiplier", to_output[0]),
            ("output_shift", to_output[1]),
            ("bias", None if bias is None else ConstArray("bias", np.asarray(bias.data, np.int32))),
        ),
    )


SPEC = OpSpec(
    kind="SVDF",
    max_version=4,
    rules=(
        operands,
        known_activation,
        int8_ends,
        whole_units,
        constant_weights,
        constant_bias,
        state,
        small_factors,
        sums_in_int32,
    ),
    output_shapes=output_shapes,
    macs=macs,
    lower=lower,
)
