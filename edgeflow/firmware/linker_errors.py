"""Turn what a compiler or linker says into one sentence with figures and a hint.

Understands ld.lld (zig) and GNU ld.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgeflow.errors import ADVICE_HINT, BuildError
from edgeflow.firmware.machine import Machine, Region

# lld: section '.text' will not fit in region 'FLASH': overflowed by 10 bytes (each figure holds those before)
# ld:  region `FLASH' overflowed by 10 bytes
_OVERFLOW = re.compile(r"region ['`](FLASH1|FLASH|RAM)'(?::)? overflowed by (\d+) bytes")
_UNDEFINED = re.compile(r"undefined (?:symbol: |reference to `)([\w.$]+)")
_DUPLICATE = re.compile(r"(?:duplicate symbol: |multiple definition of `)([\w.$]+)")
_DIAGNOSTIC = re.compile(r"^([^\s:][^:\n]*):(\d+)(?::\d+)?: (?:fatal )?error: (.+)$", re.MULTILINE)
_ANY_ERROR = re.compile(r"error: (.+)")


class TooLargeError(BuildError):
    """The program exceeds the memory that it was linked for."""


class FlashOverflowError(TooLargeError):
    """The first flash region is too small, and nothing else."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the image was linked for, and the stack that the linker script insists on."""

    machine: Machine
    minimum_stack_bytes: int


def build_error(text: str, exit_status: int, limits: Limits | None = None) -> BuildError:
    """The error for a failed compiler or linker run that printed ``text``."""
    overflow = _overflow(text, limits) if limits else None
    return overflow or _diagnostic(text) or _symbol(text) or _other(text, exit_status)


def _overflow(text: str, limits: Limits) -> BuildError | None:
    excess: dict[str, int] = {}
    for region, count in _OVERFLOW.findall(text):
        excess[region] = max(excess.get(region, 0), int(count))
    sentences = []
    flashes = {"FLASH": limits.machine.flash, "FLASH1": limits.machine.second_flash}
    for name, flash in flashes.items():
        if name in excess and flash is not None:
            sentences.append(_flash_sentence(excess[name], flash, limits.machine))
    if "RAM" in excess:
        sentences.append(_ram_sentence(excess["RAM"], limits))
    if not sentences:
        return None
    error = FlashOverflowError if set(excess) == {"FLASH"} else TooLargeError
    return error(f"program too large: {' and '.join(sentences)}", ADVICE_HINT)


def _flash_sentence(excess: int, flash: Region, machine: Machine) -> str:
    size = flash.size_bytes
    which = f" `{flash.name}`" if flash == machine.second_flash else ""
    return f"flash{which} overflows by {excess} bytes ({size + excess} needed, {size} on `{machine.name}`)"


def _ram_sentence(excess: int, limits: Limits) -> str:
    size = limits.machine.ram.size_bytes
    return (
        f"RAM overflows by {excess} bytes ({size + excess} needed with a stack of"
        f" {limits.minimum_stack_bytes}, {size} on `{limits.machine.name}`)"
    )


def _diagnostic(text: str) -> BuildError | None:
    found = _DIAGNOSTIC.search(text)
    if found is None:
        return None
    source, line, message = found.groups()
    return BuildError(f"the compiler refused `{source}` at line {line}: {message.strip()}")


def _symbol(text: str) -> BuildError | None:
    if found := _UNDEFINED.search(text):
        hint = "only mem* functions and the kernels are available on a bare core, no C library"
        return BuildError(f"the program uses `{found.group(1)}`, which nothing defines", hint)
    if found := _DUPLICATE.search(text):
        return BuildError(f"the program defines `{found.group(1)}` twice")
    return None


def _other(text: str, exit_status: int) -> BuildError:
    found = _ANY_ERROR.search(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = found.group(1).strip() if found else (lines[-1] if lines else "nothing")
    return BuildError(f"the compiler ended with status {exit_status} and said: {said}")
