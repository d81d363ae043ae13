"""``python -m edgeflow.emulate.desktop_worker FOLDER``: one TFLite interpreter in a process of its own.

Reads ``request.json`` and, for a run, ``inputs.npz`` from the folder; writes ``answer.json`` and, for a
run, ``outputs.npz``. A model that crashes the interpreter takes down this process only.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from edgeflow.tflite_edit import EDIT_ERRORS, with_only_subgraph, with_outputs, with_version_at_most

# The list of reference kernels of tflite-runtime 2.14 ends there, although the kernel computes version 4 (an
# activation of its own), as the list of default kernels says.
LISTED_TRANSPOSE_CONV = 3
# How the interpreter says that its list of kernels lacks an operator.
_LACKING = re.compile(r"Didn't find op for builtin opcode '(\w+)'")


def main() -> None:
    """Answer the request in the folder named on the command line."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    try:
        answer = _answer_with_any_kernels(folder, request)
    except (ValueError, RuntimeError, MemoryError, OSError) as error:  # how the interpreter refuses
        answer = {"error": str(error).strip().split("\n")[0] or type(error).__name__}
    (folder / "answer.json").write_text(json.dumps(answer))


def _answer_with_any_kernels(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """On the default kernels, and saying so, where there is no reference kernel of an operator, as of ELU."""
    try:
        return _answer(folder, request)
    except ValueError as error:
        lacking = _LACKING.search(str(error))
        if lacking is None or request["kernels"] != "reference":
            raise
        return _answer(folder, request | {"kernels": "undelegated"}) | {"lacking": lacking.group(1)}


def _answer(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    interpreter = _interpreter(request)
    if request["run"]:
        _run(interpreter, folder, request)
    return {
        "lacking": None,
        "delegated_parts": delegated_parts(interpreter),
        "inputs": [_describe(d) for d in interpreter.get_input_details()],
        "outputs": [_describe(d) for d in interpreter.get_output_details()],
    }


def _interpreter(request: dict[str, Any]) -> Any:  # noqa: ANN401  two packages have this class
    module = importlib.import_module(request["module"])
    resolvers = {
        "reference": module.OpResolverType.BUILTIN_REF,
        "default": module.OpResolverType.AUTO,
        "undelegated": module.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    }
    interpreter = module.Interpreter(
        model_content=edited(request),
        num_threads=request["threads"],
        experimental_op_resolver_type=resolvers[request["kernels"]],
    )
    _resize(interpreter, request["shapes"])
    interpreter.allocate_tensors()
    return interpreter


def delegated_parts(interpreter: Any) -> int | None:  # noqa: ANN401  as above
    """How many parts a delegate runs; None where the package does not say (the method is not public)."""
    details = getattr(interpreter, "_get_ops_details", None)
    return None if details is None else sum(op["op_name"] == "DELEGATE" for op in details())


def keeps_state(model: bytes) -> bool:
    """Whether a run may depend on the one before, of a model that the interpreter has accepted."""
    import tflite

    root = tflite.Model.GetRootAsModel(model, 0)
    if root.SubgraphsLength() > 1:
        return True
    graph = root.Subgraphs(0)
    return any(graph.Tensors(index).IsVariable() for index in range(graph.TensorsLength()))


def edited(request: dict[str, Any]) -> bytes:
    """The requested model with one subgraph, and the wanted tensors as outputs. Raises ValueError."""
    from tflite import BuiltinOperator

    model = Path(request["model"]).read_bytes()
    try:
        if request.get("kernels") == "reference":
            model = with_version_at_most(model, BuiltinOperator.TRANSPOSE_CONV, LISTED_TRANSPOSE_CONV)
        if request["subgraph"]:
            model = with_only_subgraph(model, request["subgraph"])
        return with_outputs(model, request.get("tensor_ids", ()))
    except EDIT_ERRORS as error:
        raise ValueError(f"its parts cannot be read: {error}") from error


def _resize(interpreter: Any, shapes: dict[str, list[int]]) -> None:  # noqa: ANN401  as above
    for detail in interpreter.get_input_details():
        shape = shapes.get(str(detail["index"]))
        if shape is not None and shape != [int(size) for size in detail["shape"]]:
            interpreter.resize_tensor_input(detail["index"], shape)


def _run(interpreter: Any, folder: Path, request: dict[str, Any]) -> None:  # noqa: ANN401  as above
    import numpy as np

    tensor_ids = request["tensor_ids"]
    # Resetting an interpreter's variable tensors leaves resource variables as they are: take a new one.
    is_renewed = not request["sequence"] and keeps_state(edited(request))
    with np.load(folder / "inputs.npz", allow_pickle=False) as archive:
        inputs = [archive[f"in{index}"] for index in range(len(archive.files))]
    wanted = {f"out{i}": d["index"] for i, d in enumerate(interpreter.get_output_details())}
    wanted |= {f"tensor{tensor_id}": tensor_id for tensor_id in tensor_ids}
    found: dict[str, list[Any]] = {key: [] for key in wanted}
    for case in range(len(inputs[0])):
        if is_renewed and case > 0:
            interpreter = _interpreter(request)
        for detail, array in zip(interpreter.get_input_details(), inputs, strict=True):
            interpreter.set_tensor(detail["index"], array[case])
        interpreter.invoke()
        for key, index in wanted.items():
            found[key].append(interpreter.get_tensor(index))
    np.savez(folder / "outputs.npz", **{key: np.stack(values) for key, values in found.items()})


def _describe(detail: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    parameters = detail["quantization_parameters"]
    is_quantized = len(parameters["scales"]) > 0
    return {
        "tensor_id": int(detail["index"]),
        "name": detail["name"],
        "shape": [int(size) for size in detail["shape"]],
        "dtype": np.dtype(detail["dtype"]).name,
        "scale": float(parameters["scales"][0]) if is_quantized else None,
        "zero_point": int(parameters["zero_points"][0]) if is_quantized else None,
    }


if __name__ == "__main__":
    main()
