"""Which part of a picture goes to which part of the network's input; plain integers."""

from __future__ import annotations

from dataclasses import dataclass

from edgeflow.preprocess.options import AspectRatio


@dataclass(frozen=True, slots=True)
class Rect:
    """A part of a picture, in pixels; ``x`` counts from the left, ``y`` from the top."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Placement:
    """The part ``source`` of the picture is resized to the part ``destination`` of the input."""

    source: Rect
    destination: Rect


def place(aspect_ratio: AspectRatio, width: int, height: int, to_width: int, to_height: int) -> Placement:
    """Where a picture of ``width`` by ``height`` goes in an input of ``to_width`` by ``to_height``."""
    whole, target = Rect(0, 0, width, height), Rect(0, 0, to_width, to_height)
    if aspect_ratio == "crop":
        return Placement(_largest(width, height, to_width, to_height), target)
    if aspect_ratio == "pad":
        return Placement(whole, _largest(to_width, to_height, width, height))
    return Placement(whole, target)


def _largest(width: int, height: int, ratio_width: int, ratio_height: int) -> Rect:
    """The largest centred part of a rectangle with (nearly) another's ratio of the sides."""
    if width * ratio_height > height * ratio_width:
        part_width, part_height = _rounded(height * ratio_width, ratio_height), height
    else:
        part_width, part_height = width, _rounded(width * ratio_height, ratio_width)
    return Rect((width - part_width) // 2, (height - part_height) // 2, part_width, part_height)


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient rounded to nearest, at least 1."""
    return max(1, (numerator + denominator // 2) // denominator)
