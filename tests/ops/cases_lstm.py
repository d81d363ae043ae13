"""Cases of UNIDIRECTIONAL_SEQUENCE_LSTM; the input sets of a case run in sequence, the state is kept."""

import numpy as np
from case_model import feeds_of, rng_of
from cases_state import StateCase
from flat_models import Table, ints, model, operator_code, quantization, tensor
from tflite_builder import Node, T

# Tensor ids of the cases: 0 input, 1 to 4 input weights, 5 to 8 recurrent weights, 9 to 12 biases.
OUTPUT_STATE, CELL_STATE, OUTPUT = 13, 14, 20
INPUTS = [0, *range(1, 9), -1, -1, -1, *range(9, 13), -1, -1, OUTPUT_STATE, CELL_STATE, -1, -1, -1, -1]


def lstm(name, shape=(1, 5, 3), cells=4, *, scale_x=0.02, zero_x=-3, scale_h=0.008, weight=0.02,
         cell=2.0**-11, time_major=False, clip=0.0, hidden=None):  # fmt: skip
    """Random weights; ``weight`` is their scale, which decides how far the gates go."""
    random = rng_of(name)
    state = quantization([scale_h])
    batches = shape[1 if time_major else 0]
    sizes = [(cells, shape[2])] * 4 + [(cells, cells)] * 4
    arrays = [random.integers(-127, 128, size).astype(np.int8) for size in sizes]
    arrays += [random.integers(-3000, 3000, cells).astype(np.int32) for _ in range(4)]
    names = [f"weights{i}" for i in range(8)]
    tensors = [
        tensor("x", shape, quant=quantization([scale_x], [zero_x])),
        *(tensor(n, s, buffer=i + 1, quant=quantization([weight * (1 + i / 8)]))
          for i, (n, s) in enumerate(zip(names, sizes, strict=True))),
        *(tensor(f"bias{i}", [cells], "INT32", buffer=9 + i) for i in range(4)),
        tensor("output_state", [batches, cells], quant=state, IsVariable=True),
        tensor("cell_state", [batches, cells], "INT16", quant=quantization([cell]), IsVariable=True),
        *(tensor(f"gate{i}", [0], "FLOAT32") for i in range(4)),
        tensor("hidden", [0], quant=quantization([hidden or scale_h])),
        tensor("y", [*shape[:2], cells], quant=state),
    ]  # fmt: skip
    options = Table(
        "UnidirectionalSequenceLSTMOptions", FusedActivationFunction=4, CellClip=clip, TimeMajor=time_major
    )
    node = Node("UNIDIRECTIONAL_SEQUENCE_LSTM", INPUTS, [OUTPUT])
    written = Table(
        "Operator",
        OpcodeIndex=0,
        Inputs=ints(INPUTS),
        Outputs=ints([OUTPUT]),
        BuiltinOptionsType=71,
        BuiltinOptions=options,
        Intermediates=ints([15, 16, 17, 18, 19]),
    )
    root = model([operator_code(node.kind)], tensors, [written], [0], [OUTPUT], arrays)
    described = [T("x", shape, "int8", scale_x, zero_x), *[None] * (OUTPUT - 1)]
    described.append(T("y", (*shape[:2], cells), "int8", scale_h))
    feeds = feeds_of(name, described[:1])
    return StateCase(node.kind, name, tuple(described), node, (0,), feeds, root=root)


LSTMS = [
    lstm("one_batch"),
    lstm("one_step", (1, 1, 2), 1),
    lstm("three_batches", (3, 2, 4), 3),
    lstm("time_major", (2, 3, 4), 3, time_major=True),
    lstm("long", (1, 40, 8), 8, weight=0.005),
    lstm("saturated_gates", weight=0.4),
    lstm("small_gates", weight=0.0005),
    lstm("no_zero_point", zero_x=0),
    lstm("zero_point_at_limit", zero_x=-128),
    lstm("clipped_cell", clip=0.4),
    lstm("clip_beyond_the_state", clip=1e9),
    lstm("finest_cell", cell=2.0**-15),
    lstm("coarsest_cell", (1, 30, 3), cell=2.0**-9, weight=0.2),
    lstm("other_hidden_scale", hidden=0.004),
    lstm("wide", (1, 4, 17), 33, scale_x=0.1),
]
