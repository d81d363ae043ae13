"""Flash and static RAM of a linked image, by section, split into weights and code."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from edgeflow.errors import InternalError
from edgeflow.profile.image import Image, Section, Symbol

# The arena, or of one cut over memory regions its first part; the others are numbered.
_ARENA = re.compile(r"ef_arena[0-9]*")
# Constant arrays in a second flash region, such as external flash.
SECOND_FLASH = ".ef_flash1"
# Room that the linker script sets aside is no use of it: the stack is measured on its own.
_SET_ASIDE = frozenset({".stack", ".heap"})


@dataclass(frozen=True, slots=True)
class SectionSize:
    """What one section takes; ``.data`` takes both, its start values being kept in flash."""

    name: str
    flash_bytes: int
    ram_bytes: int


@dataclass(frozen=True, slots=True)
class ImageSize:
    """``flash_bytes = code_bytes + weights_bytes``; ``static_bytes`` is without arena and stack."""

    flash_bytes: int
    code_bytes: int
    weights_bytes: int
    static_bytes: int
    sections: tuple[SectionSize, ...]


def image_size(image: Image, model: str) -> ImageSize:
    """Sizes of an image whose generated symbols start with ``model``.

    Raises InternalError when the arena's symbol is missing.
    """
    stored = [s for s in image.sections if s.stored]
    in_ram = [s for s in image.sections if _is_in_ram(s) and s.name not in _SET_ASIDE]
    flash = sum(s.byte_count for s in stored) + _padding(stored, by_load_address=True)
    ram = sum(s.byte_count for s in in_ram) + _padding(in_ram, by_load_address=False)
    weights = _weights_bytes(image.symbols, model)
    sections = tuple(
        SectionSize(s.name, s.byte_count if s.stored else 0, s.byte_count if s in in_ram else 0)
        for s in image.sections
    )
    return ImageSize(flash, flash - weights, weights, ram - arena_bytes(image), sections)


def _is_in_ram(section: Section) -> bool:
    """What is written, not stored, or stored elsewhere than where it runs, can only be in RAM.

    The address does not tell: parts have RAM below Arm's SRAM region (the LPC1768's is at 0x1000_0000)
    and flash above it (the ESP32-C3's at 0x4200_0000).
    """
    is_moved = section.load_address != section.address
    return section.is_writable or is_moved or not section.stored


def arena_bytes(image: Image) -> int:
    """Size of the arena's array, or of all that it is cut into."""
    found = [symbol.byte_count for symbol in image.symbols if _ARENA.fullmatch(symbol.name)]
    if not found:
        raise InternalError("the image has no symbol `ef_arena` with a size")
    return sum(found)


def _padding(sections: list[Section], *, by_load_address: bool) -> int:
    """Bytes lost between neighbours to alignment; larger gaps are different memories."""

    def start(section: Section) -> int:
        return section.load_address if by_load_address else section.address

    lost = 0
    ordered = sorted(sections, key=start)
    for before, after in itertools.pairwise(ordered):
        gap = start(after) - (start(before) + before.byte_count)
        lost += gap if 0 < gap < max(after.alignment, 16) else 0
    return lost


def _weights_bytes(symbols: Iterable[Symbol], model: str) -> int:
    """Bytes under the model's constant arrays; arrays that the linker merged count once."""
    pattern = re.compile(rf"{re.escape(model)}_(weights|bias|multiplier|shift|table|state)_")
    spans = sorted((s.address, s.address + s.byte_count) for s in symbols if pattern.match(s.name))
    total = reached = 0
    for first, end in spans:
        total += max(0, end - max(first, reached))
        reached = max(reached, end)
    return total
