"""``python -m edgeflow.mobile.host_worker FOLDER``: time a model in an interpreter with its default delegate.

Reads ``request.json`` from the folder and writes ``answer.json``: nanoseconds of each run.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from edgeflow.emulate.desktop_worker import delegated_parts

SEED = 1


def main() -> None:
    """Answer the request in the folder named on the command line."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    try:
        answer: dict[str, Any] = {"results": [_measure(request, threads) for threads in request["threads"]]}
    except (ValueError, RuntimeError, MemoryError, OSError) as error:  # how the interpreter refuses
        answer = {"error": str(error).strip().split("\n")[0] or type(error).__name__}
    (folder / "answer.json").write_text(json.dumps(answer))


def _measure(request: dict[str, Any], threads: int) -> dict[str, Any]:
    module = importlib.import_module(request["module"])
    interpreter = module.Interpreter(model_path=request["model"], num_threads=threads)
    interpreter.allocate_tensors()
    _fill(interpreter)
    for _ in range(request["warm_up_runs"]):
        interpreter.invoke()
    times_ns = []
    for _ in range(request["runs"]):
        start = time.perf_counter_ns()
        interpreter.invoke()
        times_ns.append(time.perf_counter_ns() - start)
    return {"threads": threads, "delegated_parts": delegated_parts(interpreter), "times_ns": times_ns}


def _fill(interpreter: Any) -> None:  # noqa: ANN401  two packages have this class
    """Random inputs: kernels of floats may be slow or fast on zeros."""
    import numpy as np

    random = np.random.default_rng(SEED)
    for detail in interpreter.get_input_details():
        dtype, shape = np.dtype(detail["dtype"]), detail["shape"]
        if dtype.kind == "f":
            values = random.uniform(-1, 1, shape).astype(dtype)
        elif dtype.kind == "b":
            values = random.integers(0, 2, shape).astype(dtype)
        else:  # 0 to 9 of integers that are not quantized: they may be indices
            is_quantized = len(detail["quantization_parameters"]["scales"]) > 0
            limits = (np.iinfo(dtype).min, np.iinfo(dtype).max) if is_quantized else (0, 9)
            values = random.integers(*limits, shape, dtype=dtype, endpoint=True)
        interpreter.set_tensor(detail["index"], values)


if __name__ == "__main__":
    main()
