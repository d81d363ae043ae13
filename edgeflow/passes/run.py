"""The passes, in order, and the loop that checks the graph after each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from edgeflow.errors import InternalError, UsageError
from edgeflow.ir.graph import Graph
from edgeflow.ir.verify import first_fault
from edgeflow.passes.eliminate_channels import eliminate_channels
from edgeflow.passes.fold_arithmetic import fold_arithmetic
from edgeflow.passes.fold_constants import fold_constants
from edgeflow.passes.fold_float_functions import fold_float_functions
from edgeflow.passes.fold_padding import fold_padding
from edgeflow.passes.fold_quantize import fold_quantize
from edgeflow.passes.fuse_activation import fuse_activation
from edgeflow.passes.fuse_lookup import fuse_lookup
from edgeflow.passes.infer_shapes import infer_shapes
from edgeflow.passes.move_transposes import move_transposes
from edgeflow.passes.read_in_place import read_in_place
from edgeflow.passes.remove_dead import remove_dead
from edgeflow.passes.remove_identity import remove_identity

PASSES: tuple[Callable[[Graph], Graph], ...] = (
    infer_shapes,
    fold_constants,
    fold_float_functions,
    move_transposes,
    remove_identity,
    fold_quantize,
    fold_arithmetic,
    fold_padding,
    fuse_activation,
    read_in_place,
    eliminate_channels,
    fuse_lookup,
    remove_dead,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a pass that changed operators made of their number, and of that of TRANSPOSEs."""

    name: str
    operators_before: int
    operators_after: int
    transposes_before: int
    transposes_after: int


def run_passes(graph: Graph, disabled: Collection[str] = ()) -> Graph:
    """The graph after all passes but the disabled ones, which are given by name.

    Raises:
        UsageError: there is no pass of a disabled name.
        InternalError: a pass built an illegal graph.
    """
    return traced_passes(graph, disabled)[0]


def traced_passes(graph: Graph, disabled: Collection[str] = ()) -> tuple[Graph, tuple[Change, ...]]:
    """The graph as ``run_passes`` gives it, and which passes changed its operators."""
    names = [graph_pass.__name__ for graph_pass in PASSES]
    for name in disabled:
        if name not in names:
            raise UsageError(f"there is no pass `{name}`", f"passes: {', '.join(names)}")
    changes = []
    for graph_pass in PASSES:
        if graph_pass.__name__ in disabled:
            continue
        before, graph = graph, graph_pass(graph)
        fault = first_fault(graph)
        if fault is not None:
            raise InternalError(f"Pass `{graph_pass.__name__}` built an illegal graph: {fault}")
        if graph.ops != before.ops:
            counts = (len(before.ops), len(graph.ops), _transposes(before), _transposes(graph))
            changes.append(Change(graph_pass.__name__, *counts))
    return graph, tuple(changes)


def _transposes(graph: Graph) -> int:
    return sum(op.kind == "TRANSPOSE" for op in graph.ops)
