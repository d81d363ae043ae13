"""The operators on float32: exact arithmetic between an input and QUANTIZE, or DEQUANTIZE and an output.

Typical are a normalization of the input and a scaling of the output. What needs a mathematics library
is not here: its last bits differ from one library to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, edges, pad, rules, shapes
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, tensor_arg
from edgeflow.ops.movement import part_call
from edgeflow.ops.quant_math import ACTIVATION_LIMITS
from edgeflow.ops.spec import KernelCall, OpSpec, ParamValue, Rule, TensorArg

LARGEST = float(np.finfo(np.float32).max)


def all_float32(graph: Graph, op: Op) -> bool:
    """Inputs and output are float32."""
    sources = [graph.tensors[i] for i in op.inputs if i is not None]
    return all(tensor.dtype == "float32" for tensor in (*sources, graph.output_tensor(op)))


def float32_data(graph: Graph, op: Op) -> bool:
    """The input and the output are float32."""
    return {graph.input_tensor(op, 0).dtype, graph.output_tensor(op).dtype} == {"float32"}


_PAIR_RULES: tuple[Rule, ...] = (
    rules.operand_count(2),
    all_float32,
    edges.at_the_edge,
    broadcast.broadcast_shape,
    broadcast.broadcast_rank,
    rules.known_activation,
)
_ELEMENT_RULES: tuple[Rule, ...] = (
    rules.operand_count(1),
    all_float32,
    edges.at_the_edge,
    rules.same_shape,
)


def _limits(activation: str) -> tuple[float, float]:
    """The range of a fused activation; that of none is all finite numbers, as in the reference."""
    low, high = ACTIVATION_LIMITS[activation]
    return -LARGEST if low is None else low, LARGEST if high is None else high


def _pair(kind: str, max_version: int) -> OpSpec:
    """An operator on an element of each of two tensors: ``ef_add_f32`` of ADD."""

    def lower(graph: Graph, op: Op) -> KernelCall:
        low, high = _limits(str(op.attrs.get("fused_activation_function", "NONE")))
        scaling = (("activation_min", low), ("activation_max", high))
        function, params_type = f"ef_{kind.lower()}_f32", "ef_pair_f32_params"
        return broadcast.broadcast_call(graph, op, function, "ef_pairs_f32.h", params_type, scaling)

    return OpSpec(kind, max_version, _PAIR_RULES, shapes.broadcast, no_macs, lower)


def _element_call(
    graph: Graph, op: Op, function: str, params_type: str, params: tuple[tuple[str, ParamValue], ...]
) -> KernelCall:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function=function,
        header="ef_elements_f32.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type=params_type,
        params=(("count", output.element_count), *params),
        overlaps=elementwise_overlaps(output, source),
    )


def _element(kind: str, max_version: int, lower: Callable[[Graph, Op], KernelCall]) -> OpSpec:
    return OpSpec(kind, max_version, _ELEMENT_RULES, shapes.same_as_input, no_macs, lower)


def _limit(kind: str, max_version: int) -> OpSpec:
    """RELU and its limited forms."""
    low, high = ACTIVATION_LIMITS[kind]

    def lower(graph: Graph, op: Op) -> KernelCall:
        limits = (
            ("low", low),
            ("high", high or 0.0),
            ("has_high", int(high is not None)),
            (
                "low_wins",
                int(kind == "RELU6"),
            ),  # the reference takes the maximum there, and compares elsewhere
        )
        return _element_call(graph, op, "ef_limit_f32", "ef_limit_f32_params", limits)

    return _element(kind, max_version, lower)


def _sign(kind: str, max_version: int, *, is_absolute: bool) -> OpSpec:
    """ABS and NEG."""

    def lower(graph: Graph, op: Op) -> KernelCall:
        params = (("is_absolute", int(is_absolute)),)
        return _element_call(graph, op, "ef_sign_f32", "ef_sign_f32_params", params)

    return _element(kind, max_version, lower)


def _lower_pad(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The calls of ``ef_fill_f32`` and ``ef_strided_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    fill = KernelCall(
        function="ef_fill_f32",
        header="ef_elements_f32.h",
        args=(TensorArg(output.id),),
        params_type="ef_fill_f32_params",
        params=(("count", output.element_count), ("value", 0.0)),
    )
    before = [count for count, _ in pad.paddings(graph, op)]
    return fill, part_call(source, output, source.shape, placed=before)


_PAD = OpSpec(
    "PAD",
    4,
    (rules.operand_count(2), float32_data, edges.at_the_edge, pad.constant_paddings, pad.padded_shape),
    pad.output_shapes,
    no_macs,
    _lower_pad,
)

FLOAT32: Mapping[str, OpSpec] = MappingProxyType(
    {
        "ABS": _sign("ABS", 5, is_absolute=True),
        "ADD": _pair("ADD", 5),
        "DIV": _pair("DIV", 2),
        "MAXIMUM": _pair("MAXIMUM", 4),
        "MINIMUM": _pair("MINIMUM", 4),
        "MUL": _pair("MUL", 7),
        "NEG": _sign("NEG", 1, is_absolute=False),
        "PAD": _PAD,
        "RELU": _limit("RELU", 3),
        "RELU6": _limit("RELU6", 3),
        "RELU_0_TO_1": _limit("RELU_0_TO_1", 1),
        "RELU_N1_TO_1": _limit("RELU_N1_TO_1", 1),
        "SUB": _pair("SUB", 5),
    }
)
