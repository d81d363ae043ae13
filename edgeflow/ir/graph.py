"""The frozen graph every device-half stage works on: tensors, quantization, operators.

Data only. Rules of a legal graph live in ``edgeflow.ir.verify``, printing in ``edgeflow.ir.text``.
Passes never change a graph; they build a new one with ``dataclasses.replace``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

# Element types by the names used in messages, C and JSON, with their size in bytes.
DTYPE_BYTES: Mapping[str, int] = MappingProxyType(
    {"int8": 1, "uint8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "bool": 1}
)

AttrValue = int | float | str | bool | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Quant:
    """Affine quantization ``real = scale * (q - zero_point)``.

    One scale and zero point for the whole tensor (``axis`` is None) or one of each per index of
    dimension ``axis``.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int | None = None

    @property
    def scale(self) -> float:
        """The per-tensor scale; of per-channel quantization the first channel's."""
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        """The per-tensor zero point; of per-channel quantization the first channel's."""
        return self.zero_points[0]


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """One tensor of static shape.

    ``id`` is the tensor's index in the source file and survives every pass, so that values can be
    compared with an interpreter's tensor of the same index. A tensor that a pass makes, or whose
    shape or values a pass changes, has a negative id (``Graph.new_tensor_id``) and is compared with
    nothing; a shape that the file has wrong and the interpreter corrects, too, is no such change.
    ``data`` holds constants (read-only array of ``shape`` and ``dtype``) and is None for
    activations and variables.
    """

    id: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    quant: Quant | None = None
    data: npt.NDArray[np.generic] | None = None

    @property
    def element_count(self) -> int:
        """Number of elements; 1 for a scalar."""
        count = 1
        for dim in self.shape:
            count *= dim
        return count

    @property
    def byte_count(self) -> int:
        """Bytes of the stored tensor without padding."""
        return self.element_count * DTYPE_BYTES[self.dtype]

    @property
    def is_constant(self) -> bool:
        """True if the value stands in the file."""
        return self.data is not None


@dataclass(frozen=True, slots=True)
class Op:
    """One operator: ``kind`` is the TFLite builtin name (``CONV_2D``), ``index`` its place in the source.

    ``inputs`` holds tensor ids; an absent optional input is None. ``attrs`` holds the builtin
    options under lower-case schema names (``stride_h``, ``padding`` as "SAME" or "VALID",
    ``fused_activation_function`` as "NONE", "RELU", "RELU6" ...). ``updates`` names the variables
    that the operator overwrites; an operator that only updates has no outputs. ``absorbed`` names the
    operators of the source (``PAD #3``) whose work a pass gave to this one.
    """

    index: int
    kind: str
    version: int
    inputs: tuple[int | None, ...]
    outputs: tuple[int, ...]
    attrs: Mapping[str, AttrValue] = field(default_factory=dict)
    updates: tuple[int, ...] = ()
    absorbed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """A model of one subgraph: operators in execution order, tensors by id, inputs and outputs by id.

    ``variables`` are tensors that keep their value from one run to the next, with the value before
    the first run: read-only arrays of the tensor's shape and dtype.
    """

    tensors: Mapping[int, Tensor]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    variables: Mapping[int, npt.NDArray[np.generic]] = field(default_factory=dict)

    def new_tensor_id(self) -> int:
        """A free id for a tensor that has no counterpart in the source file: negative."""
        return min(0, *self.tensors) - 1

    def tensor(self, tensor_id: int | None) -> Tensor:
        """The tensor of that id; absent optional inputs must be asked for with ``optional_tensor``."""
        if tensor_id is None:
            raise KeyError("absent optional tensor")
        return self.tensors[tensor_id]

    def input_tensor(self, op: Op, position: int) -> Tensor:
        """The tensor at an input position that the operator's rules guarantee to be present."""
        return self.tensor(op.inputs[position])

    def optional_tensor(self, op: Op, position: int) -> Tensor | None:
        """The tensor at an input position, or None when it is absent."""
        if position >= len(op.inputs) or op.inputs[position] is None:
            return None
        return self.tensor(op.inputs[position])

    def output_tensor(self, op: Op, position: int = 0) -> Tensor:
        """The tensor at an output position."""
        return self.tensors[op.outputs[position]]

    def label(self, op: Op) -> str:
        """How messages and generated comments name an operator: kind, place and output name."""
        name = self.tensors[op.outputs[0]].name if op.outputs else "no output"
        return f"{op.kind} #{op.index} (`{name}`)"
