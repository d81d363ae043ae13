"""The process that quantizes with invented ranges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgeflow.artifact import write_bytes
from edgeflow.quantize.convert import int8_model
from edgeflow.train.determinism import set_up_tensorflow
from edgeflow.train.process import Job, Progress, serve

_SEED = 1
# Enough for every activation to get a range; which one is of no consequence for operators and sizes.
_CASES = 2


def quantize(job: Job, _progress: Progress) -> None:
    """Quantize the job's model on noise, and leave in float what has no int8 kernel."""
    import tensorflow as tf

    set_up_tensorflow(_SEED)
    content = Path(job["model"]).read_bytes()
    inputs = tf.lite.Interpreter(model_content=content).get_input_details()
    random = np.random.default_rng(_SEED)
    cases = [[_noise(detail["shape"], detail["dtype"], random) for detail in inputs] for _ in range(_CASES)]
    write_bytes(Path(job["out"]), int8_model(content, cases))


def _noise(
    shape: npt.NDArray[np.int32], dtype: type[np.generic], random: np.random.Generator
) -> npt.NDArray[np.generic]:
    """Values of both signs for real numbers, zeros (which index something) for others."""
    if np.issubdtype(dtype, np.floating):
        return random.uniform(-1, 1, tuple(shape)).astype(dtype)
    return np.zeros(tuple(shape), dtype)


if __name__ == "__main__":
    serve(quantize)
