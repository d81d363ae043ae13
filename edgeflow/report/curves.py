"""Geometry of the training's picture: loss on training and validation pictures by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 960
HEIGHT = 200
LEFT = 64
BOTTOM = 24


@dataclass(frozen=True, slots=True)
class Curves:
    """Points of both lines as SVG wants them; ``best_x`` is the epoch whose weights were kept.

    ``first`` and ``last`` are losses of the outer epochs, ``best`` of the kept one on validation pictures.
    """

    loss: str
    val_loss: str
    best_x: float
    top: float
    epochs: int
    first: float
    last: float
    best: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM


def curves(history: dict[str, Any]) -> Curves | None:
    """The picture of a ``history.json``, or None when there are no two epochs to join."""
    epochs: list[dict[str, float]] = history["epochs"]
    if len(epochs) < 2:
        return None
    top = max(max(epoch["loss"], epoch["val_loss"]) for epoch in epochs)
    return Curves(
        loss=_points([epoch["loss"] for epoch in epochs], top),
        val_loss=_points([epoch["val_loss"] for epoch in epochs], top),
        best_x=_x(history["best_epoch"] - 1, len(epochs)),
        top=round(top, 3),
        epochs=len(epochs),
        first=round(epochs[0]["loss"], 3),
        last=round(epochs[-1]["loss"], 3),
        best=round(epochs[history["best_epoch"] - 1]["val_loss"], 3),
    )


def _x(position: int, count: int) -> float:
    return round(LEFT + position * (WIDTH - LEFT) / (count - 1), 2)


def _points(values: Sequence[float], top: float) -> str:
    floor = HEIGHT - BOTTOM
    scale = floor / top if top > 0 else 0.0
    return " ".join(
        f"{_x(i, len(values))},{round(floor - value * scale, 2)}" for i, value in enumerate(values)
    )
