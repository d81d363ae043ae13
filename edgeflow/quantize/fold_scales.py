"""Fold MUL and ADD of channels into the layer behind them, in a float ``.tflite``, with TensorFlow's schema.

A batch normalization after an activation or a concatenation has no convolution before it that could take
it, and TensorFlow's converter leaves it as MUL and ADD. The convolution or fully connected layer behind
takes them into its weights and bias, also through poolings and RESHAPE: exact but for the order in which
floats are rounded. A layer that pads with zeros cannot take a sum, and a maximum no negative factor.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def with_folded_scales(model: bytes) -> bytes:
    """The model with fewer MUL and ADD; the same bytes where there is nothing to fold."""
    from tensorflow.lite.tools import flatbuffer_utils

    net = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    if len(net.subgraphs) != 1:
        return model
    editor, count = _Editor(net), 0
    while editor.fold_one():
        count += 1
    if not count:
        return model
    editor.forget_unused_kinds()
    return bytes(flatbuffer_utils.convert_object_to_bytearray(net))


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A MUL or ADD: what it reads besides the constant, what it writes, and the constant per channel."""

    op: Any
    source: int
    values: Floats
    is_product: bool


class _Editor:
    """A model of one subgraph as objects of the flatbuffer's schema, which have no types."""

    def __init__(self, net: Any) -> None:  # noqa: ANN401  see above
        from tensorflow.lite.python import schema_py_generated as schema

        self.schema, self.net, self.graph = schema, net, net.subgraphs[0]
        codes = {value: name for name, value in vars(schema.BuiltinOperator).items() if name.isupper()}
        self.kinds: list[str] = [
            codes.get(max(code.builtinCode, code.deprecatedBuiltinCode), "") for code in net.operatorCodes
        ]

    def fold_one(self) -> bool:
        """Fold one operator; False where none can be."""
        for op in self.graph.operators:
            step = self._step(op)
            path = None if step is None else self._path(step)
            weights = None if path is None else self._floats(int(path[-1].inputs[1]))
            if step is not None and path is not None and weights is not None:
                self._fold(step, path, weights)
                return True
        return False

    def forget_unused_kinds(self) -> None:
        """Leave only kinds of operators that are used: the calibrator has no others."""
        used = sorted({op.opcodeIndex for op in self.graph.operators})
        self.net.operatorCodes = [self.net.operatorCodes[index] for index in used]
        for op in self.graph.operators:
            op.opcodeIndex = used.index(op.opcodeIndex)

    def _kind(self, op: Any) -> str:  # noqa: ANN401  as above
        return self.kinds[int(op.opcodeIndex)]

    def _shape(self, tensor_id: int) -> list[int]:
        shape = self.graph.tensors[tensor_id].shape
        return [] if shape is None else [int(dim) for dim in shape]

    def _floats(self, tensor_id: int) -> Floats | None:
        """A float32 constant."""
        tensor = self.graph.tensors[tensor_id] if tensor_id >= 0 else None
        if tensor is None or tensor.type != self.schema.TensorType.FLOAT32:
            return None
        data = self.net.buffers[tensor.buffer].data
        if data is None or not len(data):
            return None
        values = np.frombuffer(np.asarray(data, np.uint8).tobytes(), "<f4").astype(np.float64)
        return values.reshape(self._shape(tensor_id))

    def _step(self, op: Any) -> _Step | None:  # noqa: ANN401  as above
        if self._kind(op) not in {"MUL", "ADD"} or not self._is_plain(op) or len(op.inputs) != 2:
            return None
        for place in (0, 1):
            values, source = self._floats(int(op.inputs[place])), int(op.inputs[1 - place])
            shape = self._shape(source)
            if values is None or not shape or self._floats(source) is not None:
                continue
            if values.size in {1, shape[-1]} and values.shape[-1:] in {(), (1,), (shape[-1],)}:
                channels = np.broadcast_to(values.reshape(-1), (shape[-1],))
                same = self._shape(int(op.outputs[0])) == shape
                return _Step(op, source, channels, self._kind(op) == "MUL") if same else None
        return None

    def _is_plain(self, op: Any) -> bool:  # noqa: ANN401  as above
        """Whether the operator has no fused activation."""
        return not getattr(op.builtinOptions, "fusedActivationFunction", 0)

    def _only_reader(self, tensor_id: int) -> Any:  # noqa: ANN401  as above
        """The operator that reads a tensor, at its first input; None if it is read elsewhere, too."""
        found = [op for op in self.graph.operators for i in op.inputs if i == tensor_id]
        if len(found) != 1 or tensor_id in self.graph.outputs or found[0].inputs[0] != tensor_id:
            return None
        return found[0]

    def _path(self, step: _Step) -> list[Any] | None:
        """The operators behind, up to a layer that can take the constants."""
        path: list[Any] = []
        current = int(step.op.outputs[0])
        while (op := self._only_reader(current)) is not None:
            path.append(op)
            kind = self._kind(op)
            if kind in {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}:
                return path if self._takes(op, kind, step) else None
            is_rising = kind != "MAX_POOL_2D" or not step.is_product or bool((step.values > 0).all())
            passes = kind in {"AVERAGE_POOL_2D", "MAX_POOL_2D"} and self._is_plain(op) and is_rising
            if not passes and not self._flattens(op, kind):
                return None
            current = int(op.outputs[0])
        return None

    def _flattens(self, op: Any, kind: str) -> bool:  # noqa: ANN401  as above
        """Whether a RESHAPE makes rows of whole pictures."""
        before, after = self._shape(int(op.inputs[0])), self._shape(int(op.outputs[0]))
        return kind == "RESHAPE" and len(after) == 2 and math.prod(before[1:]) == after[1]

    def _takes(self, op: Any, kind: str, step: _Step) -> bool:  # noqa: ANN401  as above
        weights = self._floats(int(op.inputs[1]))
        if weights is None or (len(op.inputs) > 2 and op.inputs[2] >= 0 and self._bias(op) is None):
            return False
        if kind == "FULLY_CONNECTED":
            return not op.builtinOptions.weightsFormat and weights.shape[1] % len(step.values) == 0
        is_padded = op.builtinOptions.padding == self.schema.Padding.SAME and weights.shape[1:3] != (1, 1)
        if is_padded and not step.is_product:
            return False
        return weights.shape[3] % len(step.values) == 0 and (
            kind == "DEPTHWISE_CONV_2D" or weights.shape[3] == len(step.values)
        )

    def _bias(self, op: Any) -> Floats | None:  # noqa: ANN401  as above
        return self._floats(int(op.inputs[2]))

    def _fold(self, step: _Step, path: list[Any], weights: Floats) -> None:
        layer = path[-1]
        is_depthwise = self._kind(layer) == "DEPTHWISE_CONV_2D"
        times = weights.shape[-1] // len(step.values)
        # A multiplier repeats each channel; rows of pictures repeat all channels.
        spread = np.repeat(step.values, times) if is_depthwise else np.tile(step.values, times)
        inputs = [*map(int, layer.inputs[:2]), int(layer.inputs[2]) if len(layer.inputs) > 2 else -1]
        if step.is_product:
            inputs[1] = self._constant(inputs[1], weights * spread)
        else:
            kept = 3 if is_depthwise else 0
            added = (weights * spread).sum(axis=tuple(a for a in range(weights.ndim) if a != kept))
            old = self._bias(layer) if inputs[2] >= 0 else None
            inputs[2] = self._constant(inputs[1], added if old is None else added + old)
        layer.inputs = np.array(inputs, np.int32)
        first = path[0]
        first.inputs = np.array([step.source, *first.inputs[1:]], np.int32)
        self.graph.operators = [op for op in self.graph.operators if op is not step.op]

    def _constant(self, like: int, values: Floats) -> int:
        """A new float32 constant, named after another tensor."""
        buffer = self.schema.BufferT()
        buffer.data = np.frombuffer(values.astype("<f4").tobytes(), np.uint8)
        self.net.buffers.append(buffer)
        tensor = copy.copy(self.graph.tensors[like])
        tensor.shape = np.array(values.shape, np.int32)
        tensor.shapeSignature = None
        tensor.name = f"{self._name(like)};folded{len(self.graph.tensors)}".encode()
        tensor.buffer = len(self.net.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def _name(self, tensor_id: int) -> str:
        name = self.graph.tensors[tensor_id].name
        return name.decode() if isinstance(name, bytes) else str(name)
