"""ADD of two tensors, none of them repeated, by ``ef_add_s8_dsp``."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import addition, broadcast
from edgeflow.ops.lowering import activation_limits, elementwise_overlaps, quant_of, tensor_arg
from edgeflow.ops.spec import KernelCall, TensorArg

# An operand times 2**20 is multiplied by one half: exactly a shift by 19.
_ONE_HALF = (2**30, 0)


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a sum that the kernel does not take."""
    left, right, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    if output.dtype != "int8" or broadcast.is_repeated(graph, op):
        return ()
    scaling = dict(addition.scaling(graph, op))
    factors = [(scaling[f"input{n}_multiplier"], scaling[f"input{n}_shift"]) for n in (1, 2)]
    if _ONE_HALF not in factors or factors[0] == factors[1]:
        return ()
    coarse, fine = (left, right) if factors[0] == _ONE_HALF else (right, left)
    multiplier, shift = factors[1] if coarse is left else factors[0]
    output_multiplier, output_shift = scaling["output_multiplier"], scaling["output_shift"]
    if not (isinstance(shift, int) and isinstance(output_shift, int) and -31 <= output_shift <= -1):
        return ()
    addend = (1 << (-output_shift - 1)) + quant_of(output).zero_point * (1 << -output_shift)
    if not -31 <= shift <= -1 or abs(addend) >= 2**30:
        return ()
    call = KernelCall(
        function="ef_add_s8_dsp",
        header="ef_add_dsp.h",
        args=(tensor_arg(coarse), tensor_arg(fine), TensorArg(output.id)),
        params_type="ef_add_dsp_params",
        params=(
            ("count", output.element_count),
            ("start", -quant_of(coarse).zero_point * 2**19),
            ("fine_offset", -quant_of(fine).zero_point * 2**21),
            ("fine_multiplier", multiplier),
            ("fine_half", 1 << (-shift - 1)),
            ("fine_shift", -shift),
            ("output_multiplier", output_multiplier),
            ("output_addend", addend),
            ("output_shift", -output_shift),
            *activation_limits(op, output),
        ),
        overlaps=elementwise_overlaps(output, left, right),
    )
    return (call,)
