"""``python -m edgeflow.emulate.tflm_worker FOLDER``: one TFLite Micro interpreter in a process of its own.

Reads ``request.json`` and, for a run, ``inputs.npz`` from the folder; writes ``answer.json`` and, for a
run, ``outputs.npz``. A model that crashes the interpreter takes down this process only.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from edgeflow.emulate.desktop_worker import edited, keeps_state
from edgeflow.tflite_edit import EDIT_ERRORS

# Of the interpreter itself, and of the package's Python, which reads the file first.
_REFUSALS = (ValueError, RuntimeError, MemoryError, OSError, LookupError, *EDIT_ERRORS)
# Taken from the system page by page as it is used.
ARENA_BYTES = 1 << 28


def main() -> None:
    """Answer the request in the folder named on the command line."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    log = folder / "complaints.txt"  # the interpreter raises only "failed" and writes why to stderr
    with log.open("wb") as stream:
        os.dup2(stream.fileno(), 2)
    try:
        answer = _answer(folder, request)
    except _REFUSALS as error:
        said = log.read_text(errors="replace").strip() or str(error).strip()
        answer = {"error": said.split("\n")[0] or type(error).__name__}
    (folder / "answer.json").write_text(json.dumps(answer))


def _answer(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    import tflite

    model = edited(request)
    interpreter = _interpreter(model)
    graph = tflite.Model.GetRootAsModel(model, 0).Subgraphs(0)
    inputs = [graph.Inputs(index) for index in range(graph.InputsLength())]
    outputs = [graph.Outputs(index) for index in range(graph.OutputsLength())]
    if request["run"]:
        _run(interpreter, model, folder, len(outputs), is_sequence=request["sequence"])
    return {
        "inputs": [_describe(graph, t, interpreter.get_input_details(i)) for i, t in enumerate(inputs)],
        "outputs": [_describe(graph, t, interpreter.get_output_details(i)) for i, t in enumerate(outputs)],
    }


def _interpreter(model: bytes) -> Any:  # noqa: ANN401  the package is untyped
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=ARENA_BYTES)
    interpreter.reset()
    return interpreter


def _run(interpreter: Any, model: bytes, folder: Path, output_count: int, *, is_sequence: bool) -> None:  # noqa: ANN401  as above
    import numpy as np

    is_renewed = not is_sequence and keeps_state(model)
    with np.load(folder / "inputs.npz", allow_pickle=False) as archive:
        inputs = [archive[f"in{index}"] for index in range(len(archive.files))]
    found: list[list[Any]] = [[] for _ in range(output_count)]
    for case in range(len(inputs[0])):
        if is_renewed and case > 0:
            interpreter = _interpreter(model)
        for index, array in enumerate(inputs):
            interpreter.set_input(array[case], index)
        interpreter.invoke()
        for index, values in enumerate(found):
            values.append(np.array(interpreter.get_output(index)))
    np.savez(folder / "outputs.npz", **{f"out{i}": np.stack(values) for i, values in enumerate(found)})


def _describe(graph: Any, tensor_id: int, detail: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401  as above
    import numpy as np

    parameters = detail["quantization_parameters"]
    is_quantized = len(parameters["scales"]) > 0
    return {
        "tensor_id": tensor_id,
        "name": (graph.Tensors(tensor_id).Name() or b"").decode(errors="replace"),
        "shape": [int(size) for size in detail["shape"]],
        "dtype": np.dtype(detail["dtype"]).name,
        "scale": float(parameters["scales"][0]) if is_quantized else None,
        "zero_point": int(parameters["zero_points"][0]) if is_quantized else None,
    }


if __name__ == "__main__":
    main()
