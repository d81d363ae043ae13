"""The networks of a plan: every combination of what is swept."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import msgspec

from edgeflow.data.options import ColorMode, InputSize
from edgeflow.errors import UsageError
from edgeflow.quantize.sketch import Sketch
from edgeflow.train.options import ArchitectureName, ModelOptions, StemStride, Width

COLOR_CHANNELS: dict[ColorMode, int] = {"grayscale": 1, "rgb": 3}


class Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The values that are tried of each dimension."""

    architectures: tuple[ArchitectureName, ...] = get_args(ArchitectureName)
    widths: tuple[Width, ...] = (0.25, 0.5, 1.0)
    sizes: tuple[InputSize, ...] = (32, 48, 64, 96)
    colors: tuple[ColorMode, ...] = ("grayscale", "rgb")
    stem_strides: tuple[StemStride, ...] = (2,)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network of the sweep, and the project keys that would build it."""

    name: str
    sketch: Sketch
    settings: dict[str, str | float | int]


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
    for architecture, width, side, color, stride in itertools.product(
        sweep.architectures, sweep.widths, sweep.sizes, sweep.colors, sweep.stem_strides
    ):
        options = msgspec.structs.replace(base, architecture=architecture, width=width, stem_stride=stride)
        name = f"{architecture} x{width:g} {side}px {color}" + (f" /{stride}" if several_strides else "")
        settings: dict[str, str | float | int] = {
            "model.architecture": architecture,
            "model.width": width,
            "model.blocks": options.blocks,
            "model.stem_stride": stride,
            "data.input_size": side,
            "data.color_mode": color,
        }
        sketch = Sketch(options, side, COLOR_CHANNELS[color], class_count)
        found.setdefault(name, Candidate(name, sketch, settings))
    return list(found.values())
