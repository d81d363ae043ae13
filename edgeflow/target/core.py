"""The CPU cores a target may name: what the compiler and the emulator need to know of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Core:
    """One core: instruction-set features that change code generation or emulation."""

    name: str
    title: str
    has_fpu: bool
    has_dsp: bool
    has_mve: bool


CORES: dict[str, Core] = {
    core.name: core
    for core in (
        Core("cortex-m0plus", "Arm Cortex-M0+", has_fpu=False, has_dsp=False, has_mve=False),
        Core("cortex-m3", "Arm Cortex-M3", has_fpu=False, has_dsp=False, has_mve=False),
        Core("cortex-m4f", "Arm Cortex-M4 with FPU", has_fpu=True, has_dsp=True, has_mve=False),
        Core("cortex-m7", "Arm Cortex-M7 with FPU", has_fpu=True, has_dsp=True, has_mve=False),
        Core("cortex-m33", "Arm Cortex-M33 with DSP and FPU", has_fpu=True, has_dsp=True, has_mve=False),
        Core("cortex-m55", "Arm Cortex-M55 with Helium", has_fpu=True, has_dsp=True, has_mve=True),
    )
}

# Cores that no compiler and emulator of edgeflow has: their boards can be planned for, not built for.
# DSP and MVE say which kernels could run; these take the plain and scalar ones.
INFORMATION_CORES: dict[str, Core] = {
    core.name: core
    for core in (
        Core("xtensa-lx6", "Tensilica Xtensa LX6", has_fpu=True, has_dsp=False, has_mve=False),
        Core("xtensa-lx7", "Tensilica Xtensa LX7", has_fpu=True, has_dsp=False, has_mve=False),
    )
}

ALL_CORES: Mapping[str, Core] = MappingProxyType(CORES | INFORMATION_CORES)
