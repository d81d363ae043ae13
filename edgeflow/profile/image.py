"""The linked image as plain data: the sections that take memory, and the sized symbols."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.errors import InternalError

if TYPE_CHECKING:
    from elftools.construct import Container
    from elftools.elf.sections import Section as ElfSection
    from elftools.elf.sections import Symbol as ElfSymbol

_EXECUTABLE = 0x4  # SHF_EXECINSTR
_ALLOCATED = 0x2  # SHF_ALLOC
_WRITABLE = 0x1  # SHF_WRITE


@dataclass(frozen=True, slots=True)
class Section:
    """A section that takes memory on the device.

    ``address`` is where the program sees it, ``load_address`` where the image is stored (``.data``
    runs in RAM and is stored in flash). ``stored`` is False for zero-initialised sections;
    ``content`` is kept for code only.
    """

    name: str
    address: int
    load_address: int
    byte_count: int
    alignment: int
    stored: bool
    content: bytes = b""
    is_writable: bool = False

    @property
    def end(self) -> int:
        """First address behind the section."""
        return self.address + self.byte_count


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol with a size, local or global."""

    name: str
    address: int
    byte_count: int


@dataclass(frozen=True, slots=True)
class Image:
    """Sections in order of address, symbols in order of name; ``machine`` as pyelftools writes it."""

    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]
    machine: str

    def code(self, address: int, byte_count: int) -> bytes:
        """The instructions at an address; InternalError if the image has none there."""
        for section in self.sections:
            if section.content and section.address <= address and address + byte_count <= section.end:
                start = address - section.address
                return section.content[start : start + byte_count]
        raise InternalError(f"the image has no code at 0x{address:x}", "the image and its run do not match")


def read_image(path: Path) -> Image:
    """Sections and symbols of an ELF file, as gcc's or LLVM's linker writes it."""
    from elftools.elf.elffile import ELFFile

    with path.open("rb") as stream:
        elf = ELFFile(stream)
        segments = [s.header for s in elf.iter_segments("PT_LOAD") if s.header["p_memsz"]]
        sections = [
            _section(section, segments)
            for section in elf.iter_sections()
            if section["sh_flags"] & _ALLOCATED and section["sh_size"]
        ]
        table = elf.get_section_by_name(".symtab")
        symbols = [] if table is None else [_symbol(s) for s in table.iter_symbols() if s["st_size"]]
    return Image(
        tuple(sorted(sections, key=lambda s: (s.address, s.name))),
        tuple(sorted(symbols, key=lambda s: (s.name, s.address))),
        elf["e_machine"],
    )


def _section(section: ElfSection, segments: list[Container]) -> Section:
    address, byte_count = section["sh_addr"], section["sh_size"]
    offset = next(
        (
            s["p_paddr"] - s["p_vaddr"]
            for s in segments
            if s["p_vaddr"] <= address and address + byte_count <= s["p_vaddr"] + s["p_memsz"]
        ),
        0,
    )
    stored = section["sh_type"] != "SHT_NOBITS"
    has_code = stored and bool(section["sh_flags"] & _EXECUTABLE)
    return Section(
        name=section.name,
        address=address,
        load_address=address + offset,
        byte_count=byte_count,
        alignment=max(1, section["sh_addralign"]),
        stored=stored,
        content=section.data() if has_code else b"",
        is_writable=bool(section["sh_flags"] & _WRITABLE),
    )


def _symbol(symbol: ElfSymbol) -> Symbol:
    """Bit 0 of a function's value says Thumb on Arm; it is no part of the address."""
    is_function = symbol["st_info"]["type"] == "STT_FUNC"
    address = symbol["st_value"] & ~1 if is_function else symbol["st_value"]
    return Symbol(symbol.name, address, symbol["st_size"])
