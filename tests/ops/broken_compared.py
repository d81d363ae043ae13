"""Base cases of comparisons, selection, products of matrices and sums, and what breaks each rule."""

from broken_movement import ONE_DTYPE, RANK_6, constant
from cases_compared import COMPARISONS
from graph_changes import attr, tensor

COMPARED_BASES = {
    **dict.fromkeys(COMPARISONS, "zero_points_at_limits"),
    "SELECT": "first_dimension",
    "SELECT_V2": "rows",
    "BATCH_MATMUL": "batches_repeated",
    "SUM": "global",
    "REVERSE_V2": "rows",
}
SELECTS = ("SELECT", "SELECT_V2")
COMPARED_BROKEN = [
    *((kind, tensor(2, dtype="int8"), "the output is bool") for kind in COMPARISONS),
    *((kind, tensor(1, dtype="uint8"), "Both inputs are int8") for kind in COMPARISONS),
    *((kind, tensor(0, shape=(7,)), "broadcast to the output's shape") for kind in COMPARISONS),
    *((kind, tensor(0, quant={"scales": (1.0,)}), "less than 1") for kind in COMPARISONS),
    *((kind, tensor(1, quant={"scales": (3e38,)}), "less than 1") for kind in COMPARISONS),
    *((kind, tensor(0, dtype="int8"), "The condition is bool") for kind in SELECTS),
    *((kind, tensor(2, dtype="uint8"), "one element type") for kind in SELECTS),
    ("SELECT", tensor(1, shape=(4, 3)), "Both inputs have the output's shape"),
    ("SELECT", tensor(0, shape=(3,)), "as long as the first dimension"),
    ("SELECT", tensor(0, shape=(4, 1, 1)), "as long as the first dimension"),
    ("SELECT_V2", tensor(0, shape=(7, 1)), "broadcast to the output's shape"),
    ("SELECT_V2", tensor(3, shape=(3, 3, 4, 5)), "broadcast to the output's shape"),
    ("BATCH_MATMUL", tensor(1, dtype="int16"), "Both inputs and the output are int8"),
    ("BATCH_MATMUL", tensor(0, shape=(6,)), "two to five dimensions"),
    ("BATCH_MATMUL", tensor(0, shape=(1, 1, 3, 1, 5, 6)), "two to five dimensions"),
    ("BATCH_MATMUL", tensor(0, shape=(3, 2, 5, 7)), "the product of the inputs' matrices"),
    ("BATCH_MATMUL", tensor(0, shape=(3, 3, 5, 6)), "the product of the inputs' matrices"),
    ("BATCH_MATMUL", attr(adj_y=True), "the product of the inputs' matrices"),
    ("BATCH_MATMUL", tensor(2, quant={"scales": (1e-12,)}), "less than 2**30 times the output scale"),
    ("BATCH_MATMUL", tensor(2, quant={"scales": (1e-44,)}), "less than 2**30 times the output scale"),
    ("SUM", tensor(0, dtype="uint8"), "The input and the output are int8"),
    ("SUM", tensor(1, data=None), "stand in the model file"),
    ("SUM", tensor(2, shape=(1, 1, 1, 5)), "lacks the reduced dimensions"),
    ("SUM", tensor(2, quant={"scales": (1e-12,)}), "less than 2**30 times"),
    ("REVERSE_V2", tensor(0, dtype="int16"), ONE_DTYPE),
    ("REVERSE_V2", tensor(0, shape=RANK_6), "one to five dimensions"),
    ("REVERSE_V2", tensor(2, shape=(2, 3, 5, 4)), "The output has the input's shape"),
    ("REVERSE_V2", tensor(1, data=None), "stand in the model file"),
    ("REVERSE_V2", constant(1, 4), "exist in the input"),
    ("REVERSE_V2", constant(1, 1, -3), "named once"),
]
