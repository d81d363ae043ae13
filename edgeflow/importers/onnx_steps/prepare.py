"""First step of a conversion: check the model, run the original, simplify it for onnx2tf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edgeflow.artifact import write_bytes, write_json
from edgeflow.errors import InternalError, ModelError
from edgeflow.importers.interface import OpenShape
from edgeflow.importers.onnx_steps.gelu import order_gelu
from edgeflow.importers.onnx_steps.layout import (
    CHANNELS_LAST,
    is_spatial_input,
    take_channels_first,
)
from edgeflow.importers.onnx_steps.load import load_model
from edgeflow.importers.onnx_steps.run import Session, to_model

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, ValueInfoProto

_SEED = 1
_QUANTIZED = (
    "QuantizeLinear",
    "DequantizeLinear",
    "DynamicQuantizeLinear",
    "QLinear",
    "ConvInteger",
    "MatMulInteger",
)


def prepare(path: Path, shapes: Mapping[str, Sequence[int]], work_dir: Path) -> None:
    """Write ``prepared.onnx``, ``cases.npz`` and ``source.json`` into ``work_dir``.

    ``cases.npz`` holds inputs in the layout that the float ``.tflite`` will have and the original's
    outputs for them in the source's layout. Raises ModelError for what cannot be converted.
    """
    declared, model = load_model(path, shapes)
    _check_supported(model, path)
    inputs = [_input_facts(value, declared[value.name], path) for value in model.graph.input]
    cases = _inputs(inputs)
    outputs = _reference(model, path, inputs, cases)
    prepared = simplified(model, path)
    order_gelu(prepared)
    keep: list[str] = []
    for value, facts in zip(prepared.graph.input, inputs, strict=True):
        _decide_layout(prepared, value.name, facts, keep)
    write_bytes(work_dir / "prepared.onnx", prepared.SerializeToString())
    arrays = {f"out{index}": np.stack(results) for index, results in enumerate(zip(*outputs, strict=True))}
    for index, facts in enumerate(inputs):
        arrays[f"in{index}"] = to_model(np.stack([case[index] for case in cases]), facts["transposed"])
    np.savez(work_dir / "cases.npz", allow_pickle=False, **arrays)
    names = [value.name for value in model.graph.output]
    write_json(work_dir / "source.json", {"inputs": inputs, "outputs": names, "keep_layout": keep})


def _check_supported(model: ModelProto, path: Path) -> None:
    """Raises ModelError for operators that are quantized already or that onnx2tf does not know."""
    onnx2tf = find_spec("onnx2tf")  # not imported: it would bring TensorFlow
    if onnx2tf is None or not onnx2tf.submodule_search_locations:
        raise InternalError("the ONNX converter's packages are not on this process's path")
    operators = Path(onnx2tf.submodule_search_locations[0], "ops").glob("*.py")
    known = {file.stem for file in operators} - {"Input", "__init__"}
    for node in model.graph.node:
        if node.op_type.startswith(_QUANTIZED):
            raise ModelError(
                f"`{path.name}` is quantized: node `{node.name}` is {node.op_type}",
                "export the float32 model; edgeflow quantizes it with your data",
            )
    unknown = Counter(node.op_type for node in model.graph.node if node.op_type not in known)
    if unknown:
        first = next(node for node in model.graph.node if node.op_type in unknown)
        kinds = ", ".join(f"{kind} ({count} times)" for kind, count in unknown.items())
        raise ModelError(
            f"`{path.name}` uses operators that onnx2tf cannot convert: {kinds};"
            f" the first is node `{first.name or first.output[0]}`",
            "replace them in the source model by convolutions, pooling, dense layers or plain arithmetic",
        )


def _input_facts(value: ValueInfoProto, declared: OpenShape, path: Path) -> dict[str, Any]:
    from onnx import TensorProto, helper

    kind = value.type.tensor_type.elem_type
    if kind != TensorProto.FLOAT:
        dtype = helper.tensor_dtype_to_np_dtype(kind)
        raise ModelError(
            f"input `{value.name}` of `{path.name}` takes {dtype}, not float32",
            "export the model in float32 with real-valued inputs",
        )
    shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    return {"name": value.name, "source_shape": declared, "fixed": shape, "dtype": "float32"}


def _inputs(inputs: Sequence[dict[str, Any]]) -> list[list[npt.NDArray[np.float32]]]:
    """Three sets of inputs of different spread, in the source's layout."""
    random = np.random.default_rng(_SEED)
    kinds: tuple[Callable[[Sequence[int]], npt.NDArray[np.float64]], ...] = (
        lambda shape: random.normal(0, 1, shape),
        lambda shape: random.uniform(0, 1, shape),
        lambda shape: random.uniform(-1, 1, shape),
    )
    return [[kind(facts["fixed"]).astype(np.float32) for facts in inputs] for kind in kinds]


def _reference(
    model: ModelProto,
    path: Path,
    inputs: Sequence[dict[str, Any]],
    cases: Sequence[Sequence[npt.NDArray[np.float32]]],
) -> list[list[npt.NDArray[Any]]]:
    session = Session(model.SerializeToString(), path.name)
    results = []
    for case in cases:
        results.append(session.outputs({each["name"]: a for each, a in zip(inputs, case, strict=True)}))
        for value, output in zip(model.graph.output, results[-1], strict=True):
            if not np.isfinite(output).all():
                raise ModelError(
                    f"output `{value.name}` of `{path.name}` is not a finite number for ordinary inputs",
                    "are all weights finite? train again or export the right checkpoint",
                )
    return results


def simplified(model: ModelProto, path: Path) -> ModelProto:
    """The model with its constants computed, batch norms folded, every shape known and every node named."""
    import onnx
    import onnxsim

    try:
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        result, _ = onnxsim.simplify(inferred)
        result = onnx.shape_inference.infer_shapes(result, data_prop=True)
    except Exception as error:  # onnxsim raises what its C++ part throws
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"the shapes of `{path.name}` cannot be worked out: {cause}") from error
    for name, index in _unnamed(result.graph):
        result.graph.node[index].name = name
    return result


def _unnamed(graph: GraphProto) -> Iterator[tuple[str, int]]:
    taken = {node.name for node in graph.node}
    for index, node in enumerate(graph.node):
        if not node.name:
            name = node.op_type
            while name in taken:
                name = f"{node.op_type}_{index}" if name == node.op_type else f"{name}_"
            taken.add(name)
            yield name, index


def _decide_layout(model: ModelProto, name: str, facts: dict[str, Any], keep: list[str]) -> None:
    """Pictures and signals end with their channels in a ``.tflite``; other inputs keep their axes."""
    shape = facts.pop("fixed")
    permutation = CHANNELS_LAST.get(len(shape))
    if permutation is None or take_channels_first(model, name):
        permutation = None  # no axis to move, or the source has its channels last itself
    elif not is_spatial_input(model.graph, name):
        keep.append(name)
        permutation = None
    facts["transposed"] = permutation
    facts["shape"] = shape if permutation is None else [shape[axis] for axis in permutation]
