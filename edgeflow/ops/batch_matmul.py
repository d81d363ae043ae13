"""BATCH_MATMUL, int8: matrices in the last two dimensions, transposed if told; the batches broadcast."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap
from edgeflow.ops import broadcast, overlap, rules, shapes
from edgeflow.ops.lowering import Params, quant_of, tensor_arg
from edgeflow.ops.quant_math import float32_product_ratio, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec, ParamValue, Shapes, TensorArg

BATCH_DIMS = 3
# (-128 - 127) squared, 33025 times, is less than 2**31.
MAX_DEPTH = 33025


def _matrix(graph: Graph, op: Op, side: int) -> tuple[int, int]:
    """Rows and columns of an input's matrices after transposition."""
    rows, columns = graph.input_tensor(op, side).shape[-2:]
    return (columns, rows) if op.attrs.get("adj_x" if side == 0 else "adj_y") else (rows, columns)


def matrix_rank(graph: Graph, op: Op) -> bool:
    """Both inputs have two to five dimensions, none empty."""
    sides = [graph.input_tensor(op, side).shape for side in (0, 1)]
    return all(2 <= len(shape) <= BATCH_DIMS + 2 and min(shape) >= 1 for shape in sides)


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """Rows of the left and columns of the right matrix, in the batches to which the inputs' broadcast."""
    left, right = shapes.input_shape(graph, op, 0), shapes.input_shape(graph, op, 1)
    if left is None or right is None or min(len(left), len(right)) < 2:
        return None
    (rows, depth), (other_depth, columns) = _matrix(graph, op, 0), _matrix(graph, op, 1)
    batches = shapes.joint(left[:-2], right[:-2])
    return None if batches is None or depth != other_depth else ((*batches, rows, columns),)


def product_shape(graph: Graph, op: Op) -> bool:
    """The output is the product of the inputs' matrices, in batches to which the inputs' broadcast."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def sum_in_int32(graph: Graph, op: Op) -> bool:
    """At most 33025 products are added, so that their sum fits 32 bits."""
    return _matrix(graph, op, 0)[1] <= MAX_DEPTH


def _factor(graph: Graph, op: Op) -> float:
    """The product of the input scales as a float32, divided by the output scale in float64."""
    left, right, output = (
        quant_of(tensor).scale
        for tensor in (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    )
    return float32_product_ratio(left, right, 1.0) / output


def output_scale(graph: Graph, op: Op) -> bool:
    """The product of the input scales is less than 2**30 times the output scale."""
    return rules.is_factor(_factor(graph, op))


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates: output elements x depth."""
    return math.prod(graph.output_tensor(op).shape) * _matrix(graph, op, 0)[1]


def _batch_params(graph: Graph, op: Op) -> Params:
    """Counts and steps of the batches."""
    batches, rank = graph.output_tensor(op).shape[:-2], BATCH_DIMS + 2
    left, right = (broadcast.input_strides(graph.input_tensor(op, side).shape, rank) for side in (0, 1))
    return (
        ("batch_count", (1,) * (BATCH_DIMS - len(batches)) + batches),
        ("input1_batch_step", left[:-2]),
        ("input2_batch_step", right[:-2]),
    )


def _matrix_steps(graph: Graph, op: Op, side: int) -> tuple[int, int]:
    """Elements from row to row and from column to column of an input's matrix after transposition."""
    row, column = graph.input_tensor(op, side).shape[-1], 1
    return (column, row) if op.attrs.get("adj_x" if side == 0 else "adj_y") else (row, column)


def _overlaps(graph: Graph, op: Op) -> tuple[Overlap, ...]:
    """A row of the left and a column of the right matrix are read, then their one element written."""
    left, right, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    written = overlap.places([output.element_count], [1])
    walks = ((left, _matrix_steps(graph, op, 0)[0], 0), (right, 0, _matrix_steps(graph, op, 1)[1]))
    found: list[Overlap] = []
    for source, row, column in walks:
        batches = broadcast.input_strides(source.shape, len(output.shape))[:-2]
        read = overlap.places(output.shape, (*batches, row, column))
        found += overlap.overlap(source, output, overlap.step_distance(read, written))
    return overlap.widest(found)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_batch_matmul_s8``."""
    left, right, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    (rows, depth), (_, columns) = _matrix(graph, op, 0), _matrix(graph, op, 1)
    multiplier, shift = quantize_multiplier(_factor(graph, op))
    left_steps, right_steps = _matrix_steps(graph, op, 0), _matrix_steps(graph, op, 1)
    sizes: tuple[tuple[str, ParamValue], ...] = (("rows", rows), ("depth", depth), ("columns", columns))
    return KernelCall(
        function="ef_batch_matmul_s8",
        header="ef_batch_matmul.h",
        args=(tensor_arg(left), tensor_arg(right), TensorArg(output.id)),
        params_type="ef_batch_matmul_params",
        params=(
            *_batch_params(graph, op),
            *sizes,
            ("input1_row_step", left_steps[0]),
            ("input1_depth_step", left_steps[1]),
            ("input2_depth_step", right_steps[0]),
            ("input2_column_step", right_steps[1]),
            ("input1_offset", -quant_of(left).zero_point),
            ("input2_offset", -quant_of(right).zero_point),
            ("output_offset", quant_of(output).zero_point),
            ("multiplier", multiplier),
            ("shift", shift),
        ),
        overlaps=_overlaps(graph, op),
    )


SPEC = OpSpec(
    kind="BATCH_MATMUL",
    max_version=4,
    rules=(
        rules.operand_count(2),
        broadcast.int8_tensors,
        matrix_rank,
        product_shape,
        sum_in_int32,
        output_scale,
    ),
    output_shapes=output_shapes,
    macs=macs,
    lower=lower,
)
