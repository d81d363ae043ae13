"""Code bytes of single C files: compiled by themselves for a core, nothing linked."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

from edgeflow.artifact import write_bytes
from edgeflow.firmware.compiler import COMMON_FLAGS, Compiler, core_flags, run_compiler

_ALLOCATED = 0x2  # SHF_ALLOC
# Tables for unwinding, which the linker script discards.
_DISCARDED = (".ARM.exidx", ".ARM.extab")


def object_code_bytes(
    files: Mapping[str, bytes], names: Collection[str], compiler: Compiler, core: str
) -> dict[str, int]:
    """Instructions and read-only tables of each named file; ``files`` holds them and their headers.

    Raises BuildError when the compiler refuses one.
    """
    with tempfile.TemporaryDirectory(prefix="edgeflow-objects-") as temporary:
        folder = Path(temporary)
        for name, content in files.items():
            write_bytes(folder / name, content)

        def measure(name: str) -> int:
            result = f"{Path(name).stem}.o"
            flags = (*core_flags(compiler, core), *COMMON_FLAGS, "-I.")
            run_compiler(compiler, [*flags, "-c", name, "-o", result], folder)
            return _stored_bytes(folder / result)

        ordered = sorted(names)
        with ThreadPoolExecutor(cpu_count()) as pool:
            return dict(zip(ordered, pool.map(measure, ordered), strict=True))


def _stored_bytes(path: Path) -> int:
    from elftools.elf.elffile import ELFFile

    with path.open("rb") as stream:
        return sum(
            int(section["sh_size"])
            for section in ELFFile(stream).iter_sections()
            if section["sh_flags"] & _ALLOCATED
            and section["sh_type"] != "SHT_NOBITS"
            and not section.name.startswith(_DISCARDED)
        )
