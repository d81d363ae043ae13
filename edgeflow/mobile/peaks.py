"""The most multiply-accumulates (MACs) that an application core can do in a cycle, from public documents.

A peak is the MACs of the widest instruction that the core has, times how many of them it issues in a
cycle. Where a document gives pipelines but not this instruction, all of them count: the peak is then too
high, never too low, and the time that follows from it stays a lower bound. Only 128-bit vectors count
(NEON), as in XNNPACK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edgeflow.target.application_core import APPLICATION_CORES

# MACs of one 128-bit instruction (Arm DDI 0487): FEAT_I8MM's SMMLA multiplies 2x8 by 8x2, FEAT_DotProd's SDOT
# adds sixteen products to four sums, SMLAL and SMLAL2 eight each; FMLA four of float32.
_INT8_INSTRUCTIONS = (("i8mm", "SMMLA", 32), ("dotprod", "SDOT", 16), ("neon", "SMLAL", 8))
_FLOAT32_MACS = 4

_A57 = (
    2,
    "two ASIMD pipelines: LLVM, AArch64SchedA57.td (1d7cce3f3b45), its model of Cortex-A57, A72 and A73",
)
_A53 = (1, "one multiplier: LLVM, AArch64SchedA53.td (02b3d4f49c4d), its model of Cortex-A53 and A35")
_A78 = (
    2,
    "pipelines V0 and V1: Arm, Cortex-A78 Core Software Optimization Guide (102160)",
)
_N2 = (2, "two ASIMD pipelines: LLVM, its model of Cortex-A710 and A715 (Neoverse N2)")
_A520 = (2, "SMMLA 2 a cycle: Arm, Cortex-A520 Core Software Optimization Guide, issue 1.2, table 3-15")

# core -> vector multiplications a cycle, source; a core without a row has no public document here.
_ISSUE: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "cortex-a35": _A53,
        "cortex-a53": _A53,
        "cortex-a57": _A57,
        "cortex-a72": _A57,
        "cortex-a73": _A57,
        "cortex-a55": (
            1,
            "SDOT of 128 bits 1 a cycle: Arm, Cortex-A55 Software Optimization Guide (EPM128372), 4.15",
        ),
        "cortex-a76": (
            2,
            "pipelines V0 and V1: LLVM, AArch64SchedNeoverseN1.td (02cec0a4ec2e), the core's server form",
        ),
        "cortex-a78": _A78,
        "cortex-a78ae": _A78,
        "cortex-x1": (
            4,
            "four ASIMD pipelines: LLVM, AArch64SchedNeoverseV1.td (11ee48215123), its model of Cortex-X1",
        ),
        "cortex-a510": (_A520[0], f"{_A520[1]}; LLVM has one model for Cortex-A510 and A520"),
        "cortex-a520": _A520,
        "cortex-a710": _N2,
        "cortex-a715": _N2,
        "cortex-a720": (
            2,
            "SMMLA 2 a cycle: Arm, Cortex-A720 Core Software Optimization Guide (109720), 3.16",
        ),
        "cortex-x3": (
            4,
            "SMMLA 4 a cycle: Arm, Neoverse V2 Software Optimization Guide (109898), by LLVM the model of X3",
        ),
        "cortex-x4": (4, "SMMLA 4 a cycle: Arm, Cortex-X4 Core Software Optimization Guide, issue 3.0, 3.16"),
    }
)


@dataclass(frozen=True, slots=True)
class Peak:
    """MACs a cycle of a core on 8-bit integers, by which instruction, and on float32."""

    int8_macs_per_cycle: int
    instruction: str
    float32_macs_per_cycle: int
    source: str

    def macs_per_cycle(self, dtype: str) -> int | None:
        """The peak for activations of an element type, None where it is not known."""
        if dtype in {"int8", "uint8"}:
            return self.int8_macs_per_cycle
        return self.float32_macs_per_cycle if dtype == "float32" else None


def peak_of(core: str) -> Peak | None:
    """The peak of an application core, None without a public document."""
    if core not in _ISSUE:
        return None
    issue, source = _ISSUE[core]
    features = APPLICATION_CORES[core].int8_features
    name, macs = next((name, macs) for feature, name, macs in _INT8_INSTRUCTIONS if feature in features)
    return Peak(issue * macs, name, issue * _FLOAT32_MACS, source)
