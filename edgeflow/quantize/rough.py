"""A float ``.tflite`` as int8 with invented ranges: its operators and sizes are the real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.quantize.audit import require_no_loops
from edgeflow.train.process import ProcessDiedError, run_in_process


def run(model: Path, out: Path, progress: Callable[[str], None]) -> None:
    """Write ``model`` quantized as far as TFLite can, calibrated on seeded noise.

    Its answers are worth nothing, so it is no stage of a build: it only says which operators stay in float
    and what the int8 ones take.

    Raises ModelError when the model cannot be quantized at all, ToolError without TensorFlow.
    """
    require_no_loops(model)
    job = {"model": str(model.resolve()), "out": str(out.resolve())}
    try:
        run_in_process("edgeflow.quantize.rough_worker", job, progress)
    except ProcessDiedError as error:
        raise ModelError(f"TensorFlow Lite cannot quantize the model: {error.message}") from error
