"""Base case of SVDF, and changes that break each of its rules."""

import numpy as np
from graph_changes import attr, op, tensor

DEPTH = 2**17


def wide(graph):
    """So many inputs that a feature's sum may leave int32."""
    weights = np.full((8, DEPTH), 127, np.int8)
    return tensor(1, shape=weights.shape, data=weights)(tensor(0, shape=(1, DEPTH))(graph))


SVDF_BASES = {"SVDF": "rank_2"}
SVDF_BROKEN = [
    ("SVDF", change, words)
    for change, words in (
        (op(inputs=(0, 1, 2, 3)), "five inputs"),
        (op(inputs=(0, None, 2, 3, 4)), "five inputs"),
        (attr(fused_activation_function="RELU6"), "The activation is RELU"),
        (tensor(0, dtype="int16"), "The input and the output are int8"),
        (tensor(5, quant={"zero_points": (0,)}), "the output's being -128"),
        (attr(rank=0), "The rank divides the filters"),
        (attr(rank=3), "The rank divides the filters"),
        (tensor(5, shape=(1, 8)), "The rank divides the filters"),
        (tensor(1, data=None), "The weights are constants"),
        (tensor(2, dtype="int8"), "The weights are constants"),
        (tensor(2, shape=(4, 6)), "The weights are constants"),
        (tensor(1, quant={"zero_points": (1,)}), "The weights are constants"),
        (tensor(3, shape=(8,)), "The bias, if there is one"),
        (tensor(3, dtype="int64"), "The bias, if there is one"),
        (op(updates=()), "The state is an int16 variable"),
        (tensor(4, shape=(1, 12)), "The state is an int16 variable"),
        (tensor(4, quant={"zero_points": (1,)}), "The state is an int16 variable"),
        (tensor(4, quant={"scales": (1e-20,)}), "less than 2**30"),
        (wide, "overflow int32"),
    )
]
