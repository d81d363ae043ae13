"""Whether an image was linked for the board: the wrong one may overwrite what the board keeps for itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.errors import BuildError
from edgeflow.target.core import CORES

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

    from edgeflow.target.descriptor import Target

# What edgeflow's linker script writes down of the memory that it was given.
_FLASH_SYMBOLS = ("ef_flash_start", "ef_flash_end")
_RELINK = "of a bare-metal export `make BOARD=boards/mine.c LINK=link.ld` links for the board"


def check_image(path: Path, target: Target) -> None:
    """Raises BuildError for what is no ELF file, is for another core, or lies outside the board's memory."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        with path.open("rb") as stream:
            _check(ELFFile(stream), path, target)
    except ELFError as error:
        raise BuildError(f"`{path}` is not an ELF file: {error}", "give the linked program") from error


def _check(elf: ELFFile, path: Path, target: Target) -> None:
    core = CORES.get(target.core)
    if core is not None and elf["e_machine"] != core.architecture.elf_machine:
        found = elf.get_machine_arch()
        raise BuildError(f"`{path}` is an image for {found} and not for {core.architecture.title}", _RELINK)
    for start, end in _stored(elf):
        if not any(m.origin <= start and end <= m.end for m in (*target.flashes, *target.rams)):
            raise BuildError(
                f"`{path}` stores bytes from 0x{start:08x} to 0x{end - 1:08x}, which the application does not"
                f" have on `{target.name}`",
                _RELINK,
            )
    linked = _linked_flash(elf)
    if linked is not None and linked != (target.flash.origin, target.flash.end):
        raise BuildError(
            f"`{path}` is linked for a flash from 0x{linked[0]:08x} to 0x{linked[1] - 1:08x}, which is not"
            f" that of `{target.name}`",
            _RELINK,
        )


def _stored(elf: ELFFile) -> list[tuple[int, int]]:
    segments = [s for s in elf.iter_segments("PT_LOAD") if s["p_filesz"] > 0]
    return [(s["p_paddr"], s["p_paddr"] + s["p_filesz"]) for s in segments]


def _linked_flash(elf: ELFFile) -> tuple[int, int] | None:
    """The flash that edgeflow's linker script was given; None for an image of another project."""
    table = elf.get_section_by_name(".symtab")
    symbols = {} if table is None else {s.name: int(s["st_value"]) for s in table.iter_symbols()}
    if not all(name in symbols for name in _FLASH_SYMBOLS):
        return None
    start, end = (symbols[name] for name in _FLASH_SYMBOLS)
    return start, end
