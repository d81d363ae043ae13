"""Cases of comparisons, selection, products of matrices, sums, and reversed dimensions."""

from dataclasses import replace

import numpy as np
from case_model import case, sweep
from cases_blocks import ALL_PAIRS, mean
from cases_movement import moved
from cases_pairs import BROADCASTS, NO_ZEROS, SQUARE
from tflite_builder import Node, T

COMPARISONS = ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")


def compare(kind, name, left=SQUARE, right=SQUARE, *, scales=(0.1, 0.07), zeros=(3, -5)):
    """A comparison of two shapes."""
    y = np.broadcast_shapes(left, right)
    tensors = [
        T("a", left, "int8", scales[0], zeros[0]),
        T("b", right, "int8", scales[1], zeros[1]),
        T("y", y, "bool"),
    ]
    feeds = (ALL_PAIRS,) if left == right == SQUARE else None
    return case(kind, name, tensors, Node(kind, [0, 1], [2], "", {}, 2), feeds)


COMPARED = [
    *(
        compare(kind, name, **more)
        for kind in COMPARISONS
        for name, more in [
            ("same_scale_all_pairs", {"scales": (0.5, 0.5), "zeros": NO_ZEROS}),
            ("uneven_scales_all_pairs", {}),
            ("halves_round_together", {"scales": (2.0**-9, 2.0**-10), "zeros": NO_ZEROS}),
            ("zero_points_at_limits", {"zeros": (-128, 127), "scales": (0.99, 0.01)}),
            ("nothing_left_of_a_tiny_scale", {"scales": (1e-12, 0.002)}),
        ]
    ),
    *(compare("GREATER", name, left, right) for name, left, right in BROADCASTS),
]


def select(kind, name, flags, left, right, dtype="int8"):
    """SELECT or SELECT_V2; the scales differ, as nobody asks for equal ones."""
    y = np.broadcast_shapes(left, right) if kind == "SELECT" else np.broadcast_shapes(flags, left, right)
    scaled = dtype in {"int8", "uint8"}
    tensors = [
        T("c", flags, "bool"),
        T("a", left, dtype, 0.1 if scaled else None, 3 if scaled else 0),
        T("b", right, dtype, 0.2 if scaled else None, -5 if dtype == "int8" else 0),
        T("y", y, dtype, 0.1 if scaled else None, 3 if scaled else 0),
    ]
    feeds = None
    if not scaled:
        values = [(np.arange(np.prod(shape, dtype=int)) - 7).astype(dtype) for shape in (left, right)]
        both = (values[0].reshape(left) * 3, values[1].reshape(right))
        feeds = tuple((sweep(flags, step, np.bool_), *both) for step in (1, 2))
    return case(kind, name, tensors, Node(kind, [0, 1, 2], [3], "", {}, 1), feeds)


ELEMENTS = (2, 3, 4, 5)
SELECTS = [
    select("SELECT", "same_shape", ELEMENTS, ELEMENTS, ELEMENTS),
    select("SELECT", "scalar_condition", (), ELEMENTS, ELEMENTS),
    select("SELECT", "first_dimension", (4,), (4, 3, 2), (4, 3, 2)),
    *(select("SELECT", dtype, (9,), (9,), (9,), dtype) for dtype in ("uint8", "int16", "int32")),
    select("SELECT_V2", "same_shape", ELEMENTS, ELEMENTS, ELEMENTS),
    select("SELECT_V2", "rows", (1, 3, 1, 1), ELEMENTS, ELEMENTS),
    select("SELECT_V2", "one_element_else", ELEMENTS, ELEMENTS, ()),
    select("SELECT_V2", "all_repeated", (2, 1, 1), (1, 3, 1), (1, 1, 4)),
    select("SELECT_V2", "int32", (3, 1), (3, 4), (1,), "int32"),
]


def matmul(name, left, right, *, transposed=(False, False), scales=(0.1, 0.07, 0.5), zeros=(3, -5, 10),
           data=None):  # fmt: skip
    """BATCH_MATMUL; ``data`` makes the right matrix a constant."""
    rows = left[-1] if transposed[0] else left[-2]
    columns = right[-2] if transposed[1] else right[-1]
    y = (*np.broadcast_shapes(left[:-2], right[:-2]), rows, columns)
    tensors = [
        T("a", left, "int8", scales[0], zeros[0]),
        T("b", right, "int8", scales[1], zeros[1], 0, data),
        T("y", y, "int8", scales[2], zeros[2]),
    ]
    fields = {"AdjX": transposed[0], "AdjY": transposed[1]}
    return case(
        "BATCH_MATMUL", name, tensors, Node("BATCH_MATMUL", [0, 1], [2], "BatchMatMulOptions", fields, 2)
    )


MATMULS = [
    matmul("plain", (5, 6), (6, 4)),
    matmul("transposed_left", (6, 5), (6, 4), transposed=(True, False)),
    matmul("transposed_right", (5, 6), (4, 6), transposed=(False, True)),
    matmul("transposed_both", (6, 5), (4, 6), transposed=(True, True)),
    matmul("constant", (2, 5, 6), (6, 4), data=sweep((6, 4), 77)),
    matmul("constant_transposed", (1, 5, 6), (1, 4, 6), transposed=(False, True), data=sweep((1, 4, 6), 77)),
    matmul("batches", (3, 5, 6), (3, 6, 4)),
    matmul("batches_repeated", (3, 1, 5, 6), (1, 2, 6, 4)),
    matmul("attention", (1, 4, 7, 8), (1, 4, 7, 8), transposed=(False, True)),
    matmul("rank_5", (2, 1, 2, 3, 4), (3, 1, 4, 2)),
    matmul("row_by_column", (1, 1, 40), (1, 40, 1), scales=(0.1, 0.07, 3.0)),
    matmul("halves", (16, 1), (1, 16), scales=(1.0, 1.0, 2.0), zeros=NO_ZEROS),
    matmul("product_rounded_in_float32", (16, 1), (1, 16),
           scales=(0.1, 0.7, 2 * float(np.float32(0.1) * np.float32(0.7))), zeros=NO_ZEROS),
    matmul("zero_points_at_limits", (3, 50), (50, 3), zeros=(-128, 127, -128), scales=(0.1, 0.07, 9.0)),
    matmul("left_shift", (3, 4), (4, 3), scales=(1.0, 1.0, 0.001)),
]  # fmt: skip


def total(name, x, axes, *, scales, zeros=(4, -7), keep=False):
    """SUM of 2**n elements, for which MEAN to that part of the output scale has the same factor."""
    count = int(np.prod([x[axis] for axis in axes]))
    assert count & (count - 1) == 0
    same = mean(name, x, axes, scales=(scales[0], scales[1] / count), zeros=zeros, keep=keep)
    [source, places, output] = same.tensors
    tensors = (source, places, replace(output, scale=scales[1]))
    return replace(same, kind="SUM", tensors=tensors, node=replace(same.node, kind="SUM"), reference=same)


SUMS = [
    total("global", (1, 4, 8, 5), [1, 2], scales=(0.05, 1.6)),
    total("keep", (2, 4, 4, 3), [1, 2], scales=(0.05, 0.3), keep=True),
    total("channels", (3, 5, 8), [2], scales=(0.1, 0.2)),
    total("equal_scales", (7, 2), [1], scales=(0.5, 0.5), zeros=(0, 0)),
    total("halves", (256, 2), [1], scales=(0.5, 1.0), zeros=(0, 0)),
    total("everything_finer", (2, 4), [0, 1], scales=(0.5, 0.01)),
]


def reverse(name, x, axes, dtype="uint8"):
    """REVERSE_V2; the reference has no int8, but moves bytes in any type."""
    return moved("REVERSE_V2", name, x, [x], [axes], dtype=dtype, version=1)


REVERSES = [
    reverse("rows", (2, 3, 4, 5), [1]),
    reverse("channels", (2, 3, 4, 5), [-1]),
    reverse("batch", (3, 4), [0]),
    reverse("vector", (9,), [0]),
    reverse("one_element", (1, 1), [1]),
    reverse("int16", (2, 5, 3), [1], "int16"),
    reverse("int32", (2, 5, 3), [2], "int32"),
]
CHOSEN = [*COMPARED, *SELECTS, *MATMULS, *SUMS, *REVERSES]
