"""``edgeflow benchmark --host``: the measured latency of a model on this machine, in LiteRT with XNNPACK."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from edgeflow.emulate.worker_process import worker_answer
from edgeflow.errors import ModelError, ToolError

SCHEMA = 1
Json = dict[str, Any]

# LiteRT first: tflite-runtime 2.14 leaves fully quantized models to its own kernels instead of XNNPACK.
_RUNTIMES = (
    ("ai-edge-litert", "ai_edge_litert.interpreter"),
    ("tflite-runtime", "tflite_runtime.interpreter"),
)


def benchmark(model: Path, *, threads: Sequence[int], runs: int, warm_up_runs: int) -> Json:
    """Latency with each number of threads. Raises ModelError when the interpreter refuses the model."""
    if not model.is_file():
        raise ModelError(f"there is no model `{model}`")
    distribution, version, module = find_runtime()
    busy = os.getloadavg()[0]
    request = {
        "model": str(model.absolute()),
        "module": module,
        "threads": list(threads),
        "runs": runs,
        "warm_up_runs": warm_up_runs,
    }
    with tempfile.TemporaryDirectory(prefix="edgeflow-benchmark-") as temporary:
        folder = Path(temporary)
        (folder / "request.json").write_text(json.dumps(request))
        answer = worker_answer("edgeflow.mobile.host_worker", folder, model)
    runtime, machine = f"{distribution} {version}", machine_name()
    return {
        "schema": SCHEMA,
        "model": model.name,
        "where": "host",
        "machine": machine,
        "runtime": runtime,
        "load_average": round(busy, 2),
        "kind": f"measured on this machine ({machine}; {runtime}; load average {busy:.1f} before)",
        "results": [_result(row, warm_up_runs) for row in answer["results"]],
    }


def find_runtime() -> tuple[str, str, str]:
    """Distribution, version and module of the runtime that is measured. Raises ToolError without one."""
    for distribution, module in _RUNTIMES:
        try:
            return distribution, metadata.version(distribution), module
        except metadata.PackageNotFoundError:
            continue
    raise ToolError("no LiteRT is installed to measure with", "pip install ai-edge-litert")


def machine_name() -> str:
    """The processor's own name and how many of them this process may use."""
    names = [
        line.partition(":")[2].strip()
        for line in _cpuinfo().splitlines()
        if line.startswith(("model name", "Model"))
    ]
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{names[0] if names else platform.processor() or platform.machine()}, {usable} CPUs"


def _cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _result(row: Json, warm_up_runs: int) -> Json:
    import numpy as np

    times_us = np.asarray(row["times_ns"]) / 1000
    return {
        "threads": row["threads"],
        "delegated_parts": row["delegated_parts"],
        "runs": len(times_us),
        "warm_up_runs": warm_up_runs,
        "median_us": round(float(np.median(times_us)), 3),
        "p90_us": round(float(np.percentile(times_us, 90)), 3),
        "p95_us": round(float(np.percentile(times_us, 95)), 3),
        "min_us": round(float(times_us.min()), 3),
        "mean_us": round(float(times_us.mean()), 3),
        "std_us": round(float(times_us.std()), 3),
    }
