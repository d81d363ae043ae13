"""PADV2, int8 or int16: PAD with a constant value of the file."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import pad, rules
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec

VALUE = 2


def constant_value(graph: Graph, op: Op) -> bool:
    """The value is one element of the model file, of the output's type, scale and zero point."""
    value, output = graph.input_tensor(op, VALUE), graph.output_tensor(op)
    return (
        value.dtype == output.dtype
        and value.is_constant
        and value.element_count == 1
        and value.quant == output.quant
    )


def lower(graph: Graph, op: Op) -> KernelCall | tuple[KernelCall, ...]:
    """The calls that pad with the value."""
    value = np.asarray(graph.input_tensor(op, VALUE).data).reshape(-1)[0]
    return pad.pad_call(graph, op, int(value))


SPEC = OpSpec(
    kind="PADV2",
    max_version=4,
    rules=(
        rules.operand_count(3),
        rules.quantized_input_and_output,
        rules.same_quantization,
        pad.constant_paddings,
        pad.padded_shape,
        constant_value,
    ),
    output_shapes=pad.output_shapes,
    macs=no_macs,
    lower=lower,
)
