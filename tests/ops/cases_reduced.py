"""Cases of the largest and smallest values, their places, and bilinear resizing."""

import numpy as np
from case_model import case
from cases_blocks_moved import resizes
from cases_movement import ints
from tflite_builder import Node, T


def reduce(kind, name, x, axes, *, keep=False, zero=4):
    """REDUCE_MAX or REDUCE_MIN."""
    positive = {a % len(x) for a in axes}
    y = tuple(1 if i in positive else d for i, d in enumerate(x) if keep or i not in positive)
    tensors = [T("x", x, "int8", 0.05, zero), ints("axes", axes), T("y", y, "int8", 0.05, zero)]
    return case(kind, name, tensors, Node(kind, [0, 1], [2], "ReducerOptions", {"KeepDims": keep}, 2))


def arg(kind, name, x, axis):
    """ARG_MAX or ARG_MIN; the sweeps of the input sets have ties."""
    y = x[: axis % len(x)] + x[axis % len(x) + 1 :]
    options = {"ARG_MAX": "ArgMaxOptions", "ARG_MIN": "ArgMinOptions"}[kind]
    tensors = [T("x", x, "int8", 0.05, -7), ints("axis", axis), T("y", y, "int32")]
    field = {"OutputType": 2}  # int32
    return case(kind, name, tensors, Node(kind, [0, 1], [2], options, field, 2), ties(x))


def ties(x):
    """Every value twice and more, and extremes at the ends."""
    count = int(np.prod(x))
    rows = [
        np.arange(count) % 3,
        -(np.arange(count) % 5),
        np.full(count, -128),
        np.arange(count) * 77 % 256 - 128,
    ]
    return tuple((row.astype(np.int8).reshape(x),) for row in rows)


REDUCED = [
    *(
        reduce(kind, name, x, axes, keep=keep)
        for kind in ("REDUCE_MAX", "REDUCE_MIN")
        for name, x, axes, keep in [
            ("global", (2, 5, 6, 3), [1, 2], False),
            ("keep", (2, 5, 6, 3), [1, 2], True),
            ("channels", (1, 4, 5, 7), [-1], False),
            ("batch_and_width", (2, 3, 5, 4), [0, 2], False),
            ("everything", (2, 3, 4), [0, 1, 2], False),
            ("rank_1", (11,), [0], True),
        ]
    ),
    *(
        arg(kind, name, x, axis)
        for kind in ("ARG_MAX", "ARG_MIN")
        for name, x, axis in [
            ("channels", (1, 4, 4, 6), 3),
            ("rows", (2, 5, 3), 1),
            ("last", (3, 9), -1),
            ("vector", (12,), 0),
        ]
    ),
    *resizes("RESIZE_BILINEAR"),
]
