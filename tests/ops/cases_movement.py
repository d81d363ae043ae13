"""Cases of the operators that only move elements."""

import numpy as np
from case_model import case, rng_of
from tflite_builder import Node, T


def ints(name, values):
    """A constant list of int32."""
    return T(name, np.shape(values), "int32", data=np.array(values, np.int32))


def moved(
    kind, name, x, outputs, constants=(), options="", fields=None, *, dtype="int8", version=2, order=None
):
    """One data input, int32 constants after it, any number of outputs; ``order`` permutes the inputs."""
    scale = 0.1 if dtype in {"int8", "uint8"} else None
    tensors = [T("x", x, dtype, scale, 3), *(ints(f"c{i}", values) for i, values in enumerate(constants))]
    inputs = order or list(range(len(tensors)))
    first = len(tensors)
    tensors += [T(f"y{i}", y, dtype, scale, 3) for i, y in enumerate(outputs)]
    feeds = None
    if scale is None:
        random = rng_of(name)
        feeds = tuple((random.integers(-(2**31), 2**31, x).astype(dtype),) for _ in range(2))
    node = Node(kind, inputs, list(range(first, len(tensors))), options, fields or {}, version)
    return case(kind, name, tensors, node, feeds)


def transpose(name, x, order, **more):
    """TRANSPOSE."""
    y = tuple(x[axis] for axis in order)
    return moved("TRANSPOSE", name, x, [y], [order], "TransposeOptions", **more)


TRANSPOSES = [
    transpose("rows_and_columns", (1, 4, 5, 3), (0, 2, 1, 3)),
    transpose("channels_first", (2, 4, 5, 3), (0, 3, 1, 2)),
    transpose("channels_last", (2, 3, 4, 5), (0, 2, 3, 1)),
    transpose("reversed", (2, 3, 4, 5), (3, 2, 1, 0)),
    transpose("rank_2", (5, 7), (1, 0)),
    transpose("rank_5", (2, 3, 4, 2, 3), (4, 2, 0, 3, 1)),
    transpose("nothing", (2, 3, 4), (0, 1, 2)),
    transpose("one_element", (1, 1), (1, 0)),
    transpose("uint8", (4, 6), (1, 0), dtype="uint8"),
    transpose("int32_of_rank_3", (3, 4, 5), (2, 0, 1), dtype="int32"),
    transpose("int32", (3, 4), (1, 0), dtype="int32"),
]


def several(kind, name, shapes, y, options, fields, constant=()):
    """Several data inputs and one output; ``constant`` names inputs that stand in the file."""
    random = rng_of(name)
    tensors = []
    for i, shape in enumerate(shapes):
        data = random.integers(-128, 128, shape).astype(np.int8) if i in constant else None
        tensors.append(T(f"x{i}", shape, "int8", 0.1, 3, data=data))
    tensors.append(T("y", y, "int8", 0.1, 3))
    count = len(shapes)
    return case(kind, name, tensors, Node(kind, list(range(count)), [count], options, fields, 2))


def concat(name, shapes, axis, constant=()):
    """CONCATENATION."""
    y = np.concatenate([np.empty(shape) for shape in shapes], axis).shape
    return several("CONCATENATION", name, shapes, y, "ConcatenationOptions", {"Axis": axis}, constant)


CONCATENATIONS = [
    concat("channels", [(1, 4, 5, 3), (1, 4, 5, 2)], 3),
    concat("channels_from_the_back", [(2, 4, 5, 3), (2, 4, 5, 2)], -1),
    concat("rows_of_three", [(1, 1, 3, 4), (1, 5, 3, 4), (1, 2, 3, 4)], 1),
    concat("columns", [(2, 3, 1, 2), (2, 3, 4, 2)], 2),
    concat("batch", [(1, 3, 2), (2, 3, 2)], 0),
    concat("rank_1", [(3,), (1,), (4,)], 0),
    concat("rank_5", [(1, 2, 3, 2, 2), (1, 2, 1, 2, 2)], 2),
    concat("one_input", [(2, 3)], 1),
    concat("with_a_constant", [(1, 4, 3), (1, 4, 2)], 2, constant={1}),
]


def pack(name, shape, count, axis, constant=()):
    """PACK."""
    y = np.stack([np.empty(shape)] * count, axis).shape
    fields = {"ValuesCount": count, "Axis": axis}
    return several("PACK", name, [shape] * count, y, "PackOptions", fields, constant)


PACKS = [
    pack("front", (2, 3), 2, 0),
    pack("middle", (2, 6), 3, 1),
    pack("back", (2, 3, 2), 2, -1),
    pack("vectors", (5,), 2, 1, constant={0}),
    pack("one", (4, 3), 1, 0),
]


def unpack(name, shape, axis):
    """UNPACK."""
    axis_front = axis % len(shape)
    y = shape[:axis_front] + shape[axis_front + 1 :]
    fields = {"Num": shape[axis], "Axis": axis}
    return moved("UNPACK", name, shape, [y] * shape[axis], (), "UnpackOptions", fields)


UNPACKS = [
    unpack("middle", (2, 3, 5), 1),
    unpack("front", (4, 3), 0),
    unpack("back", (2, 3, 4), -1),
    unpack("one", (1, 6), 0),
]


def split(name, x, count, axis, **more):
    """SPLIT; the axis comes before the data."""
    y = np.split(np.empty(x), count, axis)[0].shape
    fields = {"NumSplits": count}
    return moved("SPLIT", name, x, [y] * count, [axis], "SplitOptions", fields, order=[1, 0], **more)


SPLITS = [
    split("channels_in_three", (1, 4, 4, 9), 3, 3),
    split("rows", (2, 6, 3, 2), 2, 1),
    split("last_of_rank_2", (2, 8), 4, -1),
    split("batch", (4, 3), 2, 0),
    split("one", (2, 3), 1, 1),
]


def split_v(name, x, sizes, axis, given=None):
    """SPLIT_V; ``given`` are the sizes in the file where one is -1."""
    ends = np.cumsum(sizes)[:-1]
    outputs = [part.shape for part in np.split(np.empty(x), ends, axis)]
    fields = {"NumSplits": len(sizes)}
    return moved("SPLIT_V", name, x, outputs, [given or sizes, axis], "SplitVOptions", fields)


SPLIT_VS = [
    split_v("rows", (1, 7, 4), [5, 2], 1),
    split_v("channels", (2, 3, 9), [1, 6, 2], -1),
    split_v("rest", (2, 3, 9), [1, 6, 2], 2, given=[1, -1, 2]),
    split_v("batch", (5, 3), [1, 4], 0),
]


def slice_of(name, x, begin, size, **more):
    """SLICE."""
    y = tuple(d - b if s == -1 else s for d, b, s in zip(x, begin, size, strict=True))
    return moved("SLICE", name, x, [y], [begin, size], "SliceOptions", **more)


SLICES = [
    slice_of("block", (1, 6, 7, 5), (0, 2, 3, 1), (1, 3, 2, 2)),
    slice_of("to_the_end", (2, 6, 7, 5), (1, 2, 0, 4), (-1, -1, 7, -1)),
    slice_of("everything", (2, 3), (0, 0), (2, 3)),
    slice_of("rank_1", (9,), (4,), (3,)),
    slice_of("rank_5", (2, 3, 2, 3, 4), (1, 0, 1, 1, 2), (1, 2, 1, 2, 1)),
    slice_of("int32", (4, 6), (1, 2), (2, 3), dtype="int32"),
]

MASKS = {"from_start": "BeginMask", "to_end": "EndMask", "shrink": "ShrinkAxisMask"}


def strided(name, x, begin, end, step, y, **masks):
    """STRIDED_SLICE; ``y`` is written by hand."""
    fields = {MASKS[key]: value for key, value in masks.items()}
    return moved("STRIDED_SLICE", name, x, [y], [begin, end, step], "StridedSliceOptions", fields)


STRIDED_SLICES = [
    strided("every_second_row", (1, 9, 11, 5), (0, 1, 0, 0), (1, 9, 11, 3), (1, 2, 1, 1), (1, 4, 11, 3)),
    strided("masks", (2, 5, 6), (1, 3, 2), (1, 4, 5), (1, 1, 1), (2, 4, 3), from_start=0b011, to_end=0b001),
    strided("from_the_back", (1, 8, 3), (0, -5, -2), (1, -1, 3), (1, 2, 1), (1, 2, 2)),
    strided("backwards", (2, 6, 3), (0, 5, 2), (2, 0, 0), (1, -2, -1), (2, 3, 2)),
    strided("backwards_all", (7,), (0,), (0,), (-1,), (7,), from_start=1, to_end=1),
    strided("last_step", (4, 5, 3), (0, -1, 0), (4, 0, 3), (1, 1, 1), (4, 3), shrink=0b010),
    strided("one_row_of_rank_2", (4, 6), (2, 0), (3, 6), (1, 1), (6,), shrink=0b01),
    strided("beyond_the_ends", (3, 4), (-9, 1), (9, 99), (1, 1), (3, 3)),
    strided("rank_5", (2, 3, 4, 5, 6), (0, 0, 1, 4, 5), (2, 3, 4, 0, 0), (1, 2, 2, -3, -2), (2, 2, 2, 2, 3)),
]


def same_bytes(kind, name, x, y, constants, options, fields=None, **more):
    """EXPAND_DIMS or SQUEEZE."""
    return moved(kind, name, x, [y], constants, options, fields, version=1, **more)


OTHER_SHAPES = [
    same_bytes("EXPAND_DIMS", "front", (3, 4), (1, 3, 4), [[0]], "ExpandDimsOptions"),
    same_bytes("EXPAND_DIMS", "back", (3, 4), (3, 4, 1), [[-1]], "ExpandDimsOptions"),
    same_bytes("EXPAND_DIMS", "int32", (6,), (6, 1), [[1]], "ExpandDimsOptions", dtype="int32"),
    same_bytes("SQUEEZE", "all", (1, 3, 1, 4), (3, 4), [], "SqueezeOptions"),
]

MOVEMENTS = [
    *TRANSPOSES,
    *CONCATENATIONS,
    *PACKS,
    *UNPACKS,
    *SPLITS,
    *SPLIT_VS,
    *SLICES,
    *STRIDED_SLICES,
    *OTHER_SHAPES,
]
