"""UNIDIRECTIONAL_SEQUENCE_LSTM, int8 with an int16 cell state, as Keras layers convert."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import rules, shapes
from edgeflow.ops.lowering import Params, quant_of, tensor_arg
from edgeflow.ops.quant_math import float32_product_ratio, float32_ratio, quantize_multiplier
from edgeflow.ops.spec import ConstArray, KernelCall, OpSpec, ScratchArg, Shapes, TensorArg

# Places of the inputs: of each gate its input weights, recurrent weights and bias.
GATES = {
    "input_gate": (1, 5, 12),
    "forget_gate": (2, 6, 13),
    "cell_gate": (3, 7, 14),
    "output_gate": (4, 8, 15),
}
OUTPUT_STATE, CELL_STATE = 18, 19
UNUSED = (9, 10, 11, 16, 17, 20, 21, 22, 23)  # peepholes, projection, layer normalization
GATE_SCALE = 2.0**-12
MAX_CELL_SCALE_EXPONENT = -9


def operands(_graph: Graph, op: Op) -> bool:
    """The operator has 20 to 24 inputs and one output, with four gates, biases and both states."""
    if not 20 <= len(op.inputs) <= 24 or len(op.outputs) != 1:
        return False
    places = (0, OUTPUT_STATE, CELL_STATE, *(place for gate in GATES.values() for place in gate))
    return all(op.inputs[place] is not None for place in places)


def plain_cell(_graph: Graph, op: Op) -> bool:
    """There are no peepholes, no projection and no layer normalization."""
    return all(op.inputs[place] is None for place in UNUSED if place < len(op.inputs))


def tanh_activation(_graph: Graph, op: Op) -> bool:
    """The activation is TANH, and the cell is clipped at no negative value."""
    clip = op.attrs.get("cell_clip", 0.0)
    is_clip = isinstance(clip, float | int) and math.isfinite(clip) and clip >= 0
    return is_clip and op.attrs.get("fused_activation_function") == "TANH"


def sequence_shapes(graph: Graph, op: Op) -> bool:
    """Input and output have three dimensions, and differ in the last alone."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def states(graph: Graph, op: Op) -> bool:
    """Both states are variables of a row of cells for each batch."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    shape = (source.shape[1 if op.attrs.get("time_major") else 0], output.shape[2])
    hidden, cell = graph.input_tensor(op, OUTPUT_STATE), graph.input_tensor(op, CELL_STATE)
    return op.updates == (hidden.id, cell.id) and hidden.shape == cell.shape == shape and hidden.id != cell.id


def constant_weights(graph: Graph, op: Op) -> bool:
    """The weights are int8 in the model file, a row for each cell, with one scale and zero point 0."""
    depth, cells = graph.input_tensor(op, 0).shape[2], graph.output_tensor(op).shape[2]
    for input_place, recurrent_place, _ in GATES.values():
        for place, shape in ((input_place, (cells, depth)), (recurrent_place, (cells, cells))):
            weights = graph.input_tensor(op, place)
            if not (weights.is_constant and weights.shape == shape and rules.is_quantized(weights)):
                return False
            if quant_of(weights).zero_point != 0:
                return False
    return True


def constant_biases(graph: Graph, op: Op) -> bool:
    """The biases are int32 arrays in the model file, one value for each cell."""
    cells = graph.output_tensor(op).shape[2]
    biases = [graph.input_tensor(op, bias) for _, _, bias in GATES.values()]
    return all(b.is_constant and b.dtype == "int32" and b.shape == (cells,) for b in biases)


def int8_sequence(graph: Graph, op: Op) -> bool:
    """Input, output and output state are int8, each with one scale and one zero point."""
    tensors = (graph.input_tensor(op, 0), graph.output_tensor(op), graph.input_tensor(op, OUTPUT_STATE))
    return all(rules.is_quantized(tensor) for tensor in tensors)


def symmetric_output_state(graph: Graph, op: Op) -> bool:
    """The output has the output state's scale, and the zero point 0."""
    state, output = quant_of(graph.input_tensor(op, OUTPUT_STATE)), quant_of(graph.output_tensor(op))
    return state.zero_points == output.zero_points == (0,) and state.scale == output.scale


def hidden_scale(_graph: Graph, op: Op) -> bool:
    """The model file gives the hidden state a scale, and the zero point 0."""
    scale = op.attrs.get("hidden_scale")
    return isinstance(scale, float) and rules.is_scale(scale) and op.attrs.get("hidden_zero_point") == 0


def power_of_two_cell(graph: Graph, op: Op) -> bool:
    """The cell state is int16 with a scale that is a power of two from 2**-15 to 2**-9, and zero point 0."""
    cell = graph.input_tensor(op, CELL_STATE)
    quant = cell.quant
    if cell.dtype != "int16" or quant is None or quant.zero_points != (0,):
        return False
    mantissa, exponent = math.frexp(quant.scale)
    return mantissa == 0.5 and -15 <= exponent - 1 <= MAX_CELL_SCALE_EXPONENT


def small_factors(graph: Graph, op: Op) -> bool:
    """The products of scales are less than 2**30 times 2**-12, and 2**-30 is so times the hidden scale."""
    pairs = [pair for gate in GATES for pair in _factors(graph, op, gate)]
    return all(rules.is_factor(factor) for factor in (*pairs, _hidden_factor(op)))


def sums_in_int32(graph: Graph, op: Op) -> bool:
    """No input can make a sum overflow int32."""
    for gate in GATES:
        for weights, bias in _weights_and_biases(graph, op, gate):
            reach = np.abs(weights.astype(np.int64)).sum(axis=1) * 128 + np.abs(bias)
            if (reach >= 2**31).any():
                return False
    return True


def _weights_and_biases(
    graph: Graph, op: Op, gate: str
) -> list[tuple[npt.NDArray[np.generic], npt.NDArray[np.int64]]]:
    """Input and recurrent weights, each with its bias less the zero point times the weights."""
    places = GATES[gate]
    bias = np.asarray(graph.input_tensor(op, places[2]).data, np.int64)
    result = []
    for place, source, start in (
        (places[0], graph.input_tensor(op, 0), bias),
        (places[1], graph.input_tensor(op, OUTPUT_STATE), np.zeros_like(bias)),
    ):
        weights = np.asarray(graph.input_tensor(op, place).data)
        rows = weights.astype(np.int64).sum(axis=1)
        result.append((weights, start - quant_of(source).zero_point * rows))
    return result


def _factors(graph: Graph, op: Op, gate: str) -> tuple[float, float]:
    """From sums of products to Q3.12, in float32 as the reference has it."""

    def factor(source: Tensor, place: int) -> float:
        weights = quant_of(graph.input_tensor(op, place))
        return float32_product_ratio(weights.scale, quant_of(source).scale, GATE_SCALE)

    first, second, _ = GATES[gate]
    return factor(graph.input_tensor(op, 0), first), factor(graph.input_tensor(op, OUTPUT_STATE), second)


def _hidden_factor(op: Op) -> float:
    scale = op.attrs["hidden_scale"]
    return float32_ratio(2.0**-30, scale) if isinstance(scale, float) else 0.0


def _gate(graph: Graph, op: Op, gate: str) -> Params:
    (input_weights, input_bias), (recurrent_weights, recurrent_bias) = _weights_and_biases(graph, op, gate)
    pairs = [quantize_multiplier(factor) for factor in _factors(graph, op, gate)]
    return (
        (f"{gate}.input_weights", ConstArray("weights", input_weights)),
        (f"{gate}.recurrent_weights", ConstArray("weights", recurrent_weights)),
        (f"{gate}.input_bias", ConstArray("bias", input_bias.astype(np.int32))),
        (f"{gate}.recurrent_bias", ConstArray("bias", recurrent_bias.astype(np.int32))),
        (f"{gate}.input_multiplier", pairs[0][0]),
        (f"{gate}.input_shift", pairs[0][1]),
        (f"{gate}.recurrent_multiplier", pairs[1][0]),
        (f"{gate}.recurrent_shift", pairs[1][1]),
    )


def _clip(graph: Graph, op: Op) -> int:
    """The limit of the cell state in its own steps, rounded down; 0 for none."""
    clip = op.attrs.get("cell_clip", 0.0)
    if not isinstance(clip, float | int) or clip <= 0:
        return 0
    return int(min(float32_ratio(float(clip), quant_of(graph.input_tensor(op, CELL_STATE)).scale), 32767.0))


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """Batches and times of the input, by the cells that the bias counts."""
    source, bias = shapes.input_shape(graph, op), shapes.input_shape(graph, op, GATES["forget_gate"][2])
    if source is None or bias is None or len(source) != 3 or len(bias) != 1:
        return None
    return ((*source[:2], *bias),)


def macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates: at each time four gates, each of input and output state by the cells."""
    (first, second, depth), cells = graph.input_tensor(op, 0).shape, graph.output_tensor(op).shape[2]
    return first * second * 4 * cells * (depth + cells)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lstm_s8``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    hidden, cell = graph.input_tensor(op, OUTPUT_STATE), graph.input_tensor(op, CELL_STATE)
    is_time_major = bool(op.attrs.get("time_major"))
    times, batches = source.shape[:2] if is_time_major else source.shape[1::-1]
    multiplier, shift = quantize_multiplier(_hidden_factor(op))
    return KernelCall(
        function="ef_lstm_s8",
        header="ef_lstm.h",
        args=(
            tensor_arg(source),
            TensorArg(hidden.id),
            TensorArg(cell.id),
            TensorArg(output.id),
            ScratchArg(),
        ),
        params_type="ef_lstm_params",
        params=(
            *(pair for gate in GATES for pair in _gate(graph, op, gate)),
            ("batches", batches),
            ("time_steps", times),
            ("input_c", source.shape[2]),
            ("cells", output.shape[2]),
            ("batch_step", 1 if is_time_major else times),
            ("time_step", batches if is_time_major else 1),
            ("cell_integer_bits", 15 + math.frexp(quant_of(cell).scale)[1] - 1),
            ("cell_clip", _clip(graph, op)),
            ("hidden_multiplier", multiplier),
            ("hidden_shift", shift),
        ),
        scratch_bytes=8 * output.shape[2],
    )


SPEC = OpSpec(
    kind="UNIDIRECTIONAL_SEQUENCE_LSTM",
    max_version=4,
    rules=(
        operands,
        plain_cell,
        tanh_activation,
        sequence_shapes,
        states,
        int8_sequence,
        symmetric_output_state,
        hidden_scale,
        power_of_two_cell,
        constant_weights,
        constant_biases,
        small_factors,
        sums_in_int32,
    ),
    output_shapes=output_shapes,
    macs=macs,
    lower=lower,
)
