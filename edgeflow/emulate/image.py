"""A linked image as an emulator needs it: what to load where, the memory map, and the symbols."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from pathlib import Path

from edgeflow.errors import BuildError
from edgeflow.target.core import Architecture

# Of each region behind the first of its kind that the program uses.
_MORE = re.compile(r"ef_(ram|flash)[0-9]+_start")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function of the image; ``address`` without the Thumb bit."""

    name: str
    address: int
    byte_count: int


@dataclass(frozen=True, slots=True)
class Image:
    """Segments by load address, functions by address, and the regions [start, end) from link.ld."""

    segments: tuple[tuple[int, bytes], ...]
    functions: tuple[Symbol, ...]
    flash: tuple[int, int]
    ram: tuple[int, int]
    more_ram: tuple[tuple[int, int], ...] = ()
    more_flash: tuple[tuple[int, int], ...] = ()

    def function(self, name: str) -> Symbol | None:
        """The function of that name; compilers append suffixes such as ``.isra.0`` to static ones."""
        exact = [s for s in self.functions if s.name == name]
        return next(iter(exact or [s for s in self.functions if s.name.split(".")[0] == name]), None)

    def flash_content(self) -> bytes:
        """All of flash, zero where the image stores nothing."""
        start, end = self.flash
        content = bytearray((end - start) // 2 * 2)
        for address, data in self.segments:
            if start <= address < end:
                content[address - start : address - start + len(data)] = data
        return bytes(content)

    def place(self, address: int) -> str:
        """An address for messages: ``0x08000123 in `digits_invoke```."""
        position = bisect.bisect_right([s.address for s in self.functions], address) - 1
        if position >= 0:
            symbol = self.functions[position]
            if address < symbol.address + max(symbol.byte_count, 2):
                return f"0x{address:08x} in `{symbol.name}`"
        return f"0x{address:08x}"


def load_image(path: Path, architecture: Architecture) -> Image:
    """Read an ELF file of the firmware stage. Raises BuildError when it is not one, or for other cores."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            if elf["e_machine"] != architecture.elf_machine:
                raise BuildError(
                    f"`{path}` is an image for {elf.get_machine_arch()} and not for {architecture.title}",
                    "build the firmware again for this target",
                )
            return _read(elf, path)
    except FileNotFoundError as error:
        raise BuildError(f"there is no image `{path}`", "build the firmware first") from error
    except ELFError as error:
        raise BuildError(f"`{path}` is not an ELF file: {error}") from error


def _read(elf: object, path: Path) -> Image:
    from elftools.elf.elffile import ELFFile

    if not isinstance(elf, ELFFile):
        raise TypeError(type(elf))
    segments = tuple((s["p_paddr"], s.data()) for s in elf.iter_segments("PT_LOAD") if s["p_filesz"] > 0)
    table = elf.get_section_by_name(".symtab")
    symbols = {} if table is None else {s.name: s["st_value"] for s in table.iter_symbols()}
    borders = ("ef_flash_start", "ef_flash_end", "ef_ram_start", "ef_ram_end")
    if table is None or any(name not in symbols for name in borders):
        raise BuildError(f"`{path}` was not linked with edgeflow's linker script")
    functions = [
        Symbol(s.name, s["st_value"] & ~1, s["st_size"])
        for s in table.iter_symbols()
        if s["st_info"]["type"] == "STT_FUNC"
    ]
    flash_start, flash_end, ram_start, ram_end = (symbols[name] for name in borders)
    more: dict[str, list[tuple[int, int]]] = {"ram": [], "flash": []}
    for name in sorted(symbols):
        if found := _MORE.fullmatch(name):
            more[found[1]].append((symbols[name], symbols[name.replace("_start", "_end")]))
    functions.sort(key=lambda s: (s.address, s.name))
    return Image(
        segments,
        tuple(functions),
        (flash_start, flash_end),
        (ram_start, ram_end),
        tuple(more["ram"]),
        tuple(more["flash"]),
    )
