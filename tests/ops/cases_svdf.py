"""Cases of SVDF; the input sets of a case run in sequence, the state is kept."""

import numpy as np
from case_model import feeds_of, rng_of
from cases_state import StateCase
from flat_models import Table, model, operator, operator_code, quantization, tensor
from tflite_builder import Node, T

# Tensor ids of the cases: 0 input, 1 feature weights, 2 time weights, 3 bias, 4 state, 5 output.
INPUTS = [0, 1, 2, 3, 4]


def svdf(name, batches=1, depth=5, units=4, rank=1, memory=3, *, scale_x=0.05, zero_x=-7, scale_state=0.004,
         scale_w=0.01, scale_t=0.0001, scale_y=0.03, bias=True, largest=20000):  # fmt: skip
    """Random weights; ``largest`` is that of the times' weights."""
    random = rng_of(name)
    filters = units * rank
    arrays = [
        random.integers(-127, 128, (filters, depth)).astype(np.int8),
        random.integers(-largest, largest, (filters, memory)).astype(np.int16),
        random.integers(-3000, 3000, units).astype(np.int32),
    ]
    tensors = [
        tensor("x", [batches, depth], quant=quantization([scale_x], [zero_x])),
        tensor("features", [filters, depth], buffer=1, quant=quantization([scale_w])),
        tensor("times", [filters, memory], "INT16", buffer=2, quant=quantization([scale_t])),
        tensor("bias", [units], "INT32", buffer=3, quant=quantization([scale_state * scale_t])),
        tensor("state", [batches, filters * memory], "INT16", quant=quantization([scale_state]),
               IsVariable=True),
        tensor("y", [batches, units], quant=quantization([scale_y], [-128])),
    ]  # fmt: skip
    inputs = INPUTS if bias else [0, 1, 2, -1, 4]
    node = Node("SVDF", inputs, [5])
    options = Table("SVDFOptions", Rank=rank, FusedActivationFunction=1)
    root = model([operator_code("SVDF", 3)], tensors, [operator(0, inputs, [5], options)], [0], [5], arrays)
    described = [T("x", (batches, depth), "int8", scale_x, zero_x), *[None] * 4, T("y", (batches, units))]
    return StateCase("SVDF", name, tuple(described), node, (0,), feeds_of(name, described[:1]), root=root)


SVDFS = [
    svdf("rank_1"),
    svdf("rank_2", rank=2, largest=5000),
    svdf("rank_3", units=3, rank=3, memory=2, largest=5000),
    svdf("two_batches", 2, units=3, rank=2, largest=5000),
    svdf("one_value_remembered", memory=1),
    svdf("long_memory", memory=32, largest=2000),
    svdf("sums_wrap_around", memory=32, scale_state=0.00002, largest=32767),
    svdf("no_bias", bias=False),
    svdf("saturated_state", scale_state=0.00002),
    svdf("saturated_output", scale_y=0.0004),
    svdf("coarse_output", scale_y=3.0),
    svdf("zero_point_at_limit", zero_x=-128),
]
