"""Run an ONNX model in onnxruntime: what the import is checked against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from edgeflow.errors import ModelError

Array = npt.NDArray[Any]


class Session:
    """A model in onnxruntime, on the CPU."""

    def __init__(self, model: bytes, name: str) -> None:
        """Raises ModelError when onnxruntime refuses the model."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._name = name
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common base
            raise self._failure(error) from error

    def outputs(self, feeds: Mapping[str, Array]) -> list[Array]:
        """Every output of the model in its order."""
        try:
            return [np.asarray(output) for output in self._session.run(None, dict(feeds))]
        except Exception as error:  # as above
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> ModelError:
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        return ModelError(
            f"onnxruntime cannot run `{self._name}`: {cause}", "does it run where it came from?"
        )


def to_source(cases: Array, transposed: Sequence[int] | None) -> Array:
    """Cases ``[cases, ...]`` in the float ``.tflite``'s layout in that of the source."""
    return cases if transposed is None else cases.transpose(0, *(np.argsort(transposed) + 1))


def to_model(cases: Array, transposed: Sequence[int] | None) -> Array:
    """Cases ``[cases, ...]`` in the source's layout in that of the float ``.tflite``."""
    return cases if transposed is None else cases.transpose(0, *(np.array(transposed) + 1))
