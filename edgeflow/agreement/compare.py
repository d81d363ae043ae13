"""Figures of how far two models' outputs are from each other, on the same cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from edgeflow.errors import ParityError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array, TensorInfo

    Real = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """The real values of a model's outputs: each ``[cases, elements]``."""

    model: str
    outputs: tuple[Real, ...]

    def classes(self) -> npt.NDArray[np.intp]:
        """The place of the highest value of the first output, of equal ones the first, by case."""
        places: npt.NDArray[np.intp] = self.outputs[0].argmax(axis=1)
        return places


def answers(model: str, outputs: Sequence[Array], infos: Sequence[TensorInfo] | None = None) -> Answers:
    """Outputs ``[cases, *shape]`` as real values, integers by the scales of ``infos``.

    Raises ParityError for a value that is no finite number.
    """
    import numpy as np

    real = []
    for index, output in enumerate(outputs):
        values = output.astype(np.float64).reshape(len(output), -1)
        info = None if infos is None else infos[index]
        if info is not None and info.scale and info.zero_point is not None:
            values = (values - info.zero_point) * info.scale
        if not np.isfinite(values).all():
            raise ParityError(
                f"output {index} of the {model} model holds values that are not finite numbers",
                "look for a division, a logarithm or weights that overflow in the network",
            )
        real.append(values)
    return Answers(model, tuple(real))


@dataclass(frozen=True, slots=True)
class Row:
    """Two models on one output and one part of the data.

    ``relative`` differences are shares of ``output_range``, the first model's largest value minus its
    least (1 where all are equal). ``same_class`` counts the cases in which the highest value stands at the
    same place, of an output of several values.
    """

    between: tuple[str, str]
    part: str
    output: int
    cases: int
    max_difference: float
    mean_difference: float
    output_range: float
    relative_max_difference: float
    relative_mean_difference: float
    same_class: int | None

    @property
    def argmax_agreement(self) -> float | None:
        """The share of cases with the same class."""
        return None if self.same_class is None else self.same_class / self.cases

    def as_json(self) -> dict[str, Any]:
        """As ``agreement.json`` holds it."""
        return {**asdict(self), "between": list(self.between), "argmax_agreement": self.argmax_agreement}


def rows(first: Answers, second: Answers, part: str) -> list[Row]:
    """A row for each output. Raises ParityError when the outputs are not the same in number or size."""
    sizes = [[output.shape[1] for output in each.outputs] for each in (first, second)]
    if sizes[0] != sizes[1]:
        raise ParityError(
            f"the {first.model} model has outputs of {sizes[0]} values,"
            f" the {second.model} model outputs of {sizes[1]}",
            "the import changed the model's interface",
        )
    return [
        _row((first.model, second.model), part, index, a, b)
        for index, (a, b) in enumerate(zip(first.outputs, second.outputs, strict=True))
    ]


def _row(between: tuple[str, str], part: str, output: int, first: Real, second: Real) -> Row:
    import numpy as np

    differences = np.abs(first - second)
    span = float(first.max() - first.min()) or 1.0
    largest, mean = float(differences.max()), float(differences.mean())
    same = None
    if first.shape[1] > 1:
        same = int(np.count_nonzero(first.argmax(axis=1) == second.argmax(axis=1)))
    return Row(between, part, output, len(first), largest, mean, span, largest / span, mean / span, same)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of a part's cases a model gives the right class."""

    model: str
    part: str
    cases: int
    correct: int

    @property
    def accuracy(self) -> float:
        """Their share."""
        return self.correct / self.cases

    def as_json(self) -> dict[str, Any]:
        """As ``agreement.json`` holds it."""
        return {**asdict(self), "accuracy": self.accuracy}


def accuracy(given: Answers, part: str, labels: npt.NDArray[np.int64]) -> Accuracy:
    """The accuracy of the first output."""
    import numpy as np

    return Accuracy(given.model, part, len(labels), int(np.count_nonzero(given.classes() == labels)))
