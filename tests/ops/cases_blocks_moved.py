"""Cases of resizing, padding, repetition, gathers, blocks, and the transposed convolution."""

import numpy as np
from case_model import case, rng_of
from cases_movement import ints, moved
from tflite_builder import Node, T

MODES = {
    "plain": {},
    "aligned": {"AlignCorners": True},
    "half_pixel": {"HalfPixelCenters": True},
}


def resize(kind, name, x, size, mode):
    """A resizing operator."""
    y = (x[0], *size, x[3])
    options = "ResizeNearestNeighborOptions" if "NEAREST" in kind else "ResizeBilinearOptions"
    return moved(kind, f"{name}_{mode}", x, [y], [size], options, MODES[mode])


def resizes(kind):
    """Enlarged, shrunk, odd ratios, one element, for every mode."""
    return [
        resize(kind, name, x, size, mode)
        for mode in MODES
        for name, x, size in [
            ("twice", (1, 3, 4, 3), (6, 8)),
            ("odd", (2, 5, 4, 3), (13, 7)),
            ("smaller", (1, 9, 8, 2), (4, 3)),
            ("halves", (1, 6, 10, 1), (3, 4)),
            ("to_one", (1, 4, 3, 2), (1, 1)),
            ("from_one", (1, 1, 1, 3), (4, 5)),
            ("long", (1, 1, 37, 2), (1, 111)),
        ]
    ]


def mirror(name, x, paddings, mode):
    """MIRROR_PAD; mode 0 leaves the border out."""
    y = tuple(d + sum(p) for d, p in zip(x, paddings, strict=True))
    return moved("MIRROR_PAD", name, x, [y], [paddings], "MirrorPadOptions", {"Mode": mode})


MIRRORS = [
    mirror("reflect", (1, 4, 5, 3), [(0, 0), (1, 2), (3, 4), (0, 0)], 0),
    mirror("symmetric", (1, 4, 5, 3), [(0, 0), (4, 1), (2, 5), (0, 0)], 1),
    mirror("reflect_all", (2, 3, 4), [(1, 0), (2, 2), (0, 3)], 0),
    mirror("symmetric_rank_1", (3,), [(3, 2)], 1),
]


def padv2(name, shape, paddings, value):
    """PADV2 with a value of the output's scale."""
    y = tuple(d + sum(p) for d, p in zip(shape, paddings, strict=True))
    tensors = [
        T("x", shape, "int8", 0.1, 5),
        ints("p", paddings),
        T("v", (1,), "int8", 0.1, 5, data=np.array([value], np.int8)),
        T("y", y, "int8", 0.1, 5),
    ]
    return case("PADV2", name, tensors, Node("PADV2", [0, 1, 2], [3], "PadV2Options", {}, 2))


PADV2S = [
    padv2("smallest", (1, 4, 5, 3), [(0, 0), (1, 2), (3, 0), (0, 0)], -128),
    padv2("largest", (2, 3, 4), [(1, 1), (0, 1), (2, 0)], 127),
    padv2("zero_rank_1", (7,), [(2, 3)], 0),
]

TILES = [
    moved("TILE", name, x, [tuple(np.multiply(x, n))], [n], "", version=1)
    for name, x, n in [
        ("rows_and_channels", (1, 2, 3, 2), (1, 2, 1, 3)),
        ("all", (2, 2, 3), (2, 3, 2)),
        ("once", (2, 3), (1, 1)),
        ("vector", (5,), (4,)),
    ]
]


def gather(name, x, indices, axis, **more):
    """GATHER along one axis."""
    y = np.take(np.empty(x), indices, axis).shape
    return moved("GATHER", name, x, [y], [indices], "GatherOptions", {"Axis": axis}, **more)


GATHERS = [
    gather("rows", (1, 4, 3, 5), [3, 0, 0, 2], 1),
    gather("channels", (2, 3, 4), [2, 1], -1),
    gather("front", (5, 3), [4, 4, 1], 0),
    gather("table_of_indices", (2, 5, 3), [[0, 4], [2, 2], [1, 3]], 1),
    gather("one", (2, 3), 2, 1),
    gather("uint8", (4, 3), [1, 3], 0, dtype="uint8"),
]

DEPTHS = [
    *(
        moved("SPACE_TO_DEPTH", name, x, [(x[0], x[1] // b, x[2] // b, x[3] * b * b)], (),
              "SpaceToDepthOptions", {"BlockSize": b})
        for name, x, b in [("of_2", (1, 4, 6, 3), 2), ("of_3_batch_2", (2, 3, 6, 2), 3)]
    ),
    *(
        moved("DEPTH_TO_SPACE", name, x, [(x[0], x[1] * b, x[2] * b, x[3] // b // b)], (),
              "DepthToSpaceOptions", {"BlockSize": b}, version=1)
        for name, x, b in [("of_2", (1, 3, 2, 8), 2), ("of_3_batch_2", (2, 2, 3, 18), 3)]
    ),
]  # fmt: skip

# name, wide shape, block, margins
BLOCKS = [
    ("2x2", (1, 4, 6, 3), (2, 2), [(0, 0), (0, 0)]),
    ("padded", (1, 3, 5, 2), (2, 2), [(0, 1), (1, 0)]),
    ("padded_both", (2, 4, 5, 3), (3, 2), [(1, 4), (2, 1)]),
    ("wide_padding", (1, 1, 2, 2), (2, 3), [(4, 1), (3, 4)]),
    ("columns_only", (1, 2, 6, 4), (1, 3), [(0, 0), (0, 0)]),
    ("nothing", (2, 2, 3, 4), (1, 1), [(0, 0), (0, 0)]),
    ("rank_3", (2, 7, 3), (4,), [(3, 2)]),
]


def batches(kind, name, wide, block, margins):
    """SPACE_TO_BATCH_ND, or BATCH_TO_SPACE_ND back."""
    sizes = [(d + sum(m)) // b for d, m, b in zip(wide[1:-1], margins, block, strict=True)]
    narrow = (wide[0] * int(np.prod(block)), *sizes, wide[-1])
    x, y = (wide, narrow) if kind == "SPACE_TO_BATCH_ND" else (narrow, wide)
    options = "SpaceToBatchNDOptions" if kind == "SPACE_TO_BATCH_ND" else "BatchToSpaceNDOptions"
    return moved(kind, name, x, [y], [block, margins], options)


BATCHES = [batches(kind, *row) for kind in ("SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND") for row in BLOCKS]


def tconv(name, x, w, y, *, stride=(1, 1), padding="SAME", bias=True, channels=True, zero=7, dtype="int8",
          bias_dtype="int32"):  # fmt: skip
    """TRANSPOSE_CONV of output shape ``y``; per-channel or per-tensor weights."""
    random = rng_of(name)
    scales = np.exp(random.uniform(-6, -4, w[0])) if channels else np.array([0.013])
    weights = random.integers(-127, 128, w).astype(np.int8)
    tensors = [
        ints("shape", y),
        T("w", w, "int8", scales.tolist(), 0, 0, weights),
        T("x", x, dtype, 0.07, zero if dtype == "int8" else 0),
        T("b", (w[0],), bias_dtype, (scales * np.float32(0.07)).tolist(), 0, 0,
          random.integers(-2000, 2000, w[0]).astype(bias_dtype)),
        T("y", y, dtype, 0.11, -9 if dtype == "int8" else 0),
    ]  # fmt: skip
    fields = {"Padding": padding, "StrideH": stride[0], "StrideW": stride[1]}
    inputs = [0, 1, 2, 3] if bias else [0, 1, 2]
    node = Node("TRANSPOSE_CONV", inputs, [4], "TransposeConvOptions", fields, 3 if bias else 2)
    return case("TRANSPOSE_CONV", name, tensors, node)


TCONVS = [
    tconv("3x3_stride_2", (1, 4, 5, 3), (4, 3, 3, 3), (1, 8, 10, 4), stride=(2, 2)),
    tconv("3x3_stride_2_odd_output", (1, 4, 5, 3), (4, 3, 3, 3), (1, 7, 9, 4), stride=(2, 2)),
    tconv("4x4_stride_2_valid", (1, 3, 4, 2), (3, 4, 4, 2), (1, 8, 10, 3), stride=(2, 2), padding="VALID"),
    tconv("stride_1", (2, 5, 4, 3), (2, 3, 2, 3), (2, 5, 4, 2)),
    tconv("stride_1_valid", (1, 3, 3, 2), (2, 2, 3, 2), (1, 4, 5, 2), padding="VALID"),
    tconv("1x3_stride_1x2", (1, 1, 8, 6), (4, 1, 3, 6), (1, 1, 16, 4), stride=(1, 2)),
    tconv("stride_beyond_the_filter", (1, 3, 3, 2), (2, 1, 2, 2), (1, 9, 9, 2), stride=(3, 3)),
    tconv("no_bias", (1, 3, 3, 2), (2, 2, 2, 2), (1, 6, 6, 2), stride=(2, 2), bias=False),
    tconv("per_tensor", (1, 3, 3, 2), (2, 3, 3, 2), (1, 6, 6, 2), stride=(2, 2), channels=False),
    tconv("zero_point_minus_128", (1, 3, 3, 2), (2, 3, 3, 2), (1, 6, 6, 2), stride=(2, 2), zero=-128),
]

BLOCKS_MOVED = [
    *resizes("RESIZE_NEAREST_NEIGHBOR"),
    *MIRRORS,
    *PADV2S,
    *TILES,
    *GATHERS,
    *DEPTHS,
    *BATCHES,
    *TCONVS,
]
