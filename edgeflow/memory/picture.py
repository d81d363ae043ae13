"""The memory plan's picture: operators from left to right, the arena from bottom to top.

``memory_plan.svg`` and the build report draw it with the same template, ``templates/plan.svg.j2``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from edgeflow.errors import InternalError

TEMPLATES = Path(__file__).parent / "templates"

WIDTH = 960
HEIGHT = 320
LEFT = 64
BOTTOM = 28
_MAX_LABELS = 24
_LABEL_WIDTH = 60
_LABEL_HEIGHT = 13


@dataclass(frozen=True, slots=True)
class Box:
    """One buffer: a rectangle in user units, its role and what a reader may want to know of it."""

    x: float
    y: float
    width: float
    height: float
    role: str
    name: str
    label: str
    text: str
    has_label: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an axis."""

    position: float
    text: str


@dataclass(frozen=True, slots=True)
class Band:
    """The columns of neighbouring operators."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture; ``peak_y`` is the arena's top, ``bound_y`` where the lower bound lies.

    ``fullest`` are the operators at which most bytes are in use, ``borders`` where one memory region ends
    and the next begins.
    """

    boxes: tuple[Box, ...]
    fullest: tuple[Band, ...]
    columns: tuple[Mark, ...]
    rows: tuple[Mark, ...]
    peak_y: float
    bound_y: float
    borders: tuple[float, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


def timeline(plan: dict[str, Any]) -> Timeline | None:
    """The geometry of a ``memory_plan.json``, or None when nothing is in the arena."""
    places = plan["placements"]
    arena: int = plan["arena_bytes"]
    if not places or not arena:
        return None
    first = min(p["first_op"] for p in places)
    count = max(p["last_op"] for p in places) - first + 1
    step = (WIDTH - LEFT) / count
    scale: float = (HEIGHT - BOTTOM) / arena

    def height_of(byte_count: int) -> float:
        return HEIGHT - BOTTOM - byte_count * scale

    return Timeline(
        boxes=tuple(_box(p, first, step, scale, arena) for p in places),
        fullest=_fullest(plan["live_bytes"][first:], step),
        columns=_columns(first, count, step),
        rows=tuple(Mark(round(height_of(size), 2), f"{size:,}") for size in _ticks(arena)),
        peak_y=round(height_of(arena), 2),
        bound_y=round(height_of(plan["lower_bound_bytes"]), 2),
        borders=tuple(round(height_of(region["start_bytes"]), 2) for region in plan["regions"][1:]),
    )


def _box(place: dict[str, Any], first: int, step: float, scale: float, arena: int) -> Box:
    width = (place["last_op"] - place["first_op"] + 1) * step
    height = place["byte_count"] * scale
    top = (arena - place["offset_bytes"] - place["byte_count"]) * scale
    until = f"operators {place['first_op']} to {place['last_op']}"
    return Box(
        x=round(LEFT + (place["first_op"] - first) * step, 2),
        y=round(top, 2),
        width=round(width, 2),
        height=round(height, 2),
        role=place["role"],
        name=place["name"],
        label=_label(place["name"]),
        text=f"{place['name']}: {place['byte_count']:,} B at {place['offset_bytes']:,}, {until}",
        has_label=width >= _LABEL_WIDTH and height >= _LABEL_HEIGHT,
    )


def _label(name: str) -> str:
    """The part of a tensor's name that differs: converters begin all with the network's, and join several."""
    parts = name.partition(";")[0].split("/")
    return parts[1] if len(parts) > 1 and parts[1] else parts[0]


def _fullest(live_bytes: list[int], step: float) -> tuple[Band, ...]:
    peak = max(live_bytes, default=0)
    bands = []
    position = 0
    for is_fullest, run in groupby(live_bytes, key=lambda count: count == peak):
        length = len(list(run))
        if is_fullest:
            bands.append(Band(round(LEFT + position * step, 2), round(length * step, 2)))
        position += length
    return tuple(bands)


def _columns(first: int, count: int, step: float) -> tuple[Mark, ...]:
    every = math.ceil(count / _MAX_LABELS)
    return tuple(
        Mark(round(LEFT + (position + 0.5) * step, 2), str(first + position))
        for position in range(0, count, every)
    )


def _ticks(arena: int) -> list[int]:
    """Zero, the arena's size, and round figures between that keep a distance from it."""
    rough = arena / 5
    unit = 1 << max(0, math.floor(math.log2(rough)))
    inner = [size for size in range(unit, arena, unit) if arena - size > unit / 2]
    return [0, *inner, arena]


def plan_svg(plan: dict[str, Any]) -> str:
    """A ``memory_plan.json`` as a picture that stands alone.

    Raises:
        InternalError: nothing is in the arena, which no model leads to.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    drawn = timeline(plan)
    if drawn is None:
        raise InternalError("a memory plan without buffers has no picture")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("plan.svg.j2").render(plan=drawn, standalone=True) + "\n"
