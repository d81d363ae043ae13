"""Float ``.tflite`` models: the file itself, with every size fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from edgeflow.artifact import write_bytes
from edgeflow.errors import ModelError
from edgeflow.importers.concrete import Array, first_line
from edgeflow.importers.interface import Converted, OpenShape, Port, fixed_shapes
from edgeflow.tflite_edit import EDIT_ERRORS, with_shapes


def convert(model: Path, out_dir: Path, *, shapes: Mapping[str, Sequence[int]]) -> Converted:
    """Write ``model_float.tflite``: the file, or with other shapes of inputs that it leaves open.

    Raises ModelError when the interpreter refuses the model.
    """
    content, opened = _read(model)
    named = [(name, shape) for _index, name, shape in opened]
    fixed = fixed_shapes(model.name, named, shapes)
    content = _edited(model, content, {place[0]: size for place, size in zip(opened, fixed, strict=True)})
    interpreter = _interpreter(model, content)
    inputs = [
        Port(name, shape, _shape(detail), np.dtype(detail["dtype"]).name)
        for (name, shape), detail in zip(named, interpreter.get_input_details(), strict=True)
    ]
    outputs = [
        Port(detail["name"], _open_shape(detail), _shape(detail), np.dtype(detail["dtype"]).name)
        for detail in interpreter.get_output_details()
    ]
    write_bytes(out_dir / "model_float.tflite", content)
    return Converted(tuple(inputs), tuple(outputs), {"tensorflow-cpu": metadata.version("tensorflow-cpu")})


def original_outputs(model: Path, inputs: Sequence[Array]) -> list[Array]:
    """What TensorFlow's interpreter computes of cases."""
    content, opened = _read(model)
    sizes = {index: array.shape[1:] for (index, *_), array in zip(opened, inputs, strict=True)}
    interpreter = _interpreter(model, _edited(model, content, sizes))
    found: list[list[Array]] = []
    for case in zip(*inputs, strict=True):
        for detail, array in zip(interpreter.get_input_details(), case, strict=True):
            interpreter.set_tensor(detail["index"], array.astype(detail["dtype"], copy=False))
        interpreter.invoke()
        found.append([interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()])
    return [np.stack(each) for each in zip(*found, strict=True)]


def _read(model: Path) -> tuple[bytes, list[tuple[int, str, OpenShape]]]:
    """The file, and index, name and open shape of each input."""
    content = model.read_bytes()
    details = _new_interpreter(model, content).get_input_details()
    return content, [(int(each["index"]), each["name"], _open_shape(each)) for each in details]


def _edited(model: Path, content: bytes, sizes: Mapping[int, Sequence[int]]) -> bytes:
    try:
        return with_shapes(content, sizes)
    except EDIT_ERRORS as error:
        raise ModelError(f"`{model}` is damaged: its parts cannot be read") from error


def _new_interpreter(model: Path, content: bytes) -> Any:  # noqa: ANN401  untyped
    import tensorflow as tf

    plain = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    try:
        return tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=plain)
    except (ValueError, RuntimeError) as error:
        raise _refusal(model, error) from error


def _interpreter(model: Path, content: bytes) -> Any:  # noqa: ANN401  untyped
    interpreter = _new_interpreter(model, content)
    try:
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise _refusal(model, error) from error
    return interpreter


def _refusal(model: Path, error: Exception) -> ModelError:
    return ModelError(f"the TFLite interpreter refuses `{model}`: {first_line(str(error))}")


def _shape(detail: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(size) for size in detail["shape"])


def _open_shape(detail: Mapping[str, Any]) -> OpenShape:
    return tuple(None if size < 0 else int(size) for size in detail["shape_signature"])
