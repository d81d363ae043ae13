"""Where things stand in a ``.tflite``: field numbers of the tables, names of the enumerations.

Field numbers follow tensorflow/lite/schema/schema.fbs (version 3 of the format), in which fields are
only ever appended. Names of operators, options and element types come from the `tflite` package.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from tflite.BuiltinOperator import BuiltinOperator
from tflite.BuiltinOptions import BuiltinOptions
from tflite.TensorType import TensorType

IDENTIFIER = b"TFL3"


class ModelField(IntEnum):
    """Fields of `Model`."""

    OPERATOR_CODES = 1
    SUBGRAPHS = 2
    BUFFERS = 4
    METADATA = 6
    SIGNATURES = 7


class SignatureField(IntEnum):
    """Fields of `SignatureDef`."""

    INPUTS = 0
    OUTPUTS = 1
    KEY = 2
    SUBGRAPH_INDEX = 4


class TensorMapField(IntEnum):
    """Fields of `TensorMap`."""

    NAME = 0
    TENSOR_INDEX = 1


class OperatorCodeField(IntEnum):
    """Fields of `OperatorCode`."""

    DEPRECATED_BUILTIN_CODE = 0
    CUSTOM_CODE = 1
    VERSION = 2
    BUILTIN_CODE = 3


class SubGraphField(IntEnum):
    """Fields of `SubGraph`."""

    TENSORS = 0
    INPUTS = 1
    OUTPUTS = 2
    OPERATORS = 3
    NAME = 4


class TensorField(IntEnum):
    """Fields of `Tensor`."""

    SHAPE = 0
    TYPE = 1
    BUFFER = 2
    NAME = 3
    QUANTIZATION = 4
    IS_VARIABLE = 5
    SPARSITY = 6
    SHAPE_SIGNATURE = 7


class QuantizationField(IntEnum):
    """Fields of `QuantizationParameters`."""

    SCALE = 2
    ZERO_POINT = 3
    DETAILS_TYPE = 4
    QUANTIZED_DIMENSION = 6


class OperatorField(IntEnum):
    """Fields of `Operator`."""

    OPCODE_INDEX = 0
    INPUTS = 1
    OUTPUTS = 2
    BUILTIN_OPTIONS_TYPE = 3
    BUILTIN_OPTIONS = 4
    INTERMEDIATES = 8


class BufferField(IntEnum):
    """Fields of `Buffer`."""

    DATA = 0
    OFFSET = 1


def _names(enumeration: type) -> Mapping[int, str]:
    members = vars(enumeration).items()
    return MappingProxyType({number: name for name, number in members if not name.startswith("_")})


BUILTIN_NAMES = _names(BuiltinOperator)
OPTIONS_NAMES = _names(BuiltinOptions)
DTYPE_NAMES = MappingProxyType({number: name.lower() for number, name in _names(TensorType).items()})
