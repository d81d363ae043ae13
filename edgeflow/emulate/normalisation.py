"""Whether a foreign model seems to take other values of pixels, or other classes, than the project states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import msgspec

from edgeflow.emulate.part import Part
from edgeflow.preprocess.spec import PictureSpec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.desktop import DesktopRuntime

    # True classes by predicted ones.
    Confusion = npt.NDArray[np.int64]

# Enough pictures to tell one normalisation from another; the wrong one costs tens of percent.
PICTURES = 200
_CLEARLY_BETTER = 0.1
# So many must fit another order of the classes, which chance finds more easily than other values of pixels.
_FITS_AN_ORDER = 0.6
# Mean and standard deviation of ImageNet's pixels by channel, in [0, 1], as torchvision's models take them
# (https://pytorch.org/vision/stable/models.html).
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


def foreign_model_hint(model: DesktopRuntime, part: Part, names: Sequence[str]) -> str | None:
    """A sentence when common values of pixels or another order of the classes are clearly better.

    None where the stated ones are as good, where the best is hardly better than to name one class always,
    and for a part without pictures.
    """
    stated = part.spec
    if not isinstance(stated, PictureSpec) or part.labels is None or prod(model.outputs[0].shape) == 1:
        return None
    sample, count = part.spread(PICTURES), len(names)
    now = _confusion(model, sample, count)
    found = [(_confusion(model, replace(sample, spec=s), count), name, s) for name, s in _common(stated)]
    best, name, spec = max(found, key=lambda each: int(each[0].trace()))
    begin = f"the model is right for {now.trace()} of {len(sample)} training pictures"
    floor = max(int(now.trace()), int(now.sum(axis=1).max())) + _CLEARLY_BETTER * len(sample)
    if best.trace() >= floor:
        return f"{begin} with the stated values, for {best.trace()} with {name}: {_keys(spec)}"
    values = [(now, ""), *((counts, f" with {name}: {_keys(s)}, and") for counts, name, s in found)]
    fits, keys, order = max((_in_order(counts, keys) for counts, keys in values), key=lambda each: each[0])
    if fits < max(floor, _FITS_AN_ORDER * len(sample)):
        return None
    classes = ", ".join(names[place] for place in order)
    return (
        f"{begin}, but for {fits}{keys} if its outputs are in the order {classes}: `[model] labels` says so"
    )


def _in_order(counts: Confusion, keys: str) -> tuple[int, str, list[int]]:
    """How many are right if each output is the class that it names most, where no two name the same."""
    order = [int(place) for place in counts.argmax(axis=0)]
    is_order = len(set(order)) == len(order)
    return int(counts.max(axis=0).sum()) if is_order else 0, keys, order


def _confusion(model: DesktopRuntime, part: Part, count: int) -> Confusion:
    import numpy as np

    scores, labels = model.run(part.inputs(model.inputs))[0], np.asarray(part.labels)
    counts = np.zeros((count, count), np.int64)
    np.add.at(counts, (labels, scores.reshape(len(part), -1).argmax(axis=1)), 1)
    return counts


def _common(stated: PictureSpec) -> Iterator[tuple[str, PictureSpec]]:
    """What nets are trained on, by name."""
    flat = {
        "p / 255": (1 / 255, 0.0),
        "p / 127.5 - 1": (1 / 127.5, -1.0),
        "(p - 128) / 128": (1 / 128, -1.0),
        "the pixels as they are": (1.0, 0.0),
    }
    values = {
        name: ((scale,) * stated.channels, (offset,) * stated.channels)
        for name, (scale, offset) in flat.items()
    }
    if stated.channels == len(_IMAGENET_MEAN):
        values["ImageNet's mean and deviation"] = (
            tuple(1 / 255 / deviation for deviation in _IMAGENET_DEVIATION),
            tuple(-m / d for m, d in zip(_IMAGENET_MEAN, _IMAGENET_DEVIATION, strict=True)),
        )
    for name, (scale, offset) in values.items():
        yield name, msgspec.structs.replace(stated, scale=scale, offset=offset)


def _keys(spec: PictureSpec) -> str:
    return f"`preprocessing.scale = {_numbers(spec.scale)}`, `preprocessing.offset = {_numbers(spec.offset)}`"


def _numbers(values: tuple[float, ...]) -> str:
    return repr(values[0]) if len(set(values)) == 1 else repr(list(values))
