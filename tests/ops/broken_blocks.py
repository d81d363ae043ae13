"""Base cases of resizing, padding, repetition, gathers and blocks, and what breaks each rule."""

import numpy as np
from broken_movement import ONE_DTYPE, RANK_6, constant
from graph_changes import attr, op, per_channel, tensor

BLOCK_BASES = {
    "BATCH_TO_SPACE_ND": "padded",
    "DEPTH_TO_SPACE": "of_2",
    "GATHER": "rows",
    "MIRROR_PAD": "reflect",
    "PADV2": "smallest",
    "RESIZE_NEAREST_NEIGHBOR": "odd_plain",
    "SPACE_TO_BATCH_ND": "padded",
    "SPACE_TO_DEPTH": "of_2",
    "TILE": "rows_and_channels",
    "TRANSPOSE_CONV": "3x3_stride_2",
}
TABLES = ("GATHER", "MIRROR_PAD", "TILE")
DEPTHS = ("DEPTH_TO_SPACE", "SPACE_TO_DEPTH")
BATCHES = ("BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND")
W, X, B, Y = 1, 2, 3, 4  # tensor ids of TRANSPOSE_CONV
FULL = np.full(4, 2**31 - 1, np.int32)
HUGE = (1, 40000, 1, 1)
BLOCK_BROKEN = [
    *((kind, tensor(0, shape=RANK_6), "one to four dimensions") for kind in TABLES),
    *((kind, tensor(0, dtype="int16"), ONE_DTYPE) for kind in (*TABLES, *DEPTHS, "RESIZE_NEAREST_NEIGHBOR")),
    *((kind, tensor(0, shape=(2, 2)), "four dimensions") for kind in (*DEPTHS, "RESIZE_NEAREST_NEIGHBOR")),
    *((kind, tensor(0, shape=(1, 0, 2, 8)), "none empty") for kind in (*DEPTHS, *BATCHES)),
    ("RESIZE_NEAREST_NEIGHBOR", tensor(0, shape=HUGE), "of 1 to 32767 elements"),
    ("RESIZE_NEAREST_NEIGHBOR", tensor(1, data=None), "new height and width stand in the model file"),
    ("RESIZE_NEAREST_NEIGHBOR", constant(1, 7, 13), "are the output's"),
    ("TILE", tensor(1, data=None), "The repetitions stand"),
    ("TILE", constant(1, 1, 2, 1), "one for each dimension"),
    ("TILE", constant(1, 1, 2, 1, 2), "the repeated input's shape"),
    ("GATHER", attr(axis=4), "The axis exists"),
    ("GATHER", attr(batch_dims=1), "no batch dimensions"),
    ("GATHER", tensor(1, data=None), "The indices stand in the model file"),
    ("GATHER", constant(1, 3, 0, 4, 2), "exist along the axis"),
    ("GATHER", constant(1, 3, 0), "the indices' in place of the axis"),
    ("MIRROR_PAD", tensor(1, data=None), "The paddings are a constant"),
    ("MIRROR_PAD", tensor(2, shape=(1, 7, 12, 4)), "the padded input's shape"),
    ("MIRROR_PAD", attr(mode=2), "The mode is REFLECT or SYMMETRIC"),
    ("PADV2", tensor(0, dtype="uint8"), "The input and the output are int8"),
    ("PADV2", tensor(0, quant={"scales": (0.2,)}), "the same scale"),
    ("PADV2", tensor(1, data=None), "The paddings are a constant"),
    ("PADV2", tensor(3, shape=(1, 7, 8, 4)), "the padded input's shape"),
    ("PADV2", tensor(2, data=None), "The value is one element"),
    ("PADV2", tensor(2, quant={"zero_points": (0,)}), "of the output's type, scale and zero point"),
    ("SPACE_TO_DEPTH", attr(block_size=0), "The block divides height and width"),
    ("SPACE_TO_DEPTH", attr(block_size=3), "The block divides height and width"),
    ("DEPTH_TO_SPACE", attr(block_size=3), "The squared block divides the channels"),
    *((kind, tensor(0, dtype="uint8"), "The input and the output are int8") for kind in BATCHES),
    *((kind, tensor(0, quant={"zero_points": (0,)}), "the same scale") for kind in BATCHES),
    *((kind, tensor(1, data=None), "Block and margins stand in the model file") for kind in BATCHES),
    *((kind, constant(2, -1, 1, 1, 0), "Block and margins stand") for kind in BATCHES),
    *((kind, constant(1, 13, 5), "at most 64 positions") for kind in BATCHES),
    ("SPACE_TO_BATCH_ND", constant(2, 1, 1, 1, 0), "The block divides the padded input"),
    ("BATCH_TO_SPACE_ND", constant(2, 1, 1, 1, 0), "without the crops"),
    ("TRANSPOSE_CONV", op(inputs=(0, 1)), "3 to 4 inputs"),
    ("TRANSPOSE_CONV", tensor(X, dtype="int16"), "The input and the output are int8"),
    ("TRANSPOSE_CONV", tensor(X, shape=(4, 5, 3)), "four dimensions (batch"),
    ("TRANSPOSE_CONV", tensor(W, data=None), "The weights are an int8 array"),
    ("TRANSPOSE_CONV", tensor(W, quant={"zero_points": (1,) * 4}), "zero points are 0"),
    ("TRANSPOSE_CONV", constant(0, 1, 8, 9, 4), "is the output tensor's"),
    ("TRANSPOSE_CONV", tensor(W, shape=(4, 3, 9)), "the output's and the input's channels first and last"),
    ("TRANSPOSE_CONV", tensor(W, quant=per_channel(0.1, 0.1, 0.1, axis=3)), "one scale for each"),
    ("TRANSPOSE_CONV", tensor(B, dtype="int64"), "The bias, if there is one"),
    ("TRANSPOSE_CONV", tensor(B, quant=per_channel(0.5)), "The bias scale is"),
    ("TRANSPOSE_CONV", attr(fused_activation_function="TANH"), "The fused activation is"),
    ("TRANSPOSE_CONV", attr(stride_h=0), "strides and dilations are at least 1"),
    ("TRANSPOSE_CONV", attr(stride_h=3), "has the input's shape"),
    ("TRANSPOSE_CONV", tensor(Y, quant={"scales": (1e-20,)}), "less than 2**30 times"),
    ("TRANSPOSE_CONV", tensor(B, data=FULL), "overflow"),
]
