"""GATHER of any element type: constant indices along one axis."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def one_axis(graph: Graph, op: Op) -> bool:
    """The axis exists in the input, and there are no batch dimensions."""
    rank = len(graph.input_tensor(op, 0).shape)
    return movement.axis_in(rank, op.attrs.get("axis")) is not None and op.attrs.get("batch_dims", 0) == 0


def _axis(graph: Graph, op: Op) -> int:
    return int_attr(op, "axis") % len(graph.input_tensor(op, 0).shape)


def constant_indices(graph: Graph, op: Op) -> bool:
    """The indices stand in the model file and exist along the axis."""
    indices = movement.constant_ints(graph.optional_tensor(op, 1))
    size = graph.input_tensor(op, 0).shape[_axis(graph, op)]
    return bool(indices) and all(0 <= index < size for index in indices or ())


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape with the indices' in place of the axis."""
    shape, indices = shapes.input_shape(graph, op, 0), shapes.input_shape(graph, op, 1)
    if shape is None or indices is None or not one_axis(graph, op):
        return None
    axis = _axis(graph, op)
    return ((*shape[:axis], *indices, *shape[axis + 1 :]),)


def gathered_shape(graph: Graph, op: Op) -> bool:
    """The output has the input's shape with the indices' in place of the axis."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_table_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    tables = [list(range(dim)) for dim in source.shape]
    tables[_axis(graph, op)] = movement.int_inputs(graph, op, 1)
    return movement.table_call(source, output, tables)


SPEC = OpSpec(
    kind="GATHER",
    max_version=7,
    rules=(
        rules.operand_count(2),
        movement.same_dtype,
        movement.rank_to_4,
        one_axis,
        constant_indices,
        gathered_shape,
    ),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
