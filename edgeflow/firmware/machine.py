"""The memory map an image is linked for: the target's own, or that of a QEMU machine with its core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edgeflow.errors import BuildError, ToolError
from edgeflow.target.descriptor import Memory, Target


@dataclass(frozen=True, slots=True)
class Region:
    """One memory region as the linker script names it."""

    name: str
    origin: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Machine:
    """A memory map for one core; ``name`` is the target's or that of a QEMU machine.

    ``more_ram`` are the target's RAM regions behind the first; a QEMU machine has none of them.
    ``second_flash`` is the target's, or what of a QEMU machine's flash lies behind the target's first.
    """

    name: str
    core: str
    flash: Region
    ram: Region
    more_ram: tuple[Region, ...] = ()
    second_flash: Region | None = None

    def ram_of(self, index: int) -> Region:
        """The RAM region that stands for the target's of that index: the only one where there is one."""
        return (self.ram, *self.more_ram)[index if self.more_ram else 0]


_MIB = 1 << 20
_KIB = 1 << 10

# Arm application notes AN385, AN386, AN500 (SSRAM1 as code, SSRAM2 and 3 as data), AN505 (secure
# aliases of the same) and AN547 (ITCM and DTCM), as QEMU's hw/arm/mps2.c and mps2-tz.c map them. Of
# hw/riscv/virt.c, which starts at 0x80000000, the 128 MiB of RAM that it has by default: half for code.
QEMU_MACHINES: Mapping[str, Machine] = MappingProxyType(
    {
        machine.name: machine
        for machine in (
            Machine(
                "mps2-an385",
                "cortex-m3",
                Region("ssram1", 0, 4 * _MIB),
                Region("ssram2", 0x20000000, 4 * _MIB),
            ),
            Machine(
                "mps2-an386",
                "cortex-m4f",
                Region("ssram1", 0, 4 * _MIB),
                Region("ssram2", 0x20000000, 4 * _MIB),
            ),
            Machine(
                "mps2-an500",
                "cortex-m7",
                Region("ssram1", 0, 4 * _MIB),
                Region("ssram2", 0x20000000, 4 * _MIB),
            ),
            Machine(
                "mps2-an505",
                "cortex-m33",
                Region("ssram1", 0x10000000, 4 * _MIB),
                Region("ssram2", 0x38000000, 2 * _MIB),
            ),
            Machine(
                "mps3-an547",
                "cortex-m55",
                Region("itcm", 0, 512 * _KIB),
                Region("dtcm", 0x20000000, 512 * _KIB),
            ),
            Machine(
                "virt",
                "rv32imc",
                Region("dram", 0x80000000, 64 * _MIB),
                Region("dram", 0x84000000, 64 * _MIB),
            ),
        )
    }
)


def machine_of_target(target: Target) -> Machine:
    """The target's own map without what the board reserves."""
    return Machine(
        target.name,
        target.core,
        _region(target.flash),
        _region(target.ram),
        tuple(_region(memory) for memory in target.rams[1:]),
        next((_region(memory) for memory in target.flashes[1:]), None),
    )


def _region(memory: Memory) -> Region:
    return Region(memory.name, memory.origin, memory.size_bytes)


def machine_for(
    target: Target, emulator: str, name: str | None = None, *, more_ram_bytes: int = 0
) -> Machine:
    """The map to link for: the QEMU machine of that name, or the one that suits emulator and target.

    A QEMU machine is cut down to the target's sizes, so that what does not fit the target does not
    link for its stand-in either. What the program has in the target's further RAM regions,
    ``more_ram_bytes``, a QEMU machine holds in its only one. Raises BuildError for an unknown machine
    or one with another core, ToolError when QEMU has no machine with the target's core.
    """
    own = machine_of_target(target)
    if name is None and emulator != "qemu":
        return own
    chosen = _qemu_machine(target.core) if name is None else _named_machine(name, target)
    flash = _cut(chosen.flash, own.flash.size_bytes)
    ram = _cut(chosen.ram, own.ram.size_bytes + more_ram_bytes)
    return Machine(chosen.name, chosen.core, flash, ram, second_flash=_behind(flash, chosen.flash, own))


def _behind(flash: Region, whole: Region, own: Machine) -> Region | None:
    """The part of a QEMU machine's flash that stands for the target's second."""
    size = min(whole.size_bytes - flash.size_bytes, own.second_flash.size_bytes if own.second_flash else 0)
    return Region(whole.name, flash.origin + flash.size_bytes, size) if size > 0 else None


def _qemu_machine(core: str) -> Machine:
    for machine in QEMU_MACHINES.values():
        if machine.core == core:
            return machine
    raise ToolError(f"QEMU has no machine with a `{core}` core", "use the emulator `unicorn` for it")


def _named_machine(name: str, target: Target) -> Machine:
    machine = QEMU_MACHINES.get(name)
    if machine is None:
        raise BuildError(f"there is no machine `{name}`", f"known: {', '.join(QEMU_MACHINES)}")
    if machine.core != target.core:
        raise BuildError(
            f"machine `{name}` has a `{machine.core}` core but target `{target.name}` a `{target.core}`",
            "choose a machine with the target's core, or leave it to edgeflow",
        )
    return machine


def _cut(region: Region, limit_bytes: int) -> Region:
    return Region(region.name, region.origin, min(region.size_bytes, limit_bytes))
