"""Untrained networks as int8 ``.tflite``: what planning measures before any training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from edgeflow.train.options import ModelOptions
from edgeflow.train.process import run_in_process

# Seed of weights and calibration: a plan answers the same every time.
SKETCH_SEED = 1


@dataclass(frozen=True, slots=True)
class Sketch:
    """A network to build: its options, the input's size and colour channels, and the classes."""

    model: ModelOptions
    height: int
    width: int
    channels: int
    class_count: int

    def as_json(self) -> dict[str, Any]:
        """The sketch as JSON; equal sketches are equal files."""
        return {
            "model": msgspec.to_builtins(self.model),
            "height": self.height,
            "width": self.width,
            "channels": self.channels,
            "class_count": self.class_count,
            "seed": SKETCH_SEED,
        }


def draw(
    sketches: Sequence[Sketch], folder: Path, finished: Callable[[int, Mapping[str, Any]], None]
) -> None:
    """Write ``<number>.tflite`` of every sketch into ``folder``, in a process with TensorFlow.

    Weights are the initialisers', and the activations' ranges come from random pictures: shapes and
    operators are those of the trained network, so sizes and times are, too. The answers are worth nothing.
    ``finished`` is called with the number of each sketch that is whole, its parameters and its MACs.

    Raises:
        ProjectError: a network is impossible.
        ToolError: TensorFlow is missing.
        ProcessDiedError: the conversion ended without an answer.
    """
    job = {"sketches": [sketch.as_json() for sketch in sketches], "folder": str(folder.resolve())}

    def heard(text: str) -> None:
        facts = msgspec.json.decode(text)
        finished(facts["number"], {"parameters": facts["parameters"], "conv_macs": facts["conv_macs"]})

    run_in_process("edgeflow.quantize.sketch_worker", job, heard)
