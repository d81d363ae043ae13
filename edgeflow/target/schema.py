"""The field types that descriptors of boards and of phones share."""

from __future__ import annotations

from typing import Annotated

import msgspec

Kebab = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
NonNegativeInt = Annotated[int, msgspec.Meta(ge=0)]
PositiveNumber = Annotated[float, msgspec.Meta(gt=0)]

# A fault as the user reads it: one sentence, and a hint if there is one.
Fault = tuple[str, str | None]


def about(text: str) -> msgspec.Meta:
    """The description of a key; ``targets/README.md`` is generated from it."""
    return msgspec.Meta(description=text)


def uncovered(needed: list[str], covered: set[str]) -> list[Fault]:
    """A fault for each figure of a file that none of its sources covers."""
    return [
        (f"source: no [[source]] covers `{figure}`", "name the document the figure comes from")
        for figure in needed
        if figure not in covered
    ]
