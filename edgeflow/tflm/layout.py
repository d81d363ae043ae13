"""Sizes of C structs under the rules of the usual 32-bit and 64-bit ABIs.

A struct is written as its fields in order, one letter each: ``p`` pointer or ``size_t``, ``d`` double
or int64 (aligned to 8 on Arm and x86-64), ``i`` int, float or enum, ``h`` 16 bits, ``b`` 8 bits or bool.
Enums count as int; Arm's bare-metal ABI may make them smaller, never larger.
"""

from __future__ import annotations

from dataclasses import dataclass

_FIXED_BYTES = {"d": 8, "i": 4, "h": 2, "b": 1}


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes to allocate and their alignment."""

    byte_count: int
    alignment_bytes: int


def align_up(byte_count: int, alignment_bytes: int) -> int:
    """The smallest multiple of the alignment that is not below ``byte_count``."""
    return -(-byte_count // alignment_bytes) * alignment_bytes


def struct_block(fields: str, pointer_bytes: int) -> Block:
    """Size and alignment of a struct of these fields; blanks between letters are for the reader."""
    end, alignment = 0, 1
    for letter in fields.replace(" ", ""):
        size = pointer_bytes if letter == "p" else _FIXED_BYTES[letter]
        end = align_up(end, size) + size
        alignment = max(alignment, size)
    return Block(align_up(end, alignment), alignment)
