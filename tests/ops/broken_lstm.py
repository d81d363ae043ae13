"""Base case of the LSTM, and changes that break each of its rules."""

import numpy as np
from graph_changes import attr, op, per_channel, tensor

from edgeflow.ir.graph import Quant

KIND = "UNIDIRECTIONAL_SEQUENCE_LSTM"
HIDDEN, CELL, OUTPUT = 13, 14, 20
OPERANDS, STATES = "four gates, biases and both states", "Both states are variables"
WEIGHTS = "The weights are int8 in the model file"
INPUTS = (0, *range(1, 9), None, None, None, *range(9, 13), None, None, HIDDEN, CELL)


def at(place, tensor_id):
    """Other inputs: that tensor at that place."""
    return op(inputs=(*INPUTS[:place], tensor_id, *INPUTS[place + 1 :]))


LSTM_BASES = {KIND: "three_batches"}
LSTM_BROKEN = [
    (KIND, change, words)
    for change, words in (
        (op(inputs=INPUTS[:19]), OPERANDS),
        (at(1, None), OPERANDS),  # one gate for input and forgetting
        (at(12, None), OPERANDS),
        (at(9, 9), "no peepholes"),
        (at(16, 1), "no peepholes"),
        (op(inputs=(*INPUTS, 9)), "no peepholes"),
        (attr(fused_activation_function="RELU"), "The activation is TANH"),
        (attr(cell_clip=-1.0), "clipped at no negative value"),
        (attr(cell_clip=float("nan")), "clipped at no negative value"),
        (tensor(0, shape=(3, 8)), "three dimensions"),
        (tensor(OUTPUT, shape=(3, 2, 4)), "three dimensions"),
        (op(updates=()), STATES),
        (op(updates=(CELL, HIDDEN)), STATES),
        (tensor(HIDDEN, shape=(3, 4)), STATES),
        (tensor(CELL, shape=(1, 3)), STATES),
        (attr(time_major=True), STATES),
        (tensor(0, dtype="uint8"), "Input, output and output state are int8"),
        (tensor(HIDDEN, dtype="int16"), "Input, output and output state are int8"),
        (tensor(HIDDEN, quant={"zero_points": (1,)}), "the output state's scale"),
        (tensor(OUTPUT, quant={"scales": (0.1,)}), "the output state's scale"),
        (attr(hidden_scale=None), "gives the hidden state a scale"),
        (attr(hidden_zero_point=2), "gives the hidden state a scale"),
        (tensor(CELL, dtype="int8"), "a power of two"),
        (tensor(CELL, quant={"scales": (2.0**-8,)}), "a power of two"),
        (tensor(CELL, quant={"scales": (0.0005,)}), "a power of two"),
        (tensor(4, data=None), WEIGHTS),
        (tensor(5, shape=(3, 4)), WEIGHTS),
        (tensor(8, dtype="int16"), WEIGHTS),
        (tensor(2, quant={"zero_points": (1,)}), WEIGHTS),
        (tensor(2, quant=per_channel(0.1, 0.1, 0.1)), WEIGHTS),
        (tensor(10, data=None), "The biases are int32"),
        (tensor(9, shape=(4,)), "The biases are int32"),
        (tensor(1, quant=Quant((1e12,), (0,))), "less than 2**30"),
        (attr(hidden_scale=1e-25), "less than 2**30"),
        (tensor(11, data=np.full(3, 2**31 - 1, np.int32)), "overflow int32"),
    )
]
