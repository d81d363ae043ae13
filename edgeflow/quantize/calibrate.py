"""Choose the training pictures that set the ranges of the activations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgeflow.errors import DataError
from edgeflow.preprocess.declaration import Declaration, read_declaration
from edgeflow.preprocess.spec import FILE_NAME
from edgeflow.preprocess.values import network_input, real_table
from edgeflow.train.pictures import Part, read_class_names, read_part

Case = Sequence[npt.NDArray[np.generic]]
# Where nobody knows the classes, the cases stand for so many.
UNLABELLED_CLASSES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Cases, each the arrays of all inputs, and what ``calibration.json`` says of their choice."""

    cases: Sequence[Case]
    record: Mapping[str, Any]


def read_calibration(data_dir: Path, per_class: int, seed: int) -> Calibration:
    """The cases that set the ranges, of pictures or of real values, chosen from the training part.

    Raises DataError when there are none, or a class has none.
    """
    if (data_dir / FILE_NAME).is_file():
        train, spec = read_part(data_dir, "train"), read_declaration(data_dir / FILE_NAME)
        choices = chosen_pictures(train.labels, read_class_names(data_dir), per_class, seed)
        inputs = network_input(calibration_pictures(train, choices, spec), spec)
        return Calibration(
            [[one[np.newaxis]] for one in inputs], calibration_record(choices, per_class, seed)
        )
    with np.load(data_dir / "train.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    labels = arrays.pop("labels", None)
    if labels is None:
        count = len(arrays["in0"])
        chosen = np.random.default_rng(seed).permutation(count)[: UNLABELLED_CLASSES * per_class]
        choices = [ClassChoice(None, count, tuple(sorted(int(index) for index in chosen)))]
    else:
        choices = chosen_pictures(labels, read_class_names(data_dir), per_class, seed)
    cases = [
        [arrays[f"in{place}"][index] for place in range(len(arrays))]
        for choice in choices
        for index in choice.chosen
    ]
    return Calibration(cases, calibration_record(choices, per_class, seed))


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """The cases chosen of one class: indices into the training part, ascending. Without labels no name."""

    name: str | None
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


def calibration_pictures(
    train: Part, choices: Sequence[ClassChoice], spec: Declaration
) -> npt.NDArray[np.uint8]:
    """The chosen pictures ``[N, H, W, C]``, of which some hold the ends of the network's input values.

    The converter takes the input's scale from the values it sees; only both ends of the range give
    exactly the scale for all pixels (1/128 and zero point 0 where nothing else is set). Where the chosen
    pictures lack one end, the nearest value of the first picture that has it is set to that end: at one
    place, so that the ranges of the activations hardly move.
    """
    indices = [index for choice in choices for index in choice.chosen]
    images = train.images[indices].copy()
    table = real_table(spec)
    for end in (table.min(), table.max()):
        reaches = table == end
        levels = reaches.argmax(axis=1)  # the level of each channel that gives this end
        distances = np.abs(images.astype(np.int16) - levels)
        nearest = np.where(reaches.any(axis=1), distances, 256).argmin()
        images.flat[nearest] = levels[nearest % len(levels)]
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
        "short_classes": [
            choice.name for choice in choices if choice.name is not None and len(choice.chosen) < per_class
        ],
    }
