"""The few facts of a ``.tflite`` file that the audit and the table of scales need."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.errors import ModelError

if TYPE_CHECKING:
    import tflite

IDENTIFIER = b"TFL3"


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """A tensor: dtype in the schema's names (``INT8``), one scale per channel or one, or none."""

    subgraph: int
    index: int
    name: str
    dtype: str
    shape: tuple[int, ...]
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    channel_axis: int


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """An operator with the indices of its tensors in its subgraph; -1 stands for an absent input."""

    subgraph: int
    index: int
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def tensors(self) -> tuple[int, ...]:
        """Inputs and outputs."""
        return self.inputs + self.outputs


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Tensors and operators of all subgraphs; inputs and outputs are those of the first."""

    tensors: tuple[TensorFacts, ...]
    operators: tuple[OperatorFacts, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def tensor(self, subgraph: int, index: int) -> TensorFacts:
        """The tensor of that index in a subgraph."""
        return next(t for t in self.tensors if (t.subgraph, t.index) == (subgraph, index))


def read_facts(path: Path) -> ModelFacts:
    """Read a ``.tflite`` file. Raises ModelError when it is none or damaged."""
    from tflite import Model

    content = path.read_bytes()
    try:
        if content[4:8] != IDENTIFIER:
            raise ModelError(f"`{path}` is not a .tflite file")
        return _facts(Model.GetRootAs(content, 0))
    except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        raise ModelError(f"`{path}` is damaged: its tables point outside the file") from error


def _facts(model: tflite.Model) -> ModelFacts:
    graphs = [model.Subgraphs(number) for number in range(model.SubgraphsLength())]
    kinds = [_kind(model.OperatorCodes(number)) for number in range(model.OperatorCodesLength())]
    return ModelFacts(
        tuple(_tensor(g, graph, t) for g, graph in enumerate(graphs) for t in range(graph.TensorsLength())),
        tuple(
            _operator(g, graph, o, kinds)
            for g, graph in enumerate(graphs)
            for o in range(graph.OperatorsLength())
        ),
        tuple(graphs[0].Inputs(i) for i in range(graphs[0].InputsLength())),
        tuple(graphs[0].Outputs(i) for i in range(graphs[0].OutputsLength())),
    )


def _kind(code: tflite.OperatorCode) -> str:
    """An operator's name. Two fields hold the code; the larger one counts (older files have one only)."""
    from tflite import BuiltinOperator

    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if code.CustomCode():
        return f"custom operator {code.CustomCode().decode()}"
    names: dict[int, str] = {
        value: name for name, value in vars(BuiltinOperator).items() if isinstance(value, int)
    }
    return names.get(number, f"operator {number}")


def _tensor(subgraph: int, graph: tflite.SubGraph, index: int) -> TensorFacts:
    from tflite import TensorType

    dtypes = {value: name for name, value in vars(TensorType).items() if isinstance(value, int)}
    tensor = graph.Tensors(index)
    quantization = tensor.Quantization()
    count = quantization.ScaleLength() if quantization else 0
    return TensorFacts(
        subgraph,
        index,
        tensor.Name().decode() if tensor.Name() else f"tensor {index}",
        dtypes.get(tensor.Type(), f"type {tensor.Type()}"),
        tuple(tensor.Shape(axis) for axis in range(tensor.ShapeLength())),
        tuple(quantization.Scale(number) for number in range(count)),
        tuple(quantization.ZeroPoint(number) for number in range(count)),
        quantization.QuantizedDimension() if count > 1 else 0,
    )


def _operator(subgraph: int, graph: tflite.SubGraph, index: int, kinds: list[str]) -> OperatorFacts:
    operator = graph.Operators(index)
    inputs = tuple(operator.Inputs(i) for i in range(operator.InputsLength()))
    outputs = tuple(operator.Outputs(i) for i in range(operator.OutputsLength()))
    return OperatorFacts(subgraph, index, kinds[operator.OpcodeIndex()], inputs, outputs)
