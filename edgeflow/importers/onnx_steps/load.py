"""Read an ONNX model that ``inspection`` has looked into: its weights and files stay within bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.errors import ModelError
from edgeflow.importers.interface import OpenShape, fixed_shapes

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, ValueInfoProto

_EXPORT_HINT = "export it again; from PyTorch: torch.onnx.export(..., dynamo=False, opset_version=17)"


def load_model(path: Path, shapes: Mapping[str, Sequence[int]]) -> tuple[dict[str, OpenShape], ModelProto]:
    """The inputs' declared shapes, and the checked model with weights inside and every input's size fixed.

    Raises ModelError for a damaged file, one that breaks a rule of ONNX and inputs without a size.
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import external_data_helper

    try:
        model = onnx.load_model(path, load_external_data=False)
    except (DecodeError, OSError, ValueError) as error:
        raise ModelError(
            f"`{path.name}` is not an ONNX model or is damaged: {error}", _EXPORT_HINT
        ) from error
    if not model.graph.node or not model.graph.output:
        raise ModelError(
            f"`{path.name}` is not an ONNX model: it has no operators or no output", _EXPORT_HINT
        )
    try:
        external_data_helper.load_external_data_for_model(model, str(path.parent))
    except Exception as error:  # onnx raises its own errors and those of its C++ part
        raise ModelError(f"the weights of `{path.name}` cannot be read: {error}", _EXPORT_HINT) from error
    _check_whole(model, path)
    _remove_constant_inputs(model.graph)
    if not model.graph.input:
        raise ModelError(f"`{path.name}` has no input: all it computes is constant", _EXPORT_HINT)
    return _fix_shapes(model, shapes, path), model


def _check_whole(model: ModelProto, path: Path) -> None:
    """ONNX's own check: operators, their attributes and the order of nodes."""
    from onnx import checker

    for output in model.graph.output:
        output.type.tensor_type.shape.SetInParent()  # some tools leave it out; it is worked out anyway
    try:
        checker.check_model(model)
    except checker.ValidationError as error:
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"`{path.name}` breaks a rule of ONNX: {cause}", _EXPORT_HINT) from error


def _remove_constant_inputs(graph: GraphProto) -> None:
    """Old files list their weights among the inputs."""
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)


def _fix_shapes(model: ModelProto, shapes: Mapping[str, Sequence[int]], path: Path) -> dict[str, OpenShape]:
    """Write the size of every input into the graph and forget what was derived from the old ones."""
    declared = {value.name: _declared(value, path) for value in model.graph.input}
    fixed = fixed_shapes(path.name, list(declared.items()), shapes)
    for value, shape in zip(model.graph.input, fixed, strict=True):
        if shape[0] != 1 and value.name not in shapes:
            raise ModelError(
                f"input `{value.name}` of `{path.name}` takes {shape[0]} samples at once: {list(shape)}",
                "export it with a batch of 1",
            )
        dims = value.type.tensor_type.shape.dim
        del dims[:]
        for size in shape:
            dims.add().dim_value = size
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    return declared


def _declared(value: ValueInfoProto, path: Path) -> OpenShape:
    if not value.type.HasField("tensor_type"):
        raise ModelError(f"input `{value.name}` of `{path.name}` is not a tensor", _EXPORT_HINT)
    dims = value.type.tensor_type.shape.dim
    if not dims:
        raise ModelError(f"input `{value.name}` of `{path.name}` has no axes", "export it with a batch axis")
    return tuple(dim.dim_value or None for dim in dims)
