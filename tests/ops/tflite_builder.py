"""Build small ``.tflite`` files in memory: tensors and operators as plain data, no converter."""

from dataclasses import dataclass, field

import flatbuffers
import numpy as np
import tflite

TYPES = {
    "float32": tflite.TensorType.FLOAT32,
    "int32": tflite.TensorType.INT32,
    "uint8": tflite.TensorType.UINT8,
    "int64": tflite.TensorType.INT64,
    "int16": tflite.TensorType.INT16,
    "int8": tflite.TensorType.INT8,
    "bool": tflite.TensorType.BOOL,
}
ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3, "TANH": 4}
PADDINGS = {"SAME": 0, "VALID": 1}


@dataclass
class T:
    """A tensor; ``scale`` is a float or a list (per channel along ``axis``), None for no quantization."""

    name: str
    shape: tuple
    dtype: str = "int8"
    scale: object = None
    zero: object = 0
    axis: int = 0
    data: object = None


@dataclass
class Node:
    """An operator: builtin name, tensor indices (-1 for absent), options table and its fields."""

    kind: str
    inputs: list
    outputs: list
    options: str = ""
    fields: dict = field(default_factory=dict)
    version: int = 1


def build_model(tensors, nodes, inputs, outputs):
    """The bytes of a model of one subgraph."""
    b = flatbuffers.Builder(1024)
    buffers = [b""] + [b"" if t.data is None else np.ascontiguousarray(t.data).tobytes() for t in tensors]
    packed_buffers = [_buffer(b, data) for data in buffers]
    packed_tensors = [_tensor(b, i + 1, t) for i, t in enumerate(tensors)]
    packed_nodes = [_node(b, i, node) for i, node in enumerate(nodes)]
    codes = [_code(b, node) for node in nodes]
    vectors = {
        "Tensors": _offsets(b, packed_tensors),
        "Inputs": _ints(b, inputs),
        "Outputs": _ints(b, outputs),
        "Operators": _offsets(b, packed_nodes),
    }
    graph = _table(b, "SubGraph", vectors)
    model = {
        "Version": 3,
        "OperatorCodes": _offsets(b, codes),
        "Subgraphs": _offsets(b, [graph]),
        "Buffers": _offsets(b, packed_buffers),
    }
    b.Finish(_table(b, "Model", model), b"TFL3")
    return bytes(b.Output())


def _table(b, name, fields):
    getattr(tflite, f"{name}Start")(b)
    for key, value in fields.items():
        getattr(tflite, f"{name}Add{key}")(b, value)
    return getattr(tflite, f"{name}End")(b)


def _offsets(b, items):
    b.StartVector(4, len(items), 4)
    for item in reversed(items):
        b.PrependUOffsetTRelative(item)
    return b.EndVector()


def _ints(b, values):
    return b.CreateNumpyVector(np.asarray(values, np.int32))


def _buffer(b, data):
    fields = {"Data": b.CreateByteVector(data)} if data else {}
    return _table(b, "Buffer", fields)


def _tensor(b, buffer, t):
    fields = {
        "Name": b.CreateString(t.name),
        "Shape": _ints(b, t.shape),
        "Type": TYPES[t.dtype],
        "Buffer": 0 if t.data is None else buffer,
    }
    if t.scale is not None:
        scales = np.atleast_1d(np.asarray(t.scale, np.float32))
        zeros = np.broadcast_to(np.asarray(t.zero, np.int64), scales.shape).copy()
        quant = {
            "Scale": b.CreateNumpyVector(scales),
            "ZeroPoint": b.CreateNumpyVector(zeros),
            "QuantizedDimension": t.axis,
        }
        fields["Quantization"] = _table(b, "QuantizationParameters", quant)
    return _table(b, "Tensor", fields)


def _code(b, node):
    code = getattr(tflite.BuiltinOperator, node.kind)
    fields = {"DeprecatedBuiltinCode": min(code, 127), "BuiltinCode": code, "Version": node.version}
    return _table(b, "OperatorCode", fields)


def _node(b, opcode_index, node):
    fields = {
        "OpcodeIndex": opcode_index,
        "Inputs": _ints(b, node.inputs),
        "Outputs": _ints(b, node.outputs),
    }
    if node.options:
        fields["BuiltinOptionsType"] = getattr(tflite.BuiltinOptions, node.options)
        values = {key: _option(key, value) for key, value in node.fields.items()}
        fields["BuiltinOptions"] = _table(b, node.options, values)
    return _table(b, "Operator", fields)


def _option(key, value):
    if key == "FusedActivationFunction":
        return ACTIVATIONS[value]
    return PADDINGS[value] if key == "Padding" else value
