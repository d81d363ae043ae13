"""A TensorFlow function with fixed shapes as float ``.tflite``, and its outputs. For child processes only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edgeflow.artifact import write_bytes
from edgeflow.errors import ModelError
from edgeflow.importers.interface import Converted, OpenShape, Port, Shape
from edgeflow.importers.plain_operators import part_activations

if TYPE_CHECKING:
    import tensorflow as tf

Array = npt.NDArray[np.generic]
# ConverterError quotes MLIR: error: 'tf.Erf' op is neither a custom op nor a flex op
_UNKNOWN_OPERATOR = re.compile(r"'(tf\.\w+)' op is neither a custom op")
_WRITES = frozenset({"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"})
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Given:
    """An input of the source: its name, its shape there, the fixed one, and a TensorFlow dtype."""

    name: str
    source_shape: OpenShape
    shape: Shape
    dtype: Any


@dataclass(frozen=True, slots=True)
class Function:
    """A model as one function of flat lists of tensors, traced with fixed shapes.

    ``owner`` holds the variables: a traced function does not keep them alive.
    """

    traced: Any
    owner: object
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]


def trace(
    call: Callable[..., Sequence[tf.Tensor]],
    inputs: Sequence[Given],
    outputs: Sequence[tuple[str, OpenShape]],
    owner: object,
) -> Function:
    """Trace ``call``, which takes the inputs one by one and gives the outputs in a list."""
    import tensorflow as tf

    specs = [tf.TensorSpec(each.shape, each.dtype, name=f"in{i}") for i, each in enumerate(inputs)]
    traced = tf.function(call, input_signature=specs).get_concrete_function()
    found = [(tuple(tensor.shape.as_list()), tensor.dtype.name) for tensor in traced.outputs]
    return Function(
        traced,
        owner,
        tuple(Port(each.name, each.source_shape, each.shape, each.dtype.name) for each in inputs),
        tuple(
            Port(name, source, shape, dtype)
            for (name, source), (shape, dtype) in zip(outputs, found, strict=True)
        ),
    )


def write_float_model(function: Function, out_dir: Path, model: str) -> Converted:
    """Write ``model_float.tflite``. Variables become constants first: TFLite would keep them as state.

    Raises ModelError when the converter refuses an operator, or values of the model are not finite.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (  # no public name
        convert_variables_to_constants_v2,
    )

    _refuse_open_outputs(function, model)
    _refuse_state(function, model)
    frozen = convert_variables_to_constants_v2(function.traced)
    try:
        content: bytes = tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert()
    except Exception as error:  # the converter raises errors of many kinds
        raise _refusal(model, str(error)) from error
    write_bytes(out_dir / "model_float.tflite", part_activations(content))
    versions = {name: _version(name) for name in ("tensorflow", "keras")}
    return Converted(function.inputs, function.outputs, versions)


def _refuse_open_outputs(function: Function, model: str) -> None:
    for port in function.outputs:
        if None in port.shape:
            raise ModelError(f"the size of output `{port.name}` of `{model}` depends on the input's values")


def _refuse_state(function: Function, model: str) -> None:
    """Raise ModelError for variables that the computation itself writes: frozen, they could not change."""
    for node in function.traced.graph.as_graph_def().node:
        if node.op in _WRITES:
            raise ModelError(
                f"`{model}` keeps a state from call to call: `{node.name}` writes a variable",
                "save it without (Keras: stateful=False), or with the state as an input and an output",
            )


def _refusal(model: str, reason: str) -> ModelError:
    unknown = sorted(set(_UNKNOWN_OPERATOR.findall(reason)))
    if unknown:
        return ModelError(
            f"`{model}` has operators that TensorFlow Lite does not know: {', '.join(unknown)}",
            "replace them in the network",
        )
    return ModelError(f"TensorFlow Lite refuses `{model}`: {first_line(reason)}")


def first_line(reason: str) -> str:
    """What a framework says first, of a length for a sentence."""
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    return (lines or ["no reason given"])[0][:_LONGEST_REASON]


def outputs(function: Function, inputs: Sequence[Array]) -> list[Array]:
    """Outputs of all cases: every array has a leading axis of cases before the port's own shape."""
    import tensorflow as tf

    types = [tf.dtypes.as_dtype(port.dtype) for port in function.inputs]
    found: list[list[Array]] = []
    for case in zip(*inputs, strict=True):
        tensors = [tf.constant(array, dtype) for array, dtype in zip(case, types, strict=True)]
        found.append([tensor.numpy() for tensor in function.traced(*tensors)])
    return [np.stack(each) for each in zip(*found, strict=True)]


def shapes_of(inputs: Sequence[Array], names: Sequence[str]) -> Mapping[str, Shape]:
    """The shapes of one case by the names of the inputs."""
    return {name: array.shape[1:] for name, array in zip(names, inputs, strict=True)}


def _version(name: str) -> str:
    for distribution in (name, f"{name}-cpu"):
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return "unknown"
