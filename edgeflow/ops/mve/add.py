"""ADD of two tensors, none of them repeated, by ``ef_add_s8_mve``."""

from __future__ import annotations

from dataclasses import replace

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.dsp import add
from edgeflow.ops.spec import KernelCall


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a sum that the kernel does not take: those of the kernel for DSP."""
    calls = add.lower(graph, op)
    return tuple(replace(call, function="ef_add_s8_mve", header="ef_add_mve.h") for call in calls)
