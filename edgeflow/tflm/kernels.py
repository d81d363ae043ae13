"""What each operator's kernel asks the arena for while TFLite Micro prepares a model.

``params`` is the parsed option struct (``builtin_op_data.h``), ``op_data`` what Init allocates (the
kernel's source or header under ``tensorflow/lite/micro/kernels``), both as fields (see ``layout``);
``temps`` the tensors that Prepare looks at through temporary structs: ``i0`` input 0, ``o0`` output 0,
``i*`` every input. All agree with the allocations that the reference kernels of the Python package
``tflite_micro`` 0.dev20261023 make. Fields whose pointers were not told apart are written as the
host's size, which a 32-bit target does not exceed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edgeflow.tflm.source import TensorFacts

Sizes = list[int]


# What the functions below raise on shapes and operands that an operator cannot have.
SHAPE_ERRORS = (IndexError, ValueError, ZeroDivisionError)


@dataclass(frozen=True, slots=True)
class Operands:
    """The tensors of one operator; an absent input is None. ``transposed``: see ``NodeFacts``."""

    inputs: tuple[TensorFacts | None, ...]
    outputs: tuple[TensorFacts, ...]
    transposed: tuple[bool, ...] = ()

    def input(self, position: int) -> TensorFacts | None:
        """The input at a position, None when absent."""
        return self.inputs[position] if position < len(self.inputs) else None

    def dims(self, position: int) -> tuple[int, ...]:
        """The shape of an input, empty when absent."""
        tensor = self.input(position)
        return () if tensor is None else tensor.shape


def _nothing(_: Operands) -> Sizes:
    return []


@dataclass(frozen=True, slots=True)
class Kernel:
    """One operator kind: persistent structs and arrays, scratch buffers and temporary tensors in bytes."""

    temps: str = ""
    params: str = ""
    op_data: str = ""
    persistent: Callable[[Operands], Sizes] = _nothing
    scratch: Callable[[Operands], Sizes] = _nothing


def _channel_arrays(position: int, axis: int) -> Callable[[Operands], Sizes]:
    """Multiplier and shift, an int32 each per output channel."""

    def sizes(op: Operands) -> Sizes:
        dims = op.dims(position)
        return [4 * dims[axis]] * 2 if len(dims) > axis else []

    return sizes


def _fully_connected_arrays(op: Operands) -> Sizes:
    weights = op.input(1)
    channels = weights.scale_count if weights else 0
    return [4 * channels] * 2 if channels > 1 else []


def _output_dims_copy(op: Operands) -> Sizes:
    """A writable copy of the output's dimensions, an int array with its size before it."""
    return [4 + 4 * len(op.outputs[0].shape)]


def _batch_matmul_persistent(op: Operands) -> Sizes:
    """Quantization, transposed copies (tensor struct, dimensions, bytes), the output's dimensions.

    Multiplied is left by transposed right: a left side given transposed is copied, a right side that is not.
    """
    sizes = [28]
    for tensor, is_copied in zip(op.inputs, (op.transposed[0], not op.transposed[1]), strict=True):
        if tensor is not None and is_copied:
            sizes += [24, 4 + 4 * len(tensor.shape), tensor.byte_count]
    return sizes + _output_dims_copy(op)


def _softmax_tables(op: Operands) -> Sizes:
    """Two tables of 513 entries for int16; int8 computes without."""
    tensor = op.input(0)
    return [2 * 513] * 2 if tensor is not None and tensor.dtype == "int16" else []


def _mean_scratch(op: Operands) -> Sizes:
    axes = op.input(1)
    return [4 * op.outputs[0].element_count, 4 * len(op.dims(0)), 4 * (axes.element_count if axes else 0)]


def _extremum_scratch(op: Operands) -> Sizes:
    return _mean_scratch(op)[1:]


def _mirror_pad_scratch(op: Operands) -> Sizes:
    return [4 * len(op.dims(0))] * 2


def _accumulators(op: Operands) -> Sizes:
    """A transposed convolution's sums: int32, for int16 activations int64."""
    wide = op.outputs[0].dtype == "int16"
    return [(8 if wide else 4) * op.outputs[0].element_count]


def _svdf_scratch(op: Operands) -> Sizes:
    batch, filters = op.dims(0)[0], op.dims(1)[0]
    return [4 * batch * filters, 4 * op.outputs[0].element_count]


def _lstm_scratch(op: Operands) -> Sizes:
    """Four buffers of the cell's type: input 19 is the cell's state."""
    cell = op.input(19)
    return [cell.byte_count] * 4 if cell is not None else []


_CONV_FIELDS = "iiii iii ii pp ii i ii"  # padding, zero points, multiplier, per channel, clamp, buffers
# Multiplier, shift, clamp, buffer, zero points, buffer; per channel; buffers of compressed weights.
_FULLY_CONNECTED_FIELDS = "iiiii iii i pp b ii"

_UNARY = "i0 o0"
_BINARY = "i0 i1 o0"
_CONV = Kernel("o0 i0 i1 i0 i1 i2 o0", "i" * 7, _CONV_FIELDS, _channel_arrays(1, 0))
_POOL = Kernel(_UNARY, "i" * 10, "i" * 8)
_REDUCE_SUM = Kernel("i0 o0 i1 i0 i1 o0", "b", "i" * 11, scratch=_mean_scratch)
_REDUCE_EXTREMUM = Kernel("i0 i1 o0 i0 o0 i1", "b", "i" * 11, scratch=_extremum_scratch)
_COMPARISON = Kernel("i0 i1", op_data="i" * 8)
_RESIZE = Kernel(_BINARY, "bb")

REFERENCE_KERNELS: Mapping[str, Kernel] = MappingProxyType(
    {
        "ABS": Kernel(_UNARY, op_data="i" * 7),
        "ADD": Kernel(_BINARY, "ib", "i" * 15),
        "ARG_MAX": Kernel(params="i"),
        "ARG_MIN": Kernel(params="i"),
        "ASSIGN_VARIABLE": Kernel("i1", op_data="i"),
        "AVERAGE_POOL_2D": _POOL,
        "BATCH_MATMUL": Kernel(_BINARY, "bbb", "ppp bbb", _batch_matmul_persistent),
        "BATCH_TO_SPACE_ND": Kernel(_UNARY),
        "CALL_ONCE": Kernel(params="i", op_data="ii"),
        "CONCATENATION": Kernel("i0 i* o0", "ii", "d" * 10),
        "CONV_2D": _CONV,
        "DEPTHWISE_CONV_2D": Kernel("o0 i0 i1 i0 i1 i2 o0", "i" * 7, _CONV_FIELDS, _channel_arrays(1, 3)),
        "DEPTH_TO_SPACE": Kernel(_UNARY, "i", persistent=_output_dims_copy),
        "DEQUANTIZE": Kernel(_UNARY, op_data="dddd"),
        "EQUAL": _COMPARISON,
        "EXPAND_DIMS": Kernel("i0 i1 o0"),
        "FULLY_CONNECTED": Kernel("i0 i1 i2 o0", "d" * 4, _FULLY_CONNECTED_FIELDS, _fully_connected_arrays),
        "GATHER": Kernel(_BINARY, "ii", persistent=_output_dims_copy),
        "GREATER": _COMPARISON,
        "GREATER_EQUAL": _COMPARISON,
        "HARD_SWISH": Kernel(_UNARY, op_data="i" * 5),
        "L2_NORMALIZATION": Kernel(_UNARY, "i", "i"),
        "LEAKY_RELU": Kernel(_UNARY, "i", "i" * 6),
        "LESS": _COMPARISON,
        "LESS_EQUAL": _COMPARISON,
        "LOGISTIC": Kernel(_UNARY, op_data="i" * 4),
        "LOG_SOFTMAX": Kernel(_UNARY, persistent=lambda _: [40]),
        "MAXIMUM": Kernel(),
        "MAX_POOL_2D": _POOL,
        "MEAN": _REDUCE_SUM,
        "MINIMUM": Kernel(),
        "MIRROR_PAD": Kernel(_BINARY, "i", "i" * 5, scratch=_mirror_pad_scratch),
        "MUL": Kernel(_BINARY, "i", "i" * 9),
        "NOT_EQUAL": _COMPARISON,
        "PACK": Kernel(params="ii"),
        "PAD": Kernel(_BINARY, op_data="i" * 14),
        "PADV2": Kernel("i0 i1 o0 i2", op_data="i" * 14),
        "PRELU": Kernel(_BINARY, op_data="i" * 7),
        "QUANTIZE": Kernel(_UNARY, op_data="dddd"),
        "READ_VARIABLE": Kernel("i0"),
        "REDUCE_MAX": _REDUCE_EXTREMUM,
        "REDUCE_MIN": _REDUCE_EXTREMUM,
        "RELU": Kernel(_UNARY, op_data="i" * 7),
        "RELU6": Kernel("i0", op_data="ii"),
        "RESHAPE": Kernel(_UNARY, "i" * 9),
        "RESIZE_BILINEAR": _RESIZE,
        "RESIZE_NEAREST_NEIGHBOR": _RESIZE,
        "REVERSE_V2": Kernel(_BINARY),
        "RSQRT": Kernel(_UNARY, op_data="i" * 7),
        "SELECT_V2": Kernel("i0 i1 i2 o0", op_data="b"),
        "SHAPE": Kernel(params="i"),
        "SLICE": Kernel("i0 i1 i2 o0"),
        "SOFTMAX": Kernel(_UNARY, "i", "d" * 10, _softmax_tables),
        "SPACE_TO_BATCH_ND": Kernel(_UNARY, op_data="i"),
        "SPACE_TO_DEPTH": Kernel(_UNARY, "i", persistent=_output_dims_copy),
        "SPLIT": Kernel("i0", "i"),
        "SPLIT_V": Kernel("i2", "i"),
        "SQUARED_DIFFERENCE": Kernel(_BINARY, op_data="d" * 14),
        "SQUEEZE": Kernel(_UNARY, "i" * 9),
        "STRIDED_SLICE": Kernel("i0 i1 i2 i3 o0", "i" * 6, "i" * 21),
        "SUB": Kernel(_BINARY, "ib", "i" * 13),
        "SUM": _REDUCE_SUM,
        "SVDF": Kernel("i0 i1 i2 i3 i4 o0", "iib", "i" * 9, scratch=_svdf_scratch),
        "TANH": Kernel("i0 i0 o0", op_data="i" * 4),
        "TRANSPOSE": Kernel(_BINARY),
        "TRANSPOSE_CONV": Kernel(
            "o0 i2 i1 i2 i1 i3 o0",
            "i" * 5,
            "d" * 11,
            _channel_arrays(1, 0),
            _accumulators,
        ),
        "UNIDIRECTIONAL_SEQUENCE_LSTM": Kernel("i* o0", "iii bbb", "d" * 86, scratch=_lstm_scratch),
        "UNPACK": Kernel(params="ii"),
        "VAR_HANDLE": Kernel(params="pp", op_data="i"),
    }
)
