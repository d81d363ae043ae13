"""SELECT of any element type: the condition has the inputs' shape, or is one flag for each first index."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import choosing, rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def one_shape(graph: Graph, op: Op) -> bool:
    """Both inputs have the output's shape, without an empty dimension."""
    shape = graph.output_tensor(op).shape
    sources = (graph.input_tensor(op, choosing.THEN), graph.input_tensor(op, choosing.OTHERWISE))
    return all(source.shape == shape for source in sources) and min(shape, default=1) >= 1


def condition_shape(graph: Graph, op: Op) -> bool:
    """The condition has the output's shape, or is a scalar, or a list as long as the first dimension."""
    shape = graph.output_tensor(op).shape
    return graph.input_tensor(op, choosing.CONDITION).shape in {shape, (), shape[:1]}


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The shape of the first of the two inputs."""
    shape = shapes.input_shape(graph, op, choosing.THEN)
    return None if shape is None else (shape,)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_choose``."""
    shape, rank = graph.input_tensor(op, choosing.CONDITION).shape, len(graph.output_tensor(op).shape)
    return choosing.choose_call(graph, op, shape + (1,) * (rank - len(shape)))


SPEC = OpSpec(
    kind="SELECT",
    max_version=4,
    rules=(rules.operand_count(3), choosing.choice_types, one_shape, condition_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
