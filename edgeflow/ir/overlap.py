"""Where an operator's output may share memory with one of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Overlap:
    """The operator is still right when both tensors share memory, at a distance.

    The condition is ``output offset + distance_bytes <= input offset``: the operator then writes no
    byte of the output over a byte of the input that it still has to read. A distance of 0 allows the
    same place; a negative one allows an output that begins that far behind the input's begin. With
    ``in_place`` the very same place is allowed, too, whatever the distance. The input is destroyed
    where they overlap. Where ``output_id`` is None, the operator's scratch memory takes the output's
    place.
    """

    input_id: int
    output_id: int | None
    distance_bytes: int
    in_place: bool = False


# The overlaps that each operator allows, by ``Op.index``; an operator without an entry allows none.
Overlaps = Mapping[int, tuple[Overlap, ...]]
