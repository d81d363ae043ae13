"""What REDUCE_MAX and REDUCE_MIN share, and ARG_MAX and ARG_MIN."""

from __future__ import annotations

import math

from edgeflow.ir.graph import DTYPE_BYTES, Graph, Op
from edgeflow.ops import mean, movement, overlap, rules, shapes
from edgeflow.ops.lowering import tensor_arg
from edgeflow.ops.spec import KernelCall, Rule, Shapes, TensorArg

RULES: tuple[Rule, ...] = (
    rules.operand_count(2),
    rules.int8_input_and_output,
    rules.same_quantization,
    mean.constant_axes,
    mean.reduced_shape,
)


def reduce_call(graph: Graph, op: Op, *, largest: bool) -> KernelCall:
    """The call of ``ef_reduce_s8``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function="ef_reduce_s8",
        header="ef_reduce.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_reduce_params",
        params=(*mean.blocks(graph, op, "reduced"), ("largest", int(largest))),
        overlaps=mean.block_overlaps(graph, op),
    )


def int8_to_int32(graph: Graph, op: Op) -> bool:
    """The input is int8, the output int32."""
    return graph.input_tensor(op, 0).dtype == "int8" and graph.output_tensor(op).dtype == "int32"


def _axis(graph: Graph, op: Op) -> int | None:
    values = movement.constant_ints(graph.optional_tensor(op, 1))
    shape = shapes.input_shape(graph, op)
    if shape is None or values is None or len(values) != 1:
        return None
    return movement.axis_in(len(shape), values[0])


def constant_axis(graph: Graph, op: Op) -> bool:
    """The axis is one number that stands in the model file and exists in the input."""
    return _axis(graph, op) is not None


def arg_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape without the axis."""
    axis = _axis(graph, op)
    return None if axis is None else (shapes.without_axis(graph.input_tensor(op, 0).shape, axis),)


def shape_without_axis(graph: Graph, op: Op) -> bool:
    """The output has the input's shape without the axis."""
    return shapes.follow(graph, op, arg_shapes(graph, op))


ARG_RULES: tuple[Rule, ...] = (
    rules.operand_count(2),
    int8_to_int32,
    movement.rank_to_5,
    constant_axis,
    shape_without_axis,
)


def arg_call(graph: Graph, op: Op, *, largest: bool) -> KernelCall:
    """The call of ``ef_arg_reduce_s8``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    axis = _axis(graph, op) or 0
    outer, length, inner = (
        math.prod(source.shape[:axis]),
        source.shape[axis],
        math.prod(source.shape[axis + 1 :]),
    )
    starts = overlap.places([outer, inner], [length * inner, 1])
    width = DTYPE_BYTES[output.dtype]
    distance = overlap.step_distance(starts, overlap.places([len(starts)], [width], width - 1))
    return KernelCall(
        function="ef_arg_reduce_s8",
        header="ef_reduce.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_arg_reduce_params",
        params=(
            ("outer", outer),
            ("length", length),
            ("inner", inner),
            ("largest", int(largest)),
        ),
        overlaps=overlap.overlap(source, output, distance),
    )
