"""The CPU cores a target may name: what the compiler and the emulator need to know of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Architecture:
    """A family of instruction sets: the tools of its cores, and how their images are marked.

    ``name`` is part of a folder of ``firmware_templates``; ``elf_machine`` is the ``e_machine`` of an
    image, as pyelftools writes it.
    """

    name: str
    title: str
    elf_machine: str
    gcc: str
    gcc_package: str
    qemu: str
    qemu_package: str


ARM = Architecture(
    name="arm",
    title="Arm",
    elf_machine="EM_ARM",
    gcc="arm-none-eabi-gcc",
    gcc_package="gcc-arm-none-eabi",
    qemu="qemu-system-arm",
    qemu_package="qemu-system-arm",
)
RISCV = Architecture(
    name="riscv",
    title="RISC-V",
    elf_machine="EM_RISCV",
    gcc="riscv64-unknown-elf-gcc",
    gcc_package="gcc-riscv64-unknown-elf",
    qemu="qemu-system-riscv32",
    qemu_package="qemu-system-misc",
)


@dataclass(frozen=True, slots=True)
class Core:
    """One core: instruction-set features that change code generation or emulation."""

    name: str
    title: str
    has_fpu: bool
    has_dsp: bool
    has_mve: bool


@dataclass(frozen=True, slots=True)
class BuildCore(Core):
    """A core that images are built for."""

    architecture: Architecture = ARM


CORES: dict[str, BuildCore] = {
    core.name: core
    for core in (
        BuildCore("cortex-m0plus", "Arm Cortex-M0+", has_fpu=False, has_dsp=False, has_mve=False),
        BuildCore("cortex-m3", "Arm Cortex-M3", has_fpu=False, has_dsp=False, has_mve=False),
        BuildCore("cortex-m4f", "Arm Cortex-M4 with FPU", has_fpu=True, has_dsp=True, has_mve=False),
        BuildCore("cortex-m7", "Arm Cortex-M7 with FPU", has_fpu=True, has_dsp=True, has_mve=False),
        BuildCore("cortex-m33", "Arm Cortex-M33 with DSP and FPU", has_fpu=True, has_dsp=True, has_mve=False),
        BuildCore("cortex-m55", "Arm Cortex-M55 with Helium", has_fpu=True, has_dsp=True, has_mve=True),
        BuildCore(
            "rv32imc", "RISC-V RV32IMC", has_fpu=False, has_dsp=False, has_mve=False, architecture=RISCV
        ),
    )
}

# Cores that no compiler and emulator of edgeflow has: their boards can be planned for, not built for.
# DSP and MVE say which kernels the generated C may have.
INFORMATION_CORES: dict[str, Core] = {
    core.name: core
    for core in (
        Core("cortex-m85", "Arm Cortex-M85 with Helium", has_fpu=True, has_dsp=True, has_mve=True),
        Core("xtensa-lx6", "Tensilica Xtensa LX6", has_fpu=True, has_dsp=False, has_mve=False),
        Core("xtensa-lx7", "Tensilica Xtensa LX7", has_fpu=True, has_dsp=False, has_mve=False),
    )
}

ALL_CORES: Mapping[str, Core] = MappingProxyType(CORES | INFORMATION_CORES)
