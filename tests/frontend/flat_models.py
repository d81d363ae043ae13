"""Small ``.tflite`` files from nested dictionaries, written by the `tflite` package's own builders.

Nothing is checked on the way, so that a test can change one field of a good model and see it refused.
"""

import flatbuffers
import numpy as np
import tflite

BUILTIN = {n: v for n, v in vars(tflite.BuiltinOperator).items() if not n.startswith("_")}


class Table(dict):
    """A table: its name in the schema and its fields by the builders' names."""

    def __init__(self, name, **fields):
        super().__init__(fields)
        self.name = name


def quantization(scales, zero_points=None, axis=0, **more):
    zeros = [0] * len(scales) if zero_points is None else zero_points
    return Table(
        "QuantizationParameters",
        Scale=np.asarray(scales, np.float32),
        ZeroPoint=np.asarray(zeros, np.int64),
        QuantizedDimension=axis,
        **more,
    )


def tensor(name, shape, dtype="INT8", buffer=0, quant=None, **more):
    fields = {"Name": name, "Shape": ints(shape), "Type": getattr(tflite.TensorType, dtype), "Buffer": buffer}
    if quant is not None:
        fields["Quantization"] = quant
    return Table("Tensor", **fields, **more)


def operator(code, inputs, outputs, options=None):
    fields = {"OpcodeIndex": code, "Inputs": ints(inputs), "Outputs": ints(outputs)}
    if options is not None:
        fields["BuiltinOptionsType"] = getattr(tflite.BuiltinOptions, options.name)
        fields["BuiltinOptions"] = options
    return Table("Operator", **fields)


def operator_code(kind, version=1):
    number = BUILTIN[kind]
    return Table("OperatorCode", DeprecatedBuiltinCode=min(number, 127), BuiltinCode=number, Version=version)


def ints(values):
    return np.asarray(values, np.int32)


def model(codes, tensors, operators, inputs, outputs, buffers=()):
    """``buffers``: arrays; number 0 is the empty one of activations, they follow from 1."""
    subgraph = Table(
        "SubGraph",
        Tensors=tensors,
        Inputs=ints(inputs),
        Outputs=ints(outputs),
        Operators=operators,
        Name="main",
    )
    filled = [Table("Buffer", Data=np.frombuffer(np.asarray(a).tobytes(), np.uint8)) for a in buffers]
    return Table(
        "Model",
        Version=3,
        OperatorCodes=codes,
        Subgraphs=[subgraph],
        Buffers=[Table("Buffer"), *filled],
    )


WEIGHTS = np.arange(-12, 12, dtype=np.int8).reshape(2, 2, 2, 3)
BIAS = np.array([7, -9], np.int32)


def conv_model():
    """CONV_2D (per channel, RELU6) and SOFTMAX; tensors 0 to 4 are input, weights, bias, both outputs."""
    conv = Table(
        "Conv2DOptions", Padding=0, StrideW=2, StrideH=1, FusedActivationFunction=3, DilationHFactor=1
    )
    return model(
        [operator_code("CONV_2D", 3), operator_code("SOFTMAX", 2)],
        [
            tensor("picture", [1, 4, 4, 3], quant=quantization([0.5], [-1])),
            tensor("filter", [2, 2, 2, 3], buffer=1, quant=quantization([0.25, 0.125])),
            tensor("bias", [2], "INT32", buffer=2, quant=quantization([0.125, 0.0625])),
            tensor("hidden", [1, 4, 2, 2], quant=quantization([0.1], [3])),
            tensor("score", [1, 4, 2, 2], quant=quantization([1 / 256], [-128])),
        ],
        [operator(0, [0, 1, 2], [3], conv), operator(1, [3], [4], Table("SoftmaxOptions", Beta=1.0))],
        [0],
        [4],
        [WEIGHTS, BIAS],
    )


def build(root, identifier=b"TFL3"):
    """The bytes of a model."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(_write(builder, root), identifier)
    return bytes(builder.Output())


def _write(builder, table):
    values = {field: _value(builder, value) for field, value in table.items()}
    getattr(tflite, f"{table.name}Start")(builder)
    for field, value in values.items():
        getattr(tflite, f"{table.name}Add{field}")(builder, value)
    return getattr(tflite, f"{table.name}End")(builder)


def _value(builder, value):
    if isinstance(value, Table):
        return _write(builder, value)
    if isinstance(value, str | bytes):
        return builder.CreateString(value)
    if isinstance(value, np.ndarray):
        return builder.CreateNumpyVector(value)
    if isinstance(value, list):
        offsets = [_write(builder, item) for item in value]
        builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            builder.PrependUOffsetTRelative(offset)
        return builder.EndVector()
    return value
