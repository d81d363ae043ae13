"""The firmware stage: generated C + bare-metal template -> a linked image for a core."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path

from edgeflow.artifact import write_json, write_text
from edgeflow.firmware.arena import ArenaPart, arena_parts, check_parts, part_section
from edgeflow.firmware.compiler import (
    COMMON_FLAGS,
    FILES_FOR_SIZE,
    Compiler,
    core_flags,
    find_compiler,
    run_compiler,
)
from edgeflow.firmware.fit import require_core
from edgeflow.firmware.linker_errors import FlashOverflowError, Limits
from edgeflow.firmware.machine import Machine, machine_for
from edgeflow.firmware.sources import (
    MINIMUM_STACK_BYTES,
    app_frames,
    app_model,
    app_sounds,
    gather,
    read_network,
    render,
    source_names,
)
from edgeflow.target.core import CORES
from edgeflow.target.descriptor import Target

# The entry by name, too: zig's linker does not take it from the script where it lies at the image's start.
_LINK_FLAGS = (
    "-Wl,--gc-sections",
    "-Wl,-z,max-page-size=4096",
    "-Wl,--build-id=none",
    "-Wl,-e,Reset_Handler",
    "-T",
    "link.ld",
)
FOLDER = "firmware"
# Of the arena and its parts, as `model.h` says; the most that the place of one may lose.
_ALIGNMENT_BYTES = 16


def run(
    codegen_dir: Path,
    out_dir: Path,
    *,
    target: Target,
    compiler: str = "auto",
    emulator: str = "unicorn",
    machine: str | None = None,
    frame_row_bytes: int | None = None,
    takes_sounds: bool = False,
) -> None:
    """Write ``firmware/`` with the sources and ``<model>.elf``, and ``build.json``.

    ``compiler`` is ``auto``, ``zig`` or ``gcc``. The image is linked for the target's own memory, or
    for the QEMU machine ``machine`` (with ``emulator="qemu"`` by default the one with the target's
    core). Where the first flash region is too small and there is a second, the constant arrays of the
    model go to the second. With ``frame_row_bytes`` the program takes raw pictures with rows of up to
    so many bytes, and writes the network's input that it made of each before the outputs. With
    ``takes_sounds`` it does the same with clips of sound.

    Raises ToolError for a missing compiler and BuildError when it refuses the sources or the program
    does not fit.
    """
    require_core(target)
    network = read_network(codegen_dir)
    name, parts = network["model"], arena_parts(network)
    check_parts(parts, target)
    tool = find_compiler(compiler, target.core)
    elsewhere = sum(part.byte_count + _ALIGNMENT_BYTES for part in parts if part.region > 0)
    memory_map = machine_for(target, emulator, machine, more_ram_bytes=elsewhere)
    folder = out_dir / FOLDER
    sections = [part_section(part, memory_map) for part in parts]
    model = app_model(name, [part.symbol for part in parts], sections)
    templates: tuple[str, ...] = (
        "common",
        "bare_metal",
        f"bare_metal_{CORES[target.core].architecture.name}",
    )
    flags = (*core_flags(tool, target.core), *COMMON_FLAGS, "-I.")
    if frame_row_bytes is not None:
        model |= app_frames(name, frame_row_bytes)
        templates, flags = (*templates, "frames"), (*flags, "-DEF_APP_FRAMES")
    if takes_sounds:
        model |= app_sounds(name)
        templates, flags = (*templates, "sounds"), (*flags, "-DEF_APP_FRAMES")
    gather(codegen_dir / "c", folder, templates, model)
    limits = Limits(memory_map, MINIMUM_STACK_BYTES)
    build = _build_zig if tool.name == "zig" else _build_gcc
    link = _Link(memory_map, parts, name)

    def build_with(*, split: bool) -> None:
        write_text(folder / "link.ld", link.script(split=split))
        build(tool, folder, flags, f"{name}.elf", limits)

    is_split = False
    try:
        build_with(split=False)
    except FlashOverflowError:
        if memory_map.second_flash is None:
            raise
        is_split = True
        build_with(split=True)
    write_json(
        out_dir / "build.json",
        {
            "schema": 1,
            "target": target.name,
            "core": target.core,
            "compiler": tool.name,
            "compiler_version": tool.version,
            "flags": [*flags, *_LINK_FLAGS],
            "files_for_size": _for_size(source_names(folder)) if tool.name == "gcc" else [],
            "elf": f"{FOLDER}/{name}.elf",
            "machine": memory_map.name,
            "constant_arrays": target.flashes[int(is_split)].name,
            "arena": [_part_record(part, target, memory_map) for part in parts],
        },
    )


def _part_record(part: ArenaPart, target: Target, memory_map: Machine) -> dict[str, str | int]:
    """Where a part of the arena lies, as ``build.json`` says it."""
    return {
        "symbol": part.symbol,
        "byte_count": part.byte_count,
        "region": target.rams[part.region].name,
        "linked_into": memory_map.ram_of(part.region).name,
    }


@dataclass(frozen=True, slots=True)
class _Link:
    machine: Machine
    parts: Sequence[ArenaPart]
    model: str

    def script(self, *, split: bool) -> str:
        """The linker script; ``split`` puts the model's constant arrays into the second flash region."""
        machine = self.machine
        used = sorted({part.region for part in self.parts if part_section(part, machine)})
        return render(
            "bare_metal/link.ld.j2",
            machine=machine.name,
            model=self.model,
            flash=machine.flash,
            second_flash=machine.second_flash if split else None,
            ram=machine.ram,
            more_ram=[(index, machine.ram_of(index)) for index in used],
            minimum_stack_bytes=MINIMUM_STACK_BYTES,
        )


def _for_size(names: Sequence[str]) -> list[str]:
    """Those of the sources that gcc compiles with -Os."""
    return sorted(FILES_FOR_SIZE.intersection(names))


def _build_zig(tool: Compiler, folder: Path, flags: Sequence[str], elf: str, limits: Limits) -> None:
    """One invocation: zig compiles the files side by side and keeps their objects in its cache."""
    arguments = [*flags, *source_names(folder), *_LINK_FLAGS, "-o", elf]
    run_compiler(tool, arguments, folder, limits)


def _build_gcc(tool: Compiler, folder: Path, flags: Sequence[str], elf: str, limits: Limits) -> None:
    """Objects under names of our own (gcc's temporary names would get into the map), then the link."""
    objects = folder / "objects"
    objects.mkdir(exist_ok=True)
    names = source_names(folder)

    def compile_one(name: str) -> str:
        result = f"objects/{Path(name).stem}.o"
        smaller = ("-Os",) if name in FILES_FOR_SIZE else ()
        run_compiler(tool, [*flags, *smaller, "-c", name, "-o", result], folder)
        return result

    with ThreadPoolExecutor(cpu_count()) as pool:
        results = list(pool.map(compile_one, names))
    libraries = ("-nostdlib", "-lgcc", f"-Wl,-Map={Path(elf).stem}.map")
    run_compiler(tool, [*flags, *results, *_LINK_FLAGS, *libraries, "-o", elf], folder, limits)
    shutil.rmtree(objects)
