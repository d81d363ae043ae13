"""The application cores of phones and Linux boards: which instructions they have for int8 networks.

Source: LLVM, ``llvm/lib/Target/AArch64/AArch64Processors.td``. SVE2 is left out: systems may not enable it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ApplicationCore:
    """One core and its extensions for int8: ``neon``, ``dotprod`` (SDOT), ``i8mm`` (SMMLA)."""

    name: str
    title: str
    architecture: str
    int8_features: tuple[str, ...]


_NEON = ("neon",)
_DOT = ("neon", "dotprod")
_I8MM = ("neon", "dotprod", "i8mm")

APPLICATION_CORES: Mapping[str, ApplicationCore] = MappingProxyType(
    {
        core.name: core
        for core in (
            ApplicationCore("cortex-a35", "Arm Cortex-A35", "Armv8.0-A", _NEON),
            ApplicationCore("cortex-a53", "Arm Cortex-A53", "Armv8.0-A", _NEON),
            ApplicationCore("cortex-a57", "Arm Cortex-A57", "Armv8.0-A", _NEON),
            ApplicationCore("cortex-a72", "Arm Cortex-A72", "Armv8.0-A", _NEON),
            ApplicationCore("cortex-a73", "Arm Cortex-A73", "Armv8.0-A", _NEON),
            ApplicationCore("cortex-a55", "Arm Cortex-A55", "Armv8.2-A", _DOT),
            ApplicationCore("cortex-a76", "Arm Cortex-A76", "Armv8.2-A", _DOT),
            ApplicationCore("cortex-a78", "Arm Cortex-A78", "Armv8.2-A", _DOT),
            ApplicationCore("cortex-a78ae", "Arm Cortex-A78AE", "Armv8.2-A", _DOT),
            ApplicationCore("cortex-x1", "Arm Cortex-X1", "Armv8.2-A", _DOT),
            ApplicationCore("cortex-a510", "Arm Cortex-A510", "Armv9.0-A", _I8MM),
            ApplicationCore("cortex-a520", "Arm Cortex-A520", "Armv9.2-A", _I8MM),
            ApplicationCore("cortex-a710", "Arm Cortex-A710", "Armv9.0-A", _I8MM),
            ApplicationCore("cortex-a715", "Arm Cortex-A715", "Armv9.0-A", _I8MM),
            ApplicationCore("cortex-a720", "Arm Cortex-A720", "Armv9.2-A", _I8MM),
            ApplicationCore("cortex-x3", "Arm Cortex-X3", "Armv9.0-A", _I8MM),
            ApplicationCore("cortex-x4", "Arm Cortex-X4", "Armv9.2-A", _I8MM),
            ApplicationCore("sifive-u74", "SiFive U74", "RV64GC", ()),
        )
    }
)
