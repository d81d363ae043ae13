"""STRIDED_SLICE of any element type: constant begin, end and steps, with the begin, end and shrink masks."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import contiguous_strides, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes

BEGIN, END, STEPS = 1, 2, 3


def known_masks(_graph: Graph, op: Op) -> bool:
    """The slice has no ellipsis, no new axis, and ends that do not count from their begin."""
    masks = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    whole = all(isinstance(op.attrs.get(name, 0), int) for name in masks)
    return whole and not (
        op.attrs.get("ellipsis_mask") or op.attrs.get("new_axis_mask") or op.attrs.get("offset")
    )


def constant_places(graph: Graph, op: Op) -> bool:
    """Begin, end and steps stand in the model file, one for each dimension, and no step is 0."""
    rank = len(graph.input_tensor(op, 0).shape)
    lists = [movement.constant_ints(graph.optional_tensor(op, position)) for position in (BEGIN, END, STEPS)]
    if any(values is None or len(values) != rank for values in lists):
        return False
    return 0 not in movement.int_inputs(graph, op, STEPS)


def _ranges(graph: Graph, op: Op) -> list[tuple[range, bool]]:
    """The input indices of each dimension, and whether the dimension disappears."""
    shape = graph.input_tensor(op, 0).shape
    begins, ends, steps = (movement.int_inputs(graph, op, position) for position in (BEGIN, END, STEPS))
    found = []
    for d, dim in enumerate(shape):

        def masked(name: str, bit: int = d) -> bool:
            return bool(int_attr(op, name, 0) >> bit & 1)

        if masked("shrink_axis_mask"):
            first = begins[d] + (dim if begins[d] < 0 else 0)
            found.append((range(first, first + 1), True))
            continue
        begin = None if masked("begin_mask") else begins[d]
        end = None if masked("end_mask") else ends[d]
        found.append((range(*slice(begin, end, steps[d]).indices(dim)), False))
    return found


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The slice's shape, none of it empty or outside the input."""
    shape = shapes.input_shape(graph, op)
    if shape is None or not (known_masks(graph, op) and constant_places(graph, op)):
        return None
    ranges = _ranges(graph, op)
    if not all(places and 0 <= places[0] < dim for (places, _), dim in zip(ranges, shape, strict=True)):
        return None
    return (tuple(len(places) for places, shrunk in ranges if not shrunk),)


def sliced_shape(graph: Graph, op: Op) -> bool:
    """The output has the slice's shape, none of it empty or outside the input."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_strided_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    ranges = [places for places, _ in _ranges(graph, op)]
    steps = contiguous_strides(source.shape)
    first = sum(places[0] * step for places, step in zip(ranges, steps, strict=True))
    sizes = [len(places) for places in ranges]
    read = [places.step * step for places, step in zip(ranges, steps, strict=True)]
    loops = list(zip(sizes, read, contiguous_strides(sizes), strict=True))
    return movement.copy_call(source, output, loops, first)


SPEC = OpSpec(
    kind="STRIDED_SLICE",
    max_version=8,
    rules=(
        rules.operand_count(4),
        movement.same_dtype,
        movement.rank_to_5,
        known_masks,
        constant_places,
        sliced_shape,
    ),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
