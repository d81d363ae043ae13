"""Operators in the forms that TFLite's reference interpreter knows. For child processes only."""

from __future__ import annotations

import copy
from typing import Any

# tensorflow/lite/schema/schema.fbs: builtin operators by the activation that may be fused, and their names.
_TRANSPOSE_CONV = 67
_ACTIVATIONS = {1: 19, 2: 20, 3: 21}  # ActivationFunctionType -> RELU, RELU_N1_TO_1, RELU6
_NONE = 0
_VERSION_WITHOUT_ACTIVATION = 3


def part_activations(content: bytes) -> bytes:
    """The model with activations after TRANSPOSE_CONV as operators of their own.

    TensorFlow 2.21 fuses them, which makes version 4 of the operator; the reference knows up to 3.
    """
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    changed = False
    for graph in model.subgraphs:
        parted: list[Any] = []
        for operator in graph.operators:
            parted.append(operator)
            kind = _fused_kind(model, operator)
            if kind is not None:
                parted.append(_parted(model, graph, operator, kind))
                changed = True
        graph.operators = parted
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model)) if changed else content


def _fused_kind(model: Any, operator: Any) -> int | None:  # noqa: ANN401 - TensorFlow's objects have no types
    code = model.operatorCodes[operator.opcodeIndex]
    if max(code.builtinCode, code.deprecatedBuiltinCode) != _TRANSPOSE_CONV:
        return None
    return _ACTIVATIONS.get(operator.builtinOptions.fusedActivationFunction)


def _parted(model: Any, graph: Any, operator: Any, kind: int) -> Any:  # noqa: ANN401 - as above
    """Take the activation out of an operator; the new one that computes it."""
    from tensorflow.lite.python import schema_py_generated as schema

    result = operator.outputs[0]
    before = copy.copy(graph.tensors[result])
    before.name = before.name + b"/sum"
    graph.tensors.append(before)
    operator.outputs = [len(graph.tensors) - 1]
    operator.builtinOptions.fusedActivationFunction = _NONE
    model.operatorCodes[operator.opcodeIndex].version = _VERSION_WITHOUT_ACTIVATION
    activation = schema.OperatorT()
    activation.inputs, activation.outputs = [len(graph.tensors) - 1], [result]
    activation.opcodeIndex = _code(model, kind, schema)
    return activation


def _code(model: Any, kind: int, schema: Any) -> int:  # noqa: ANN401 - as above
    """The place of a builtin operator among the model's codes, added if need be."""
    for index, code in enumerate(model.operatorCodes):
        if max(code.builtinCode, code.deprecatedBuiltinCode) == kind:
            return index
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = kind
    code.version = 1
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1
