"""ADD, int8, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import rules
from edgeflow.ops.lowering import (
    Params,
    activation_limits,
    contiguous_strides,
    four_dims,
    no_macs,
    quant_of,
    tensor_arg,
)
from edgeflow.ops.quant_math import add_factors, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def int8_tensors(graph: Graph, op: Op) -> bool:
    """Both inputs and the output are int8, each with one scale and one zero point."""
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    return all(rules.is_quantized(tensor) for tensor in tensors)


def broadcast_shape(graph: Graph, op: Op) -> bool:
    """The inputs broadcast to the output's shape; no dimension is empty."""
    left, right = graph.input_tensor(op, 0).shape, graph.input_tensor(op, 1).shape
    output = graph.output_tensor(op).shape
    try:
        fits = np.broadcast_shapes(left, right) == output
    except ValueError:
        return False
    return fits and min(output, default=1) >= 1


def _is_repeated(graph: Graph, op: Op) -> bool:
    """Whether an element of an input meets several of the other."""
    counts = {graph.input_tensor(op, 0).element_count, graph.input_tensor(op, 1).element_count}
    return counts != {graph.output_tensor(op).element_count}


def broadcast_rank(graph: Graph, op: Op) -> bool:
    """Inputs of different shapes have at most four dimensions."""
    return len(graph.output_tensor(op).shape) <= 4 or not _is_repeated(graph, op)


def _factors(graph: Graph, op: Op) -> tuple[float, float, float]:
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    left, right, output = (quant_of(tensor).scale for tensor in tensors)
    return add_factors(left, right, output)


def output_scale(graph: Graph, op: Op) -> bool:
    """The output scale is more than 2**-19 of the larger input scale."""
    return _factors(graph, op)[2] < 1.0


def _scaling(graph: Graph, op: Op) -> Params:
    left, right, output = (quantize_multiplier(factor) for factor in _factors(graph, op))
    parts: Params = (
        ("input1_offset", -quant_of(graph.input_tensor(op, 0)).zero_point),
        ("input1_multiplier", left[0]),
        ("input1_shift", left[1]),
        ("input2_offset", -quant_of(graph.input_tensor(op, 1)).zero_point),
        ("input2_multiplier", right[0]),
        ("input2_shift", right[1]),
        ("output_offset", quant_of(graph.output_tensor(op)).zero_point),
        ("output_multiplier", output[0]),
        ("output_shift", output[1]),
        *activation_limits(op, graph.output_tensor(op)),
    )
    return tuple((f"scaling.{name}", value) for name, value in parts)


def _strides(tensor: Tensor) -> tuple[int, ...]:
    """Steps between elements along four dimensions; 0 where the tensor's one element is repeated."""
    shape = four_dims(tensor.shape)
    steps = contiguous_strides(shape)
    return tuple(0 if dim == 1 else step for dim, step in zip(shape, steps, strict=True))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_add_s8``, or of ``ef_add_broadcast_s8`` when an input is repeated."""
    left, right, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    shapes: Params = (("count", output.element_count),)
    repeated = _is_repeated(graph, op)
    if repeated:
        shapes = (
            ("output_shape", four_dims(output.shape)),
            ("input1_stride", _strides(left)),
            ("input2_stride", _strides(right)),
        )
    variant = "add_broadcast" if repeated else "add"
    return KernelCall(
        function=f"ef_{variant}_s8",
        header="ef_add.h",
        args=(tensor_arg(left), tensor_arg(right), TensorArg(output.id)),
        params_type=f"ef_{variant}_params",
        params=(*shapes, *_scaling(graph, op)),
    )


SPEC = OpSpec(
    kind="ADD",
    max_version=5,
    rules=(
        rules.operand_count(2),
        int8_tensors,
        broadcast_shape,
        broadcast_rank,
        rules.known_activation,
        output_scale,
    ),
    macs=no_macs,
    lower=lower,
)
