"""The cases on which models are compared: those of the calibration, and test cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.artifact import read_json
from edgeflow.emulate import part

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array, TensorInfo


@dataclass(frozen=True, slots=True)
class Part:
    """Cases of the data, with a name for the rows."""

    name: str
    cases: part.Part

    def inputs(self, infos: Sequence[TensorInfo]) -> list[Array]:
        """As inputs of a model, with a leading axis of cases."""
        return self.cases.inputs(infos)


def parts_of(data_dir: Path, quantize_dir: Path, test_cases: int) -> list[Part]:
    """The cases that calibrated, and up to ``test_cases`` of the test part, spread evenly."""
    train, test = part.read_part(data_dir, "train"), part.read_part(data_dir, "test")
    record = read_json(quantize_dir / "calibration.json")
    chosen = [index for one in record["classes"] for index in one["chosen"]]
    return [Part("calibration", train.rows(chosen)), Part("test", test.spread(test_cases))]
