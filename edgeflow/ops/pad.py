"""PAD, int8 or int16, with the zero point, of up to four dimensions."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement, overlap, rules, shapes
from edgeflow.ops.lowering import contiguous_strides, fill_call, four_dims, no_macs, quant_of, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes, TensorArg


def paddings(graph: Graph, op: Op) -> list[list[int]]:
    """Elements before and after, per dimension."""
    values: list[list[int]] = np.asarray(graph.input_tensor(op, 1).data).reshape(-1, 2).tolist()
    return values


def constant_paddings(graph: Graph, op: Op) -> bool:
    """The paddings are a constant of the model file, two counts that are not negative per dimension."""
    tensor, rank = graph.optional_tensor(op, 1), len(graph.input_tensor(op, 0).shape)
    counts = movement.constant_ints(tensor)
    if tensor is None or counts is None or tensor.shape != (rank, 2):
        return False
    return min(counts, default=0) >= 0


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape and its paddings."""
    shape = shapes.input_shape(graph, op)
    if shape is None or not constant_paddings(graph, op):
        return None
    pairs = zip(shape, paddings(graph, op), strict=True)
    return (tuple(dim + before + after for dim, (before, after) in pairs),)


def padded_shape(graph: Graph, op: Op) -> bool:
    """The output has the padded input's shape, with at most four dimensions, none empty."""
    shape = graph.input_tensor(op, 0).shape
    fits = shapes.follow(graph, op, output_shapes(graph, op))
    return fits and len(shape) <= 4 and min(shape, default=1) >= 1


def _distance(source: Tensor, output: Tensor, pairs: list[list[int]]) -> int:
    """Before an input element is read, all output before its place is written: most before the last."""
    steps = contiguous_strides(output.shape)
    places = zip(source.shape, pairs, steps, strict=True)
    last = sum((before + dim - 1) * step for dim, (before, _), step in places)
    return last - (source.element_count - 1)


def pad_call(graph: Graph, op: Op, value: int) -> KernelCall | tuple[KernelCall, ...]:
    """The call of ``ef_pad_s8`` with that value, or of int16 a fill and a copy into its middle."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    if source.dtype == "int16":
        placed = [before for before, _ in paddings(graph, op)]
        return fill_call(output, value), movement.part_call(source, output, source.shape, placed=placed)
    return KernelCall(
        function="ef_pad_s8",
        header="ef_pad.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_pad_params",
        params=(
            ("input_shape", four_dims(source.shape)),
            ("output_shape", four_dims(output.shape)),
            ("before", four_dims([before for before, _ in paddings(graph, op)], fill=0)),
            ("value", value),
        ),
        overlaps=overlap.overlap(source, output, _distance(source, output, paddings(graph, op))),
    )


def lower(graph: Graph, op: Op) -> KernelCall | tuple[KernelCall, ...]:
    """The calls that pad with the zero point."""
    return pad_call(graph, op, quant_of(graph.output_tensor(op)).zero_point)


SPEC = OpSpec(
    kind="PAD",
    max_version=4,
    rules=(
        rules.operand_count(2),
        rules.quantized_input_and_output,
        rules.same_quantization,
        constant_paddings,
        padded_shape,
    ),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
