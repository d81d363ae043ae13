"""SELECT_V2 of any element type: condition and both inputs broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import choosing, rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The shape that all three inputs broadcast to."""
    return shapes.broadcast_first(graph, op, 3)


def broadcast_shape(graph: Graph, op: Op) -> bool:
    """Condition and inputs broadcast to the output's shape, of at most four dimensions, none empty."""
    output = graph.output_tensor(op).shape
    fits = shapes.follow(graph, op, output_shapes(graph, op))
    return fits and len(output) <= 4 and min(output, default=1) >= 1


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_choose``."""
    return choosing.choose_call(graph, op, graph.input_tensor(op, choosing.CONDITION).shape)


SPEC = OpSpec(
    kind="SELECT_V2",
    max_version=2,
    rules=(rules.operand_count(3), choosing.choice_types, broadcast_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
