"""The model: files in, classes with scores out."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import decode, sound
from .audio import sound_features
from .errors import DataError
from .picture import prepare
from .runtime import Kernels, open_interpreter
from .spec import PictureSpec, SoundSpec, declaration
from .values import apply_table, raw_table, real_table

Array = npt.NDArray[Any]
FOLDER = Path(__file__).resolve().parent


class Result(NamedTuple):
    """A class and its score, in the model's real numbers."""

    label: str
    score: float


class Classifier:
    """The model with its preprocessing. Not for several threads at once.

    ``kernels="reference"`` gives the bytes of TFLite's reference kernels, slowly; ``"default"`` is the
    interpreter's fast way, whose scores may be a step of the quantization off.
    """

    def __init__(self, kernels: Kernels = "default", threads: int | None = None) -> None:
        facts = json.loads((FOLDER / "model.json").read_text(encoding="utf-8"))
        self.name: str = facts["name"]
        self.labels: list[str] = facts["labels"]
        self.spec = declaration(facts["preprocessing"])
        self._how = (kernels, threads)
        self.reset()

    def reset(self) -> None:
        """Forget what a model with a state has seen."""
        self._interpreter = open_interpreter((FOLDER / "model.tflite").read_bytes(), *self._how)
        self.inputs: list[dict[str, Any]] = self._interpreter.get_input_details()
        self.outputs: list[dict[str, Any]] = self._interpreter.get_output_details()

    @property
    def takes(self) -> str:
        """What a file holds: ``picture``, ``sound``, or ``raw``, the bytes of an input tensor."""
        if self.spec is None:
            return "raw"
        return "picture" if isinstance(self.spec, PictureSpec) else "sound"

    def classify(self, data: bytes, top: int | None = None) -> list[Result]:
        """The classes of an encoded picture or WAV file, best first. Raises DataError for another file."""
        return self.results(self.run([self.prepare(data)]), top)

    def prepare(self, data: bytes) -> Array:
        """The input tensor of an encoded picture or a WAV file. Raises DataError for another file."""
        if isinstance(self.spec, PictureSpec):
            return self.prepare_pixels(decode.decode(data, self.spec.color_mode))
        if self.spec is None:
            raise DataError("the model takes raw values, not pictures or sounds")
        samples = sound.decode(data, self.spec.sample_rate_hz)
        return self.prepare_samples(sound.clip(samples, self.spec.clip_samples))

    def prepare_pixels(self, pixels: npt.NDArray[np.uint8]) -> Array:
        """The input tensor of uint8 pixels ``[H, W, 1 or 3]``."""
        assert isinstance(self.spec, PictureSpec), "the model takes no pictures"  # noqa: S101  a caller's fault
        return self._values(prepare(pixels, self.spec))

    def prepare_samples(self, samples: npt.NDArray[np.int16]) -> Array:
        """The input tensor of the int16 samples of one clip."""
        assert isinstance(self.spec, SoundSpec), "the model takes no sounds"  # noqa: S101  a caller's fault
        return self._values(sound_features(samples[np.newaxis], self.spec)[0])

    def raw(self, data: Sequence[bytes]) -> list[Array]:
        """The input tensors of their bytes. Raises DataError for another number of bytes."""
        sizes = [math.prod(i["shape"]) * np.dtype(i["dtype"]).itemsize for i in self.inputs]
        if [len(part) for part in data] != sizes:
            raise DataError(f"the model takes inputs of {sizes} bytes, not {[len(part) for part in data]}")
        return [
            np.frombuffer(part, i["dtype"]).reshape(i["shape"])
            for part, i in zip(data, self.inputs, strict=True)
        ]

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        """Every output as the model gives it: integers, where it is quantized."""
        for detail, array in zip(self.inputs, inputs, strict=True):
            self._interpreter.set_tensor(detail["index"], array.reshape(detail["shape"]))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(detail["index"]) for detail in self.outputs]

    def results(self, outputs: Sequence[Array], top: int | None = None) -> list[Result]:
        """Classes and scores of the first output, best first, of equal scores in the model's order."""
        scores = self.real(outputs)[0].reshape(-1)
        order = np.argsort(-scores, kind="stable")[:top]
        is_named = len(scores) == len(self.labels)
        return [Result(self.labels[i] if is_named else str(i), float(scores[i])) for i in order]

    def real(self, outputs: Sequence[Array]) -> list[Array]:
        """Outputs as real numbers."""
        return [_real(a, d["quantization"]) for a, d in zip(outputs, self.outputs, strict=True)]

    def _values(self, pixels: npt.NDArray[np.uint8]) -> Array:
        (detail,) = self.inputs
        dtype = np.dtype(detail["dtype"])
        assert self.spec is not None  # noqa: S101  of prepare_pixels and prepare_samples
        if dtype.kind == "f":
            table = real_table(self.spec).astype(dtype)
        else:
            scale, zero_point = detail["quantization"]
            table = raw_table(self.spec, scale, zero_point, dtype.name)
        return apply_table(table, pixels)[np.newaxis]


def _real(array: Array, quantization: tuple[float, int]) -> Array:
    scale, zero_point = quantization
    real = array.astype(np.float64)
    return (real - zero_point) * scale if scale else real
