"""Whether a foreign model goes through the import, or is int8 already."""

from __future__ import annotations

import functools
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.errors import ModelError
from edgeflow.importers.formats import model_format

if TYPE_CHECKING:
    from tflite import Tensor


def needs_import(model: Path) -> bool:
    """Whether a model has to be converted or quantized. The compiler speaks of a ``.tflite`` that is damaged.

    Raises ModelError for a file that is no model, and for a ``.tflite`` whose weights alone are quantized.
    """
    status = model.stat()
    return _needs_import(model.resolve(), status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _needs_import(model: Path, _size: int, _changed_ns: int) -> bool:
    if model.suffix == ".tflite" and model.is_file():
        with model.open("rb") as stream:
            if stream.read(8)[4:] != b"TFL3":
                return False
    elif model_format(model) != "tflite":
        return True
    try:
        return _is_float(model)
    except (struct.error, IndexError, AttributeError, TypeError, ValueError):
        return False


def _is_float(model: Path) -> bool:
    """Whether the first subgraph computes in floats, with nothing quantized."""
    from tflite import Model, TensorType

    graph = Model.GetRootAs(model.read_bytes(), 0).Subgraphs(0)
    tensors = [graph.Tensors(index) for index in range(graph.TensorsLength())]
    values = {graph.Inputs(place) for place in range(graph.InputsLength())}
    for operator in (graph.Operators(index) for index in range(graph.OperatorsLength())):
        values |= {operator.Outputs(place) for place in range(operator.OutputsLength())}
    quantized = {index for index, tensor in enumerate(tensors) if _is_quantized(tensor)}
    floats = {TensorType.FLOAT32, TensorType.FLOAT16}
    if quantized & values or not any(tensors[index].Type() in floats for index in values if index >= 0):
        return False
    if quantized:
        raise ModelError(
            f"`{model.name}` has quantized weights and computes in floats (dynamic range quantization)",
            "give the float model that it was made from: its weights were rounded for other kernels",
        )
    return True


def _is_quantized(tensor: Tensor) -> bool:
    parameters = tensor.Quantization()
    return parameters is not None and parameters.ScaleLength() > 0
