"""CAST between bool, integers and, at the edges of a network, float32: values as they are, without scales."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import edges, rules, shapes
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg

# Numbers of the types in ef_cast.h.
_TYPES: Mapping[str, int] = MappingProxyType(
    {"bool": 0, "uint8": 1, "int8": 2, "int16": 3, "int32": 4, "float32": 5}
)


def known_types(graph: Graph, op: Op) -> bool:
    """The input and the output are bool, uint8, int8, int16, int32 or float32."""
    return {graph.input_tensor(op, 0).dtype, graph.output_tensor(op).dtype} <= _TYPES.keys()


def float32_at_the_edge(graph: Graph, op: Op) -> bool:
    """On float32 it stands between an input and QUANTIZE, or between DEQUANTIZE and an output."""
    return not edges.has_float32(graph, op) or edges.at_the_edge(graph, op)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_cast``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function="ef_cast",
        header="ef_cast.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_cast_params",
        params=(
            ("count", output.element_count),
            ("input_type", _TYPES[source.dtype]),
            ("output_type", _TYPES[output.dtype]),
        ),
        overlaps=elementwise_overlaps(output, source),
    )


SPEC = OpSpec(
    kind="CAST",
    max_version=5,
    rules=(rules.operand_count(1), known_types, rules.same_shape, float32_at_the_edge),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
