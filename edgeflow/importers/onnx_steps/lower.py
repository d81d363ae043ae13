"""Second process of a conversion: the prepared ONNX model to a float ``.tflite`` that computes the same."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edgeflow.artifact import read_json, write_bytes, write_json
from edgeflow.errors import ModelError
from edgeflow.importers.concrete import first_line
from edgeflow.importers.onnx_steps import names
from edgeflow.importers.plain_operators import part_activations
from edgeflow.train.process import Job, Progress, serve

if TYPE_CHECKING:
    from onnx import ModelProto

Array = npt.NDArray[Any]
# Largest difference to onnxruntime in float32, relative to the largest value of the output. A wrong axis
# or rounding of sizes gives far more, sums in another order far less (docs/importers.md has figures).
FLOAT_TOLERANCE = 1e-4
# What TensorFlow says before the cause: the layer it was in, or the kernel that it called.
_PREFIX = re.compile(r"^(\s*Exception encountered[^\n]*\n|\{\{[^}]*\}\}\s*)+")
# MLIR's words: error: 'tf.Erf' op is neither a custom op nor a flex op
_UNKNOWN_OPERATOR = re.compile(r"'tf\.(\w+)' op is neither a custom op")


def lower(job: Job, progress: Progress) -> None:
    """Write ``model_float.tflite`` and ``lowered.json`` (inputs, outputs, differences) into ``work_dir``."""
    import onnx

    work_dir, name = Path(job["work_dir"]), job["name"]
    os.chdir(work_dir)  # onnx2tf reads files from the working folder and leaves some there
    source = read_json(work_dir / "source.json")
    with np.load("cases.npz", allow_pickle=False) as file:
        cases = dict(file)
    model = onnx.load_model("prepared.onnx")
    progress(f"converting {len(model.graph.node)} nodes with onnx2tf")
    keras_model, layers = _to_keras(model, source, cases, name)
    lowered = names.read(part_activations(_to_tflite(keras_model, layers, name)))
    inputs = [each["name"] for each in source["inputs"]]
    if not names.order_inputs(lowered, len(inputs)):
        raise ModelError(f"`{name}` has an input that none of its outputs depends on", "export it without")
    progress("comparing the float model with onnxruntime")
    places, outputs = _checked(names.write(lowered), source, cases, name)
    names.order_outputs(lowered, places)
    names.give_source_names(lowered, inputs, source["outputs"], layers)
    write_bytes(work_dir / "model_float.tflite", names.write(lowered))
    write_json(work_dir / "lowered.json", {"outputs": outputs})


def _to_keras(
    model: ModelProto, source: Mapping[str, Any], cases: Mapping[str, Array], name: str
) -> tuple[Any, dict[str, str]]:
    """onnx2tf's Keras model, its layers named after the nodes, and the node of each layer's name."""
    from onnx2tf import onnx2tf

    random = np.random.default_rng(0)
    # onnx2tf would download this file of pictures although it has our inputs to try axes with.
    np.save(
        "calibration_image_sample_data_20x128x128x3_float32.npy", random.random((20, 128, 128, 3), np.float32)
    )
    tried = []
    for index, each in enumerate(source["inputs"]):
        np.save(f"in{index}.npy", cases[f"in{index}"][0])
        tried.append([each["name"], f"in{index}.npy"])
    captured: dict[str, Any] = {}
    outputs_of = onnx2tf.get_tf_model_outputs

    def remember(tf_layers_dict: dict[str, Any], output_names: list[str]) -> Any:  # noqa: ANN401 - onnx2tf's
        captured.update(tf_layers_dict)
        return outputs_of(tf_layers_dict=tf_layers_dict, output_names=output_names)

    onnx2tf.get_tf_model_outputs = remember
    try:
        keras_model = onnx2tf.convert(
            onnx_graph=model,
            output_folder_path="out",
            not_use_onnxsim=True,
            not_use_opname_auto_generate=True,
            custom_input_op_name_np_data_path=tried,
            keep_shape_absolutely_input_names=source["keep_layout"] or None,
            disable_model_save=True,
            non_verbose=True,
        )
    except (Exception, SystemExit) as error:
        raise _failure(error, model, name) from error
    finally:
        onnx2tf.get_tf_model_outputs = outputs_of
    return keras_model, _name_layers(model, captured)


def _failure(error: BaseException, model: ModelProto, name: str) -> ModelError:
    """One sentence with node and operator; onnx2tf notes the node in the error."""
    node_name = getattr(error, "onnx_op_name", None)
    kinds = {node.name.replace(":", "__"): node.op_type for node in model.graph.node}
    said = _PREFIX.sub("", str(error)) or type(error).__name__
    cause = first_line(said).split(" for '{{node")[0]
    if node_name not in kinds:
        return ModelError(f"onnx2tf cannot convert `{name}`: {cause}")
    return ModelError(
        f"onnx2tf cannot convert node `{node_name}` ({kinds[node_name]}) of `{name}`: {cause}",
        "write this part of the source model in another way, with fixed sizes and plain layers",
    )


def _name_layers(model: ModelProto, tensors: Mapping[str, Any]) -> dict[str, str]:
    """Name the Keras layer that ends a node after it, so that the name reaches the ``.tflite``."""
    layers: dict[str, str] = {}
    for index, node in enumerate(model.graph.node):
        for output in node.output:
            tensor = tensors.get(output.replace(":", "__"), {}).get("tf_node")
            layer = getattr(getattr(tensor, "node", None), "layer", None)
            if layer is not None and layer.name not in layers and type(layer).__name__ != "InputLayer":
                layer._name = f"onnx_node_{index}"  # noqa: SLF001 - Keras lets a layer be named at its birth only
                layers[layer.name] = node.name
    return layers


def _to_tflite(keras_model: Any, layers: Mapping[str, str], name: str) -> bytes:  # noqa: ANN401 - TensorFlow has no types
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    signature = [
        tf.TensorSpec(tensor.shape, tensor.dtype, f"input_{index}")
        for index, tensor in enumerate(keras_model.inputs)
    ]
    function = tf.function(lambda *tensors: keras_model(list(tensors)), input_signature=signature)
    frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    try:
        model: bytes = converter.convert()
    except Exception as error:  # the converter's own class is not public
        raise _refusal(str(error), frozen, layers, name) from error
    return model


def _refusal(reason: str, function: Any, layers: Mapping[str, str], name: str) -> ModelError:  # noqa: ANN401 - as above
    kinds = sorted(set(_UNKNOWN_OPERATOR.findall(reason)))
    if not kinds:
        return ModelError(f"TensorFlow Lite refuses `{name}`: {first_line(reason)}")
    nodes = [node for kind in kinds if (node := _node_of(kind, function, layers))]
    where = f" (first in node `{nodes[0]}`)" if nodes else ""
    return ModelError(
        f"`{name}` needs operators that TensorFlow Lite does not have: {', '.join(kinds)}{where}",
        "replace them in the source model",
    )


def _node_of(kind: str, function: Any, layers: Mapping[str, str]) -> str | None:  # noqa: ANN401 - as above
    """The node that an operation belongs to: the next one after it that ends a layer with a name."""
    waiting = [each for each in function.graph.get_operations() if each.type == kind]
    for operation in waiting:
        layer = re.search(r"onnx_node_\d+", operation.name)
        if layer:
            return layers[layer[0]]
        waiting += [user for out in operation.outputs for user in out.consumers() if user not in waiting]
    return None


def _checked(
    flatbuffer: bytes, source: Mapping[str, Any], cases: Mapping[str, Array], name: str
) -> tuple[list[int], list[dict[str, Any]]]:
    """The places of the source's outputs among the model's, and what is known of each.

    Raises ModelError naming the output that differs most from onnxruntime's beyond the tolerance.
    """
    given = [cases[f"in{index}"] for index in range(len(source["inputs"]))]
    runs = [_run(flatbuffer, case) for case in zip(*given, strict=True)]
    free = list(range(len(runs[0])))
    places, facts = [], []
    for index, output in enumerate(source["outputs"]):
        wanted = list(cases[f"out{index}"])
        matches = [(*_closest(wanted, [run[place] for run in runs]), place) for place in free]
        difference, permutation, place = min(matches, key=lambda match: match[0], default=(np.inf, None, 0))
        largest = max(float(np.abs(each).max(initial=0)) for each in wanted)
        if not difference <= FLOAT_TOLERANCE * largest:
            raise _wrong(name, output, difference, FLOAT_TOLERANCE * largest)
        free.remove(place)
        places.append(place)
        result = runs[0][place]
        facts.append(
            {
                "name": output,
                "source_shape": list(wanted[0].shape),
                "shape": list(result.shape),
                "dtype": str(result.dtype),
                "transposed": permutation,
                "max_difference": difference,
                "max_value": largest,
            }
        )
    return places, facts


def _wrong(name: str, output: str, difference: float, limit: float) -> ModelError:
    if np.isfinite(difference):
        what = (
            f"differs by up to {difference:.3g} from onnxruntime's on the same inputs (allowed: {limit:.3g})"
        )
    else:
        what = "has another size than in onnxruntime"
    return ModelError(
        f"output `{output}` of `{name}` {what}: the float model does not compute what the ONNX file does",
        "nothing was quantized; look for reshapes, transposes or resizes that mix axes in the source model",
    )


def _closest(wanted: Sequence[Array], got: Sequence[Array]) -> tuple[float, list[int] | None]:
    """The smallest largest difference over the orders of axes, and that order; None: as they are."""
    axes = list(range(wanted[0].ndim))
    best: tuple[float, list[int] | None] = (np.inf, None)
    for order in permutations(axes):
        if [wanted[0].shape[axis] for axis in order] != list(got[0].shape):
            continue
        pairs = zip(wanted, got, strict=True)
        differences = [
            float(np.abs(w.transpose(order).astype(np.float64) - g).max(initial=0)) for w, g in pairs
        ]
        if max(differences) < best[0]:
            best = (max(differences), None if list(order) == axes else list(order))
    return best


def _run(flatbuffer: bytes, inputs: Sequence[Array]) -> list[Array]:
    import tensorflow as tf

    kind = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = tf.lite.Interpreter(model_content=flatbuffer, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    for detail, array in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], array)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


if __name__ == "__main__":
    serve(lower)
