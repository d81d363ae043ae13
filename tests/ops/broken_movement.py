"""Base cases of the operators that move elements, and changes that break each of their rules."""

import numpy as np
from graph_changes import attr, op, tensor

from edgeflow.ir.graph import Quant

SEVERAL_OUTPUTS = {"SPLIT", "SPLIT_V", "UNPACK"}
SEVERAL_INPUTS = ("CONCATENATION", "PACK")
ONE_OUTPUT = ("SLICE", "STRIDED_SLICE", "TRANSPOSE")
MOVEMENT_BASES = {
    "CONCATENATION": "channels",
    "EXPAND_DIMS": "front",
    "PACK": "middle",
    "SLICE": "block",
    "SPLIT": "channels_in_three",
    "SPLIT_V": "rows",
    "SQUEEZE": "all",
    "STRIDED_SLICE": "every_second_row",
    "TRANSPOSE": "rows_and_columns",
    "UNPACK": "middle",
}


def constant(tensor_id, *values, dtype=np.int32):
    """Another value of an integer constant."""
    data = np.array(values, dtype)
    return tensor(tensor_id, data=data, shape=data.shape, dtype=data.dtype.name)


RANK_6 = (1, 1, 1, 1, 1, 1)
FIVE = "one to five dimensions"
ONE_DTYPE = "Input and outputs have one element type"
MOVEMENT_BROKEN = [
    *((kind, tensor(0, shape=RANK_6), FIVE)
      for kind in (*SEVERAL_INPUTS, *ONE_OUTPUT, *sorted(SEVERAL_OUTPUTS))),
    *((kind, tensor(0, dtype="int16"), ONE_DTYPE) for kind in (*ONE_OUTPUT, "UNPACK")),
    *((kind, op(outputs=()), "at least one output") for kind in sorted(SEVERAL_OUTPUTS)),
    *((kind, op(inputs=(None,)), "at least one input") for kind in SEVERAL_INPUTS),
    *((kind, tensor(1, dtype="uint8"), "one element type") for kind in SEVERAL_INPUTS),
    *((kind, tensor(1, quant={"zero_points": (4,)}), "same scale") for kind in SEVERAL_INPUTS),
    *((kind, tensor(1, quant=Quant((0.2,), (3,))), "same scale") for kind in SEVERAL_INPUTS),
    ("CONCATENATION", attr(fused_activation_function="RELU"), "no fused activation"),
    ("CONCATENATION", attr(axis=2), "differ along the axis alone"),
    ("CONCATENATION", attr(axis=4), "differ along the axis alone"),
    ("CONCATENATION", tensor(1, shape=(1, 4, 5, 3)), "add up to the output's"),
    ("PACK", attr(axis=3), "their number as a new dimension"),
    ("PACK", tensor(2, shape=(6, 2)), "one shape"),
    ("UNPACK", attr(axis=2), "as many as the axis is long"),
    ("UNPACK", tensor(2, shape=(5, 2)), "input's shape without it"),
    ("UNPACK", op(inputs=(0, 0)), "one input and"),
    ("TRANSPOSE", tensor(1, data=None), "The new order stands in the model file"),
    ("TRANSPOSE", constant(1, 0, 2, 2, 3), "names each dimension once"),
    ("TRANSPOSE", constant(1, 0, 1, 2, 3), "is the input's in the new order"),
    ("SLICE", tensor(1, data=None), "Begin and size stand in the model file"),
    ("SLICE", constant(1, 0, 4, 3, 1), "the block lies inside the input"),
    ("SLICE", constant(2, 1, 3, 2, 0), "the block lies inside the input"),
    ("SLICE", constant(2, 1, 3, 2, 1), "The output has the block's size"),
    ("STRIDED_SLICE", tensor(2, data=None), "Begin, end and steps stand in the model file"),
    ("STRIDED_SLICE", constant(3, 1, 0, 1, 1), "no step is 0"),
    ("STRIDED_SLICE", constant(3, 1, 1), "one for each dimension"),
    ("STRIDED_SLICE", attr(ellipsis_mask=1), "no ellipsis"),
    ("STRIDED_SLICE", attr(new_axis_mask=1), "no ellipsis"),
    ("STRIDED_SLICE", attr(offset=True), "do not count from their begin"),
    ("STRIDED_SLICE", attr(end_mask=8), "The output has the slice's shape"),
    ("STRIDED_SLICE", constant(1, 0, 9, 0, 0), "none of it empty"),
    ("SPLIT", op(inputs=(0,)), "2 inputs and at least one output"),
    ("SPLIT", tensor(1, data=None), "The axis stands in the model file"),
    ("SPLIT", constant(1, 4), "exists in the input"),
    ("SPLIT", constant(1, 2), "equal parts of the input"),
    ("SPLIT", tensor(2, dtype="uint8"), "of its element type"),
    ("SPLIT_V", op(inputs=(0, 1)), "3 inputs and at least one output"),
    ("SPLIT_V", constant(2, -4), "exists in the input"),
    ("SPLIT_V", constant(1, 4, 3), "with the sizes that stand in the model file"),
    ("SPLIT_V", constant(1, -1, -1), "with the sizes that stand in the model file"),
    ("SPLIT_V", tensor(3, shape=(1, 4, 4)), "parts of the input"),
    ("EXPAND_DIMS", tensor(2, shape=(1, 3, 5)), "number of elements"),
    ("EXPAND_DIMS", tensor(1, data=None), "The new shape stands in the model file"),
    ("EXPAND_DIMS", tensor(2, shape=(3, 1, 4)), "the input's shape with a 1 at the axis"),
    ("SQUEEZE", tensor(1, shape=(3, 4, 1)), "without the given dimensions of 1"),
    ("SQUEEZE", attr(squeeze_dims=(1,)), "without the given dimensions of 1"),
    ("SQUEEZE", tensor(1, dtype="uint8"), "element type"),
]  # fmt: skip
