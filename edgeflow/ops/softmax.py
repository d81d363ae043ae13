"""SOFTMAX, int8, over the last dimension."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules, shapes
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, quant_of, tensor_arg
from edgeflow.ops.quant_math import softmax_scaling
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def output_quantization(graph: Graph, op: Op) -> bool:
    """The output has scale 1/256, within 0.1 percent, and zero point -128."""
    quant = quant_of(graph.output_tensor(op))
    return math.isclose(quant.scale, 1 / 256, rel_tol=1e-3) and quant.zero_point == -128


def class_count(graph: Graph, op: Op) -> bool:
    """The last dimension has 1 to 4095 elements."""
    return graph.input_tensor(op, 0).shape[-1:] < (4096,) and graph.input_tensor(op, 0).shape != ()


def _factor(graph: Graph, op: Op) -> float:
    beta = op.attrs.get("beta", 1.0)
    return float(beta if isinstance(beta, int | float) else 0.0) * quant_of(graph.input_tensor(op, 0)).scale


def steep_enough(graph: Graph, op: Op) -> bool:
    """Beta times the input scale is more than 2**-26."""
    return _factor(graph, op) * 2.0**26 > 1.0


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_softmax_s8``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    multiplier, left_shift, difference_min = softmax_scaling(_factor(graph, op))
    classes = source.shape[-1]
    return KernelCall(
        function="ef_softmax_s8",
        header="ef_softmax.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_softmax_params",
        params=(
            ("rows", source.element_count // classes),
            ("classes", classes),
            ("input_multiplier", multiplier),
            ("input_left_shift", left_shift),
            ("difference_min", difference_min),
        ),
        overlaps=elementwise_overlaps(output, source),  # a row is read again, element by element, to the end
    )


SPEC = OpSpec(
    kind="SOFTMAX",
    max_version=3,
    rules=(
        rules.operand_count(1),
        rules.int8_input_and_output,
        rules.same_shape,
        class_count,
        output_quantization,
        steep_enough,
    ),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
