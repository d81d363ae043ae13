"""DEPTHWISE_CONV_2D for cores without SIMD."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.dsp import depthwise_conv_2d
from edgeflow.ops.scalar import depthwise_3x3
from edgeflow.ops.spec import KernelCall


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The calls by growing scratch memory: those of the DSP extension only below the first one of here."""
    fast, others = depthwise_3x3.lower(graph, op), depthwise_conv_2d.lower(graph, op)
    if not fast:
        return others
    return (*(call for call in others if call.scratch_bytes < fast[0].scratch_bytes), *fast)
