"""TensorFlow SavedModels: a folder with a graph, its variables and named signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.errors import ModelError, UsageError
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
from edgeflow.importers.interface import Converted, OpenShape, fixed_shapes
from edgeflow.train.determinism import set_up_tensorflow

if TYPE_CHECKING:
    import tensorflow as tf

_USUAL = "serving_default"


def convert(
    model: Path, out_dir: Path, *, shapes: Mapping[str, Sequence[int]], signature: str | None = None
) -> Converted:
    """Write ``model_float.tflite``, an inference of one signature with batch 1.

    Raises UsageError for a signature that is not there, ModelError when the folder is damaged.
    """
    set_up_tensorflow(0)
    return write_float_model(_function(model, shapes, signature), out_dir, model.name)


def original_outputs(model: Path, inputs: Sequence[Array], *, signature: str | None = None) -> list[Array]:
    """What TensorFlow computes of cases."""
    set_up_tensorflow(0)
    names = list(_inputs(_signature(_load(model), model.name, signature)))
    return outputs(_function(model, shapes_of(inputs, names), signature), inputs)


def _load(path: Path) -> Any:  # noqa: ANN401  TensorFlow makes the class while it loads
    import tensorflow as tf

    try:
        return tf.saved_model.load(str(path))
    except Exception as error:  # TensorFlow raises errors of many kinds
        raise ModelError(f"`{path}` cannot be read as a SavedModel: {first_line(str(error))}") from error


def _signature(loaded: Any, name: str, wanted: str | None) -> Any:  # noqa: ANN401  as above
    known = sorted(loaded.signatures)
    if wanted is not None:
        if wanted not in known:
            raise UsageError(f"`{name}` has no signature `{wanted}`", f"signatures: {', '.join(known)}")
        return loaded.signatures[wanted]
    if not known:
        raise ModelError(
            f"the SavedModel `{name}` has no signature: nothing says what its inputs are",
            "save it with `signatures=`, or with Keras's `model.export(folder)`",
        )
    if _USUAL not in known and len(known) > 1:
        raise UsageError(f"`{name}` has several signatures: {', '.join(known)}", "choose with --signature")
    return loaded.signatures[_USUAL if _USUAL in known else known[0]]


def _inputs(signature: Any) -> Mapping[str, tf.TensorSpec]:  # noqa: ANN401  as above
    named: Mapping[str, tf.TensorSpec] = signature.structured_input_signature[1]
    return named


def _open_shape(shape: tf.TensorShape) -> OpenShape | None:
    return None if shape.rank is None else tuple(shape.as_list())


def _function(path: Path, shapes: Mapping[str, Sequence[int]], wanted: str | None) -> Function:
    loaded = _load(path)
    signature = _signature(loaded, path.name, wanted)
    specs = _inputs(signature)
    opened = [(name, _open_shape(spec.shape)) for name, spec in specs.items()]
    fixed = fixed_shapes(path.name, opened, shapes)
    given = [
        Given(name, shape if shape is not None else size, size, specs[name].dtype)
        for (name, shape), size in zip(opened, fixed, strict=True)
    ]
    names = sorted(signature.structured_outputs)

    def call(*tensors: tf.Tensor) -> list[tf.Tensor]:
        answer = signature(**dict(zip(specs, tensors, strict=True)))
        return [answer[name] for name in names]

    found = [(name, _open_shape(signature.structured_outputs[name].shape) or ()) for name in names]
    return trace(call, given, found, loaded)
