"""The roofline: what the core's arithmetic and the memories allow at best, and which of both binds.

An operator with M multiply-accumulates (MACs) that moves B bytes needs at least M / peak cycles to compute
and at least the cycles in which the memories deliver B bytes, each byte of inputs, constants and outputs
moved once (Williams, Waterman and Patterson, Communications of the ACM, 2009). Constants come from
flash, the rest from RAM; both share the core's one bus, so that their times add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from edgeflow.target.descriptor import Target

Bound = Literal["compute", "memory"]
_BUS_32 = "32-bit data bus"


@dataclass(frozen=True, slots=True)
class CorePeak:
    """The most that a core can do in a cycle with edgeflow's kernels for it, and where that comes from."""

    core: str
    macs_per_cycle: float
    macs_source: str
    bytes_per_cycle: int
    bytes_source: str


_SCALAR = "two multiplications and two additions a tap for three outputs (depthwise, docs/kernels.md), one"
_SMLAD = "SMLAD: two int16 products a cycle"

# A core whose vendor chooses the multiplier (RV32IMC) has no row.
PEAKS: Mapping[str, CorePeak] = {
    peak.core: peak
    for peak in (
        CorePeak("cortex-m0plus", 0.75, f"{_SCALAR} cycle each (Arm DDI 0484, table 3-1)", 4, _BUS_32),
        CorePeak("cortex-m3", 0.75, f"{_SCALAR} cycle each (Arm DDI 0337, table 3-1)", 4, _BUS_32),
        CorePeak("cortex-m4f", 2, f"{_SMLAD} (Arm 100166, table 3-1)", 4, _BUS_32),
        CorePeak("cortex-m33", 2, f"{_SMLAD} (SLOTHY's processor model)", 4, _BUS_32),
        CorePeak("cortex-m7", 2, f"{_SMLAD}, one multiplier (SLOTHY's processor model)", 8,
                 "64-bit bus to memory, two 32-bit loads a cycle"),
        CorePeak("cortex-m55", 8, "VMLADAVA.S8: sixteen int8 products in the two cycles of a vector "
                 "instruction (Arm 101051, dual-beat Helium)", 8, "64 bits of a vector load a cycle"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Roofline:
    """The roofs of a target; every figure is None where it is not known."""

    peak: CorePeak | None
    flash_bytes_per_cycle: float | None
    flash_source: str

    def as_json(self) -> dict[str, Any]:
        """The roofs as profile.json has them."""
        peak = self.peak
        return {
            "peak_macs_per_cycle": peak.macs_per_cycle if peak else None,
            "peak_source": peak.macs_source if peak else "not known",
            "ram_bytes_per_cycle": peak.bytes_per_cycle if peak else None,
            "ram_source": peak.bytes_source if peak else "not known",
            "flash_bytes_per_cycle": self.flash_bytes_per_cycle,
            "flash_source": self.flash_source,
        }

    def of(self, macs: int, constant_bytes: int, activation_bytes: int) -> dict[str, Any]:
        """Least cycles, intensity and bound of one operator; the bound of one without MACs is None."""
        moved = constant_bytes + activation_bytes
        compute = memory = None
        if self.peak is not None and self.flash_bytes_per_cycle is not None:
            compute = round(macs / self.peak.macs_per_cycle)
            transfers = activation_bytes / self.peak.bytes_per_cycle
            memory = round(transfers + constant_bytes / self.flash_bytes_per_cycle)
        return {
            "moved_bytes": moved,
            "macs_per_byte": round(macs / moved, 2) if moved else None,
            "least_compute_cycles": compute,
            "least_memory_cycles": memory,
            "bound": bound(macs, compute, memory),
        }


def bound(macs: int, compute: int | None, memory: int | None) -> Bound | None:
    """Which of the two least times is longer; the peak says nothing about work without MACs."""
    if macs == 0 or compute is None or memory is None:
        return None
    return "memory" if memory > compute else "compute"


def roofline(target: Target) -> Roofline:
    """The roofs of a target, from its core and the timing of its flash."""
    peak = PEAKS.get(target.core)
    if peak is None:
        return Roofline(None, None, f"not known for {target.core}")
    bus, timing = peak.bytes_per_cycle, target.flash_timing
    if timing is None:
        return Roofline(peak, bus, f"{peak.bytes_source}; waiting for the flash is not in the descriptor")
    if timing.line_bytes is None:
        return Roofline(peak, None, "the descriptor does not say what one read of the flash brings")
    rate = timing.line_bytes / (1 + timing.wait_states)
    text = f"{timing.line_bytes} bytes a read with {timing.wait_states} wait states"
    return Roofline(peak, round(min(bus, rate), 3), text if rate <= bus else peak.bytes_source)
