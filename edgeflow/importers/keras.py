"""Keras models, ``.keras`` and ``.h5``: no code from the file runs, and nothing is compiled for training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgeflow.errors import ModelError
from edgeflow.importers.concrete import (
    Array,
    Function,
    Given,
    first_line,
    outputs,
    shapes_of,
    trace,
    write_float_model,
)
from edgeflow.importers.interface import Converted, fixed_shapes
from edgeflow.train.determinism import set_up_tensorflow

if TYPE_CHECKING:
    import keras


def convert(model: Path, out_dir: Path, *, shapes: Mapping[str, Sequence[int]]) -> Converted:
    """Write ``model_float.tflite``, an inference with batch 1.

    Raises ModelError when the file is damaged, needs code of its own, or holds values that are not numbers.
    """
    set_up_tensorflow(0)
    loaded = _load(model)
    _require_finite(loaded, model.name)
    return write_float_model(_function(loaded, model.name, shapes), out_dir, model.name)


def original_outputs(model: Path, inputs: Sequence[Array]) -> list[Array]:
    """What Keras computes of cases."""
    set_up_tensorflow(0)
    loaded = _load(model)
    return outputs(_function(loaded, model.name, shapes_of(inputs, _names(loaded))), inputs)


def _load(path: Path) -> keras.Model:
    import keras

    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever a layer raises
        raise _unloadable(path, str(error)) from error
    if not isinstance(model, keras.Model) or not model.inputs:
        raise ModelError(f"`{path.name}` is no Keras model with inputs of known shape", "save a built model")
    return model


def _unloadable(path: Path, reason: str) -> ModelError:
    if "lambda" in reason.lower():
        return ModelError(
            f"`{path.name}` holds a Lambda layer, which is Python code: it is not run",
            "replace it by layers or `keras.ops`, or export the model as a SavedModel",
        )
    if "Could not locate" in reason or "Unknown layer" in reason:
        return ModelError(
            f"`{path.name}` needs classes of its own: {first_line(reason)}",
            "export the model as a SavedModel (`model.export(folder)`): it needs no Python code",
        )
    return ModelError(f"`{path.name}` cannot be read as a Keras model: {first_line(reason)}")


def _require_finite(model: keras.Model, name: str) -> None:
    for variable in model.variables:
        values = np.array(variable)
        if np.issubdtype(values.dtype, np.floating) and not np.isfinite(values).all():
            raise ModelError(
                f"`{variable.path}` in `{name}` holds values that are not finite numbers",
                "train again with a lower learning rate",
            )


def _names(model: keras.Model) -> list[str]:
    return [tensor.name for tensor in model.inputs]


def _function(model: keras.Model, name: str, shapes: Mapping[str, Sequence[int]]) -> Function:
    import keras
    import tensorflow as tf

    fixed = fixed_shapes(name, [(tensor.name, tuple(tensor.shape)) for tensor in model.inputs], shapes)
    given = [
        Given(tensor.name, tuple(tensor.shape), shape, tf.dtypes.as_dtype(tensor.dtype))
        for tensor, shape in zip(model.inputs, fixed, strict=True)
    ]
    # A Sequential model takes one tensor; a functional one the structure that it was declared with.
    structure = model.inputs[0] if isinstance(model, keras.Sequential) else model.input

    def call(*tensors: tf.Tensor) -> list[tf.Tensor]:
        packed = tf.nest.pack_sequence_as(structure, list(tensors))
        return list(tf.nest.flatten(model(packed, training=False)))

    return trace(call, given, [(tensor.name, tuple(tensor.shape)) for tensor in model.outputs], model)
