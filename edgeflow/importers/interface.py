"""Inputs and outputs of a model on its way from another tool: names and shapes before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgeflow.errors import ModelError, UsageError

Shape = tuple[int, ...]
OpenShape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output. ``source_shape`` has None where the source leaves an axis open.

    ``transposed`` is the permutation that turns the source's layout into the float ``.tflite``'s, or None.
    """

    name: str
    source_shape: OpenShape
    shape: Shape
    dtype: str
    transposed: tuple[int, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """As ``import.json`` holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Converted:
    """What an importer says of the ``model_float.tflite`` that it wrote, ports in the order of that file."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    tool_versions: Mapping[str, str]
    float_check: Mapping[str, Any] | None = (
        None  # how far the converted model was found to be from the source
    )


def fixed_shapes(
    model: str, inputs: Sequence[tuple[str, OpenShape | None]], shapes: Mapping[str, Sequence[int]]
) -> list[Shape]:
    """The shapes of inputs by name and open shape (None: not even the axes are known), batch 1 if it is open.

    Raises UsageError for a given shape of no input or against the model, ModelError when an axis stays open.
    """
    names = [name for name, _shape in inputs]
    for name in shapes:
        if name not in names:
            raise UsageError(f"`{model}` has no input `{name}`", f"inputs: {', '.join(names)}")
    return [_fixed(model, name, shape, shapes.get(name)) for name, shape in inputs]


def _fixed(model: str, name: str, shape: OpenShape | None, given: Sequence[int] | None) -> Shape:
    found = _shape_text(shape)
    if given is not None:
        fits = shape is None or (
            len(given) == len(shape)
            and all(size in {None, wanted} for size, wanted in zip(shape, given, strict=True))
        )
        if not fits or any(size < 1 for size in given):
            raise UsageError(f"the input `{name}` of `{model}` is {found}, not {list(given)}")
        return tuple(given)
    if shape is not None:
        sizes = [1 if place == 0 and size is None else size for place, size in enumerate(shape)]
        known = tuple(size for size in sizes if size is not None)
        if len(known) == len(sizes):
            return known
    example = ",".join("1" if place == 0 else str(size or 96) for place, size in enumerate(shape or (1, 96)))
    raise ModelError(
        f"the input `{name}` of `{model}` is {found}: a device needs every size",
        f"say it, for example --shape {name}={example}",
    )


def _shape_text(shape: OpenShape | None) -> str:
    if shape is None:
        return "of unknown shape"
    return f"[{', '.join('?' if size is None else str(size) for size in shape)}]"
