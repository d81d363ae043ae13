"""MEAN, int8 or int16, over any constant set of dimensions of a tensor of rank up to four."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap
from edgeflow.ops import overlap, rules, shapes
from edgeflow.ops.lowering import contiguous_strides, kernel_name, no_macs, quant_of, tensor_arg
from edgeflow.ops.quant_math import mean_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec, ParamValue, Shapes, TensorArg


def _axes(graph: Graph, op: Op) -> set[int]:
    """The averaged dimensions, counted from the front."""
    rank = len(graph.input_tensor(op, 0).shape)
    return {int(axis) + (rank if axis < 0 else 0) for axis in np.asarray(graph.input_tensor(op, 1).data).flat}


def constant_axes(graph: Graph, op: Op) -> bool:
    """The dimensions to reduce stand in the model file and exist in the input."""
    axes, rank = graph.optional_tensor(op, 1), len(graph.input_tensor(op, 0).shape)
    if axes is None or axes.dtype != "int32" or not axes.is_constant or axes.element_count < 1:
        return False
    return all(0 <= axis < rank for axis in _axes(graph, op))


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape without the reduced dimensions, or with 1 in their place."""
    shape = shapes.input_shape(graph, op)
    if shape is None or not constant_axes(graph, op):
        return None
    axes = _axes(graph, op)
    if op.attrs.get("keep_dims"):
        return (tuple(1 if axis in axes else dim for axis, dim in enumerate(shape)),)
    return (tuple(dim for axis, dim in enumerate(shape) if axis not in axes),)


def reduced_shape(graph: Graph, op: Op) -> bool:
    """The output lacks the reduced dimensions of an input of rank 1 to 4, or keeps them as 1."""
    shape = graph.input_tensor(op, 0).shape
    return shapes.follow(graph, op, output_shapes(graph, op)) and len(shape) <= 4 and min(shape) >= 1


def _count(graph: Graph, op: Op) -> int:
    """Averaged elements of one output."""
    shape = graph.input_tensor(op, 0).shape
    return math.prod(shape[axis] for axis in _axes(graph, op))


def sum_in_int32(graph: Graph, op: Op) -> bool:
    """At most 2**23 elements are added, of int16 2**15, so that their sum fits 32 bits."""
    most = 2**15 if graph.input_tensor(op, 0).dtype == "int16" else 2**23
    return _count(graph, op) <= most


def scale_ratio(graph: Graph, op: Op) -> bool:
    """The input scale is less than 2**30 times the output scale."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return rules.is_factor(quant_of(source).scale / quant_of(output).scale)


def _runs(graph: Graph, op: Op) -> dict[bool, list[tuple[int, int]]]:
    """Counts and steps of what is kept (False) and reduced (True): neighbours of one sort are one."""
    shape, axes = graph.input_tensor(op, 0).shape, _axes(graph, op)
    steps = contiguous_strides(shape)
    runs: dict[bool, list[tuple[int, int]]] = {False: [], True: []}
    for averaged, group in groupby(range(len(shape)), key=axes.__contains__):
        run = list(group)
        runs[averaged].append((math.prod(shape[axis] for axis in run), steps[run[-1]]))
    return runs


def _loops(runs: list[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Counts and steps of two nested loops, outer and inner."""
    pair = [(1, 0)] * (2 - len(runs)) + runs
    return tuple(count for count, _ in pair), tuple(step for _, step in pair)


def kept_loops(graph: Graph, op: Op) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Counts and steps of the two loops, outer and inner, over the outputs."""
    return _loops(_runs(graph, op)[False])


def blocks(graph: Graph, op: Op, reduced: str = "averaged") -> tuple[tuple[str, ParamValue], ...]:
    """Counts and steps of the nested blocks."""
    kept, averaged = kept_loops(graph, op), _loops(_runs(graph, op)[True])
    return (
        ("kept_count", kept[0]),
        ("kept_step", kept[1]),
        (f"{reduced}_count", averaged[0]),
        (f"{reduced}_step", averaged[1]),
    )


def block_overlaps(graph: Graph, op: Op) -> tuple[Overlap, ...]:
    """A whole block is read from its first element on, then its one output element written."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    kept = _runs(graph, op)[False]
    starts = overlap.places([count for count, _ in kept], [step for _, step in kept])
    distance = overlap.window_distance(starts, 1)
    return overlap.element_overlap(source, output, distance)


def mean_call(graph: Graph, op: Op, factor: tuple[int, int]) -> KernelCall:
    """The call of ``ef_mean_s8`` that multiplies sums by a factor, given as (multiplier, shift)."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function=kernel_name("mean", source),
        header="ef_mean.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_mean_params",
        params=(
            *blocks(graph, op),
            ("sum_offset", -quant_of(source).zero_point * _count(graph, op)),
            ("multiplier", factor[0]),
            ("shift", factor[1]),
            ("output_offset", quant_of(output).zero_point),
        ),
        overlaps=block_overlaps(graph, op),
    )


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_mean_s8`` or ``ef_mean_s16``."""
    source, output = quant_of(graph.input_tensor(op, 0)), quant_of(graph.output_tensor(op))
    return mean_call(graph, op, mean_multiplier(source.scale, output.scale, _count(graph, op)))


SPEC = OpSpec(
    kind="MEAN",
    max_version=3,
    rules=(
        rules.operand_count(2),
        rules.quantized_input_and_output,
        constant_axes,
        reduced_shape,
        sum_in_int32,
        scale_ratio,
    ),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
