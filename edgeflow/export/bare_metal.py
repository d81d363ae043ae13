"""A program without an operating system: start-up, linker scripts, Makefile, device protocol on a UART."""

from __future__ import annotations

from dataclasses import dataclass

from edgeflow.errors import TargetError
from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import device_sources, papers, render, sources, template_files
from edgeflow.firmware.arena import arena_parts, part_section
from edgeflow.firmware.compiler import CORE_FLAGS
from edgeflow.firmware.machine import QEMU_MACHINES, Machine, machine_of_target
from edgeflow.firmware.sources import MINIMUM_STACK_BYTES
from edgeflow.firmware.sources import render as render_firmware
from edgeflow.target.core import CORES, RISCV, BuildCore

_COMMON = ("ef_platform.h", "string.h")
_SEMIHOSTING = "platform_semihosting.c"


@dataclass(frozen=True, slots=True)
class _Qemu:
    """A machine whose UART an example drives: its memory and the file in ``boards``."""

    machine: Machine
    board: str


def files(bundle: Bundle) -> dict[str, bytes]:
    """``src/``, ``protocol/``, ``startup/``, ``boards/``, ``main.c``, two linker scripts and a Makefile.

    Raises TargetError for a core that edgeflow has no start-up code for.
    """
    core = CORES.get(bundle.target.core)
    if core is None:
        raise TargetError(
            f"there is no start-up code for the core `{bundle.target.core}` of `{bundle.target.name}`",
            "export to another destination, such as `esp-idf` or `cmake`",
        )
    qemu = _qemu(core)
    found = {f"src/{name}": data for name, data in (sources(bundle) | device_sources(bundle)).items()}
    found |= {f"protocol/{name}": data for name, data in template_files("protocol").items()}
    found |= {f"startup/{name}": data for name, data in _startup(core).items()}
    found["link.ld"] = _linker_script(bundle, machine_of_target(bundle.target))
    found["link_qemu.ld"] = _linker_script(bundle, qemu.machine)
    found[f"boards/{qemu.board}.c"] = template_files("export/bare_metal/boards")[f"{qemu.board}.c"]
    found["board.h"] = template_files("export/bare_metal")["board.h"]
    found["main.c"] = render("bare_metal/main.c.j2", bundle)
    values = {
        "core": core,
        "gcc": core.architecture.gcc,
        "qemu": core.architecture.qemu,
        "flags": " ".join(CORE_FLAGS[core.name].gcc),
        "machine": qemu.machine.name,
        "board": qemu.board,
        "sections": {i: part.region for i, part in enumerate(arena_parts(bundle.network)) if part.region > 0},
    }
    found["Makefile"] = render("bare_metal/Makefile.j2", bundle, **values)
    found[f"{bundle.name}.tflite"] = bundle.tflite
    return found | papers(bundle, "bare-metal", "bare_metal/README.md.j2", **values)


def _qemu(core: BuildCore) -> _Qemu:
    """The machine with this core, else one whose core runs the same instructions."""
    if core.architecture is RISCV:
        return _Qemu(QEMU_MACHINES["virt"], "qemu_virt")
    found = [m for m in QEMU_MACHINES.values() if m.core == core.name and m.name.startswith("mps2-an3")]
    return _Qemu(found[0] if found else QEMU_MACHINES["mps2-an385"], "qemu_mps2")


def _startup(core: BuildCore) -> dict[str, bytes]:
    common = {name: data for name, data in template_files("common").items() if name in _COMMON}
    found = common | template_files("bare_metal") | template_files(f"bare_metal_{core.architecture.name}")
    return {name: data for name, data in found.items() if name != _SEMIHOSTING}


def _linker_script(bundle: Bundle, machine: Machine) -> bytes:
    """Parts of an arena in further RAM regions are sections there, as the firmware stage has them."""
    parts = arena_parts(bundle.network)
    used = sorted({part.region for part in parts if part_section(part, machine)})
    return render_firmware(
        "bare_metal/link.ld.j2",
        machine=machine.name,
        model=bundle.prefix,
        flash=machine.flash,
        second_flash=None,
        ram=machine.ram,
        more_ram=[(index, machine.ram_of(index)) for index in used],
        minimum_stack_bytes=MINIMUM_STACK_BYTES,
    ).encode()
