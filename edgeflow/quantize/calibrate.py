"""Choose the training pictures that set the ranges of the activations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edgeflow.errors import DataError
from edgeflow.train.pictures import Part


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """The pictures chosen of one class: indices into the training part, ascending."""

    name: str
    available: int
    chosen: tuple[int, ...]


def chosen_pictures(
    labels: npt.NDArray[np.int64], class_names: Sequence[str], per_class: int, seed: int
) -> list[ClassChoice]:
    """Up to ``per_class`` pictures of every class, drawn without return; all of a class that has fewer.

    Raises DataError for a class without any training picture.
    """
    choices = []
    for label, name in enumerate(class_names):
        members = np.flatnonzero(labels == label)
        if not len(members):
            raise DataError(
                f"class `{name}` has no training picture to calibrate with",
                "add pictures of it or remove the class",
            )
        random = np.random.default_rng((seed, label))
        drawn = random.choice(members, min(per_class, len(members)), replace=False)
        choices.append(ClassChoice(name, len(members), tuple(sorted(int(index) for index in drawn))))
    return choices


def calibration_pictures(train: Part, choices: Sequence[ClassChoice]) -> npt.NDArray[np.uint8]:
    """The chosen pictures ``[N, H, W, C]``, of which some picture holds the pixel 0 and some the pixel 255.

    The converter takes the input's scale from the pixels it sees; only both ends of the range give
    exactly 1/128 and zero point 0. Where the chosen pictures lack one end, the darkest or brightest
    value of the first picture that has it is set to that end: at one place, so that the ranges of
    the activations hardly move.
    """
    indices = [index for choice in choices for index in choice.chosen]
    images = train.images[indices].copy()
    images.flat[images.argmin()] = 0
    images.flat[images.argmax()] = 255
    return images


def calibration_record(choices: Sequence[ClassChoice], per_class: int, seed: int) -> dict[str, Any]:
    """What ``calibration.json`` says; ``short_classes`` have fewer pictures than were asked for."""
    return {
        "schema": 1,
        "seed": seed,
        "pictures_per_class": per_class,
        "pictures": sum(len(choice.chosen) for choice in choices),
        "classes": [
            {"name": c.name, "available": c.available, "count": len(c.chosen), "chosen": list(c.chosen)}
            for c in choices
        ],
        "short_classes": [choice.name for choice in choices if len(choice.chosen) < per_class],
    }
