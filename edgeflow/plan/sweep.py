"""The networks of a plan: every combination of what is swept."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, get_args

import msgspec

from edgeflow.errors import UsageError
from edgeflow.preprocess.options import CHANNELS, ColorMode, InputSide
from edgeflow.quantize.sketch import Sketch
from edgeflow.train.options import ArchitectureName, ModelOptions, StemStride, Width

# The side of a square, or width x height as cameras and screens say it.
Size = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,5}(x[0-9]{1,5})?$")]


class Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The values that are tried of each dimension."""

    architectures: tuple[ArchitectureName, ...] = get_args(ArchitectureName)
    widths: tuple[Width, ...] = (0.25, 0.5, 1.0)
    sizes: tuple[Size, ...] = ("32", "48", "64", "96")
    colors: tuple[ColorMode, ...] = ("grayscale", "rgb")
    stem_strides: tuple[StemStride, ...] = (2,)

    def __post_init__(self) -> None:
        """Raises ValidationError for a side that the project file would not take."""
        msgspec.convert([side for size in self.sizes for side in sides(size)], list[InputSide])


def sides(size: str) -> tuple[int, int]:
    """Height and width of a size such as ``96`` or ``160x120`` (width x height)."""
    width, _, height = size.partition("x")
    return int(height or width), int(width)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network of the sweep, and the project keys that would build it."""

    name: str
    sketch: Sketch
    settings: dict[str, str | float | int | list[int]]


def read_sweep(lists: Mapping[str, str | None]) -> Sweep:
    """The sweep of lists with commas, by the sweep's own names; None leaves a dimension at its default.

    Raises:
        UsageError: a value is none that the project file would take.
    """
    given = {name: text.split(",") for name, text in lists.items() if text is not None}
    for name, values in given.items():
        try:
            msgspec.convert({name: [value.strip() for value in values]}, Sweep, strict=False)
        except msgspec.ValidationError as fault:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"`{option} {','.join(values)}`: {fault}", f"a list such as {option} {_example(name)}"
            ) from fault
    stripped = {name: [value.strip() for value in values] for name, values in given.items()}
    return msgspec.convert(stripped, Sweep, strict=False)


def _example(name: str) -> str:
    return ",".join(f"{value}" for value in getattr(Sweep(), name))


def candidates(sweep: Sweep, base: ModelOptions, class_count: int) -> list[Candidate]:
    """All combinations in a fixed order, each once; ``base`` gives the options that are not swept."""
    several_strides = len(set(sweep.stem_strides)) > 1
    found: dict[str, Candidate] = {}
    for architecture, width, size, color, stride in itertools.product(
        sweep.architectures, sweep.widths, sweep.sizes, sweep.colors, sweep.stem_strides
    ):
        options = msgspec.structs.replace(base, architecture=architecture, width=width, stem_stride=stride)
        name = f"{architecture} x{width:g} {size}px {color}" + (f" /{stride}" if several_strides else "")
        height, wide = sides(size)
        settings: dict[str, str | float | int | list[int]] = {
            "model.architecture": architecture,
            "model.width": width,
            "model.blocks": options.blocks,
            "model.stem_stride": stride,
            "preprocessing.input_size": height if height == wide else [height, wide],
            "preprocessing.color_mode": color,
        }
        sketch = Sketch(options, height, wide, CHANNELS[color], class_count)
        found.setdefault(name, Candidate(name, sketch, settings))
    return list(found.values())
