"""Whether a foreign model seems to be trained on other values of pixels than the project states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import msgspec

from edgeflow.emulate.part import Part
from edgeflow.preprocess.spec import PictureSpec

if TYPE_CHECKING:
    from edgeflow.emulate.desktop import DesktopRuntime

# Enough pictures to tell one normalisation from another; the wrong one costs tens of percent.
PICTURES = 200
_CLEARLY_BETTER = 0.1
# Mean and standard deviation of ImageNet's pixels by channel, in [0, 1], as torchvision's models take them
# (https://pytorch.org/vision/stable/models.html).
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


def normalisation_hint(float_model: DesktopRuntime, part: Part) -> str | None:
    """A sentence when common values of pixels give the float model a clearly better accuracy.

    None where the stated ones are as good, or the part has no pictures.
    """
    stated = part.spec
    if not isinstance(stated, PictureSpec) or part.labels is None or prod(float_model.outputs[0].shape) == 1:
        return None
    sample = part.spread(PICTURES)
    now = _correct(float_model, sample)
    best, name, spec = max(
        (
            (_correct(float_model, replace(sample, spec=other)), name, other)
            for name, other in _common(stated)
        ),
        key=lambda found: found[0],
    )
    if best - now < _CLEARLY_BETTER * len(sample):
        return None
    return (
        f"the float model is right for {now} of {len(sample)} training pictures with the stated values, for"
        f" {best} with {name}: `preprocessing.scale = {_numbers(spec.scale)}`,"
        f" `preprocessing.offset = {_numbers(spec.offset)}`"
    )


def _correct(model: DesktopRuntime, part: Part) -> int:
    import numpy as np

    scores = model.run(part.inputs(model.inputs))[0]
    return int(np.count_nonzero(scores.reshape(len(part), -1).argmax(axis=1) == part.labels))


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


def _numbers(values: tuple[float, ...]) -> str:
    return repr(values[0]) if len(set(values)) == 1 else repr(list(values))
