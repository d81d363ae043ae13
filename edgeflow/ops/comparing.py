"""What the comparisons share: rules, and the call that brings both inputs to one scale and compares."""

from __future__ import annotations

from collections.abc import Callable

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, rules, shapes
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.quant_math import quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec, Rule

LESS, EQUAL, GREATER = "if_less", "if_equal", "if_greater"


def int8_to_bool(graph: Graph, op: Op) -> bool:
    """Both inputs are int8, each with one scale and one zero point, and the output is bool."""
    sources = (graph.input_tensor(op, 0), graph.input_tensor(op, 1))
    return all(rules.is_quantized(source) for source in sources) and graph.output_tensor(op).dtype == "bool"


def scales_below_one(graph: Graph, op: Op) -> bool:
    """Both input scales are less than 1."""
    return all(quant_of(graph.input_tensor(op, side)).scale < 1 for side in (0, 1))


RULES: tuple[Rule, ...] = (
    rules.operand_count(2),
    int8_to_bool,
    broadcast.broadcast_shape,
    broadcast.broadcast_rank,
    scales_below_one,
)


def _lowering(holds: frozenset[str]) -> Callable[[Graph, Op], KernelCall]:
    """The lowering of a comparison that is true in the named cases."""

    def lower(graph: Graph, op: Op) -> KernelCall:
        left, right = (quant_of(graph.input_tensor(op, side)) for side in (0, 1))
        left_factor, right_factor = quantize_multiplier(left.scale), quantize_multiplier(right.scale)
        scaling = (
            ("input1_offset", -left.zero_point),
            ("input1_multiplier", left_factor[0]),
            ("input1_shift", left_factor[1]),
            ("input2_offset", -right.zero_point),
            ("input2_multiplier", right_factor[0]),
            ("input2_shift", right_factor[1]),
            *((name, int(name in holds)) for name in (LESS, EQUAL, GREATER)),
        )
        function, params_type = "ef_compare_s8", "ef_compare_params"
        return broadcast.broadcast_call(graph, op, function, "ef_compare.h", params_type, scaling)

    return lower


def comparison(kind: str, *holds: str) -> OpSpec:
    """The operator that is true where input 1 stands to input 2 in one of the named ways."""
    return OpSpec(
        kind=kind,
        max_version=4,
        rules=RULES,
        output_shapes=shapes.broadcast,
        macs=no_macs,
        lower=_lowering(frozenset(holds)),
    )
