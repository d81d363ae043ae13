"""Geometry of the memory plan's picture: operators from left to right, the arena from bottom to top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

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
    text: str
    has_label: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an axis."""

    position: float
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture; ``bound_y`` is where the lower bound lies."""

    boxes: tuple[Box, ...]
    columns: tuple[Mark, ...]
    rows: tuple[Mark, ...]
    bound_y: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


def timeline(plan: dict[str, Any]) -> Timeline | None:
    """The picture of a ``memory_plan.json``, or None when nothing is in the arena."""
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
        columns=_columns(first, count, step),
        rows=tuple(Mark(round(height_of(size), 2), f"{size:,}") for size in _ticks(arena)),
        bound_y=round(height_of(plan["lower_bound_bytes"]), 2),
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
        text=f"{place['name']}: {place['byte_count']:,} B at {place['offset_bytes']:,}, {until}",
        has_label=width >= _LABEL_WIDTH and height >= _LABEL_HEIGHT,
    )


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
