"""Builtin options to attributes: the fields of each operator's options, in the schema's order.

An operator that is not listed here parses with no attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edgeflow.flatbuffer import Table
from edgeflow.frontend.schema import DTYPE_NAMES, OPTIONS_NAMES, OperatorField
from edgeflow.ir.graph import AttrValue


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number: ``code`` of the ``struct`` module and the schema's default."""

    name: str
    code: str = "i"
    default: int | float | bool = 0


@dataclass(frozen=True, slots=True)
class Enum:
    """A byte that stands for a name; its default is 0."""

    name: str
    values: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Integers:
    """A list of 32-bit integers, None when absent."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string, empty when absent."""

    name: str


@dataclass(frozen=True, slots=True)
class Options:
    """One options table; ``required`` where the schema's defaults mean nothing (stride 0).

    ``first_slot`` is the number of the first field listed; those before it are deprecated.
    """

    table: str
    fields: tuple[Scalar | Enum | Integers | Text, ...] = ()
    required: bool = False
    first_slot: int = 0


_PADDING = Enum("padding", MappingProxyType({0: "SAME", 1: "VALID"}))
_ACTIVATION = Enum(
    "fused_activation_function",
    MappingProxyType({0: "NONE", 1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6", 4: "TANH", 5: "SIGN_BIT"}),
)
_WEIGHTS_FORMAT = Enum("weights_format", MappingProxyType({0: "DEFAULT", 1: "SHUFFLED4x16INT8"}))
_CENTERS = (Scalar("align_corners", "?", default=False), Scalar("half_pixel_centers", "?", default=False))
_STRIDES = (Scalar("stride_w"), Scalar("stride_h"))
_DILATIONS = (Scalar("dilation_w_factor", default=1), Scalar("dilation_h_factor", default=1))
_POOL = Options(
    "Pool2DOptions",
    (_PADDING, *_STRIDES, Scalar("filter_width"), Scalar("filter_height"), _ACTIVATION),
    required=True,
)

OPTIONS: Mapping[str, Options] = MappingProxyType(
    {
        "ADD": Options("AddOptions", (_ACTIVATION, Scalar("pot_scale_int16", "?", default=True))),
        "ARG_MAX": Options("ArgMaxOptions"),
        "ARG_MIN": Options("ArgMinOptions"),
        "AVERAGE_POOL_2D": _POOL,
        "BATCH_MATMUL": Options(
            "BatchMatMulOptions", (Scalar("adj_x", "?", default=False), Scalar("adj_y", "?", default=False))
        ),
        "BATCH_TO_SPACE_ND": Options("BatchToSpaceNDOptions"),
        "CALL_ONCE": Options("CallOnceOptions", (Scalar("init_subgraph_index"),), required=True),
        "CONCATENATION": Options("ConcatenationOptions", (Scalar("axis"), _ACTIVATION)),
        "CONV_2D": Options("Conv2DOptions", (_PADDING, *_STRIDES, _ACTIVATION, *_DILATIONS), required=True),
        "DEPTHWISE_CONV_2D": Options(
            "DepthwiseConv2DOptions",
            (_PADDING, *_STRIDES, Scalar("depth_multiplier"), _ACTIVATION, *_DILATIONS),
            required=True,
        ),
        "DEPTH_TO_SPACE": Options("DepthToSpaceOptions", (Scalar("block_size"),)),
        "DEQUANTIZE": Options("DequantizeOptions"),
        "DIV": Options("DivOptions", (_ACTIVATION,)),
        "EXPAND_DIMS": Options("ExpandDimsOptions"),
        "FULLY_CONNECTED": Options(
            "FullyConnectedOptions",
            (
                _ACTIVATION,
                _WEIGHTS_FORMAT,
                Scalar("keep_num_dims", "?", default=False),
                Scalar("asymmetric_quantize_inputs", "?", default=False),
            ),
        ),
        "GATHER": Options("GatherOptions", (Scalar("axis"), Scalar("batch_dims"))),
        "GELU": Options("GeluOptions", (Scalar("approximate", "?", default=False),)),
        "L2_NORMALIZATION": Options("L2NormOptions", (_ACTIVATION,)),
        "LEAKY_RELU": Options("LeakyReluOptions", (Scalar("alpha", "f", 0.0),)),
        "MAX_POOL_2D": _POOL,
        "MEAN": Options("ReducerOptions", (Scalar("keep_dims", "?", default=False),)),
        "MIRROR_PAD": Options("MirrorPadOptions", (Scalar("mode", "b"),), required=True),
        "MUL": Options("MulOptions", (_ACTIVATION,)),
        "PACK": Options("PackOptions", (Scalar("values_count"), Scalar("axis"))),
        "PAD": Options("PadOptions"),
        "PADV2": Options("PadV2Options"),
        "QUANTIZE": Options("QuantizeOptions"),
        "REDUCE_MAX": Options("ReducerOptions", (Scalar("keep_dims", "?", default=False),)),
        "REDUCE_MIN": Options("ReducerOptions", (Scalar("keep_dims", "?", default=False),)),
        "RESHAPE": Options("ReshapeOptions", (Integers("new_shape"),)),
        "RESIZE_BILINEAR": Options("ResizeBilinearOptions", _CENTERS, first_slot=2),
        "RESIZE_NEAREST_NEIGHBOR": Options("ResizeNearestNeighborOptions", _CENTERS),
        "SHAPE": Options("ShapeOptions", (Enum("out_type", DTYPE_NAMES),)),
        "SLICE": Options("SliceOptions"),
        "SOFTMAX": Options("SoftmaxOptions", (Scalar("beta", "f", 0.0),), required=True),
        "SPACE_TO_BATCH_ND": Options("SpaceToBatchNDOptions"),
        "SPACE_TO_DEPTH": Options("SpaceToDepthOptions", (Scalar("block_size"),)),
        "SPLIT": Options("SplitOptions", (Scalar("num_splits"),)),
        "SPLIT_V": Options("SplitVOptions", (Scalar("num_splits"),)),
        "SQUEEZE": Options("SqueezeOptions", (Integers("squeeze_dims"),)),
        "STRIDED_SLICE": Options(
            "StridedSliceOptions",
            (
                Scalar("begin_mask"),
                Scalar("end_mask"),
                Scalar("ellipsis_mask"),
                Scalar("new_axis_mask"),
                Scalar("shrink_axis_mask"),
                Scalar("offset", "?", default=False),
            ),
        ),
        "SUB": Options("SubOptions", (_ACTIVATION, Scalar("pot_scale_int16", "?", default=True))),
        "SUM": Options("ReducerOptions", (Scalar("keep_dims", "?", default=False),)),
        "SVDF": Options("SVDFOptions", (Scalar("rank"), _ACTIVATION)),
        "TILE": Options("TileOptions"),
        "TRANSPOSE": Options("TransposeOptions"),
        "TRANSPOSE_CONV": Options("TransposeConvOptions", (_PADDING, *_STRIDES, _ACTIVATION), required=True),
        "UNIDIRECTIONAL_SEQUENCE_LSTM": Options(
            "UnidirectionalSequenceLSTMOptions",
            (
                _ACTIVATION,
                Scalar("cell_clip", "f", 0.0),
                Scalar("proj_clip", "f", 0.0),
                Scalar("time_major", "?", default=False),
            ),
        ),
        "UNPACK": Options("UnpackOptions", (Scalar("num"), Scalar("axis"))),
        "VAR_HANDLE": Options("VarHandleOptions", (Text("container"), Text("shared_name")), required=True),
    }
)


def read_attrs(operator: Table, kind: str) -> Mapping[str, AttrValue]:
    """The attributes of an operator of that kind; of missing optional options the defaults.

    Raises:
        ModelError: the options are of another operator, are missing, or hold an unknown name.
    """
    options = OPTIONS.get(kind)
    if options is None:
        return MappingProxyType({})
    table = _options_table(operator, options)
    values: dict[str, AttrValue] = {}
    for slot, field in enumerate(options.fields, start=options.first_slot):
        values[field.name] = _value(table, slot, field, operator)
    return MappingProxyType(values)


def _options_table(operator: Table, options: Options) -> Table | None:
    number = operator.integer(OperatorField.BUILTIN_OPTIONS_TYPE, "B")
    found = OPTIONS_NAMES.get(number, f"of the unknown type {number}")
    table = operator.table(OperatorField.BUILTIN_OPTIONS, f"the options of {operator.what}")
    if found == "NONE" or table is None:
        if options.required:
            raise operator.file.corrupt(f"{operator.what} lacks its `{options.table}`")
        return None
    if found != options.table:
        raise operator.file.corrupt(f"the options of {operator.what} are {found}, not {options.table}")
    return table


def _value(
    table: Table | None, slot: int, field: Scalar | Enum | Integers | Text, operator: Table
) -> AttrValue:
    if isinstance(field, Integers):
        return None if table is None else table.integers(slot, "i")
    if isinstance(field, Text):
        return "" if table is None else table.text(slot)
    if isinstance(field, Scalar):
        return field.default if table is None else table.scalar(slot, field.code, field.default)
    number = 0 if table is None else table.integer(slot, "b")
    if number not in field.values:
        raise operator.file.corrupt(f"{operator.what} has {number} for `{field.name}`, which names nothing")
    return field.values[number]
