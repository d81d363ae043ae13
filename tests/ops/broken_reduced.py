"""Base cases of reductions and bilinear resizing, and changes that break each of their rules."""

from broken_movement import RANK_6, constant
from graph_changes import tensor

REDUCED_BASES = {
    **dict.fromkeys(("REDUCE_MAX", "REDUCE_MIN"), "global"),
    **dict.fromkeys(("ARG_MAX", "ARG_MIN"), "channels"),
    "RESIZE_BILINEAR": "odd_plain",
}
INT8 = "The input and the output are int8"


def wide(graph):
    """An output too wide for 10-bit fractions."""
    return tensor(2, shape=(2, 13, 1025, 3))(constant(1, 13, 1025)(graph))


REDUCED_BROKEN = [
    *((kind, tensor(0, dtype="uint8"), INT8) for kind in ("REDUCE_MAX", "REDUCE_MIN", "RESIZE_BILINEAR")),
    *((kind, tensor(0, quant={"scales": (0.2,)}), "same scale") for kind in ("REDUCE_MAX", "REDUCE_MIN")),
    *((kind, tensor(1, data=None), "stand in the model file") for kind in ("REDUCE_MAX", "REDUCE_MIN")),
    *((kind, tensor(2, shape=(3,)), "lacks the reduced") for kind in ("REDUCE_MAX", "REDUCE_MIN")),
    *((kind, tensor(2, dtype="int64"), "the output int32") for kind in ("ARG_MAX", "ARG_MIN")),
    *((kind, tensor(0, shape=RANK_6), "one to five dimensions") for kind in ("ARG_MAX", "ARG_MIN")),
    *((kind, constant(1, 4), "exists in the input") for kind in ("ARG_MAX", "ARG_MIN")),
    *((kind, constant(1, 0), "shape without the axis") for kind in ("ARG_MAX", "ARG_MIN")),
    ("RESIZE_BILINEAR", tensor(0, shape=(4, 3)), "four dimensions"),
    ("RESIZE_BILINEAR", tensor(0, shape=(2, 0, 4, 3)), "none empty"),
    ("RESIZE_BILINEAR", tensor(1, data=None), "new height and width stand in the model file"),
    ("RESIZE_BILINEAR", wide, "at most 1024"),
]
