"""How unicorn runs the cores of each architecture: its names for them, and how a semihosting call looks."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from edgeflow.errors import ToolError
from edgeflow.target.core import ARM, CORES, RISCV


@dataclass(frozen=True, slots=True)
class Processor:
    """The cores of one architecture in unicorn; constants by their names in its ``constants`` module.

    ``call`` are the bytes of a semihosting call, ``before_breakpoint`` of them in front of its
    breakpoint instruction, which has ``breakpoint_bytes``. The breakpoint is ``breakpoint_exception``,
    or, where that is None, ends the emulation as an invalid instruction does. At any exception the
    program counter is ``exception_advance`` bytes behind its instruction. Bit 0 of a jump's destination
    is ``jump_bit``. With ``has_vector_table`` the image begins with stack pointer and reset address,
    without with the first instruction. ``devices`` are addresses that start-up code writes to.
    """

    architecture: str
    mode: str
    constants: str
    models: Mapping[str, str]
    program_counter: str
    stack_pointer: str
    operation: str
    argument: str
    call: bytes
    before_breakpoint: int
    breakpoint_bytes: int
    breakpoint_exception: int | None
    exception_advance: int
    jump_bit: int
    has_vector_table: bool
    devices: tuple[tuple[int, int], ...] = ()

    def constant(self, name: str) -> int:
        """The number of a register or model."""
        return int(getattr(importlib.import_module(self.constants), name))

    def engine(self, core: str) -> Any:  # noqa: ANN401  the class is in a module that may be absent
        """A core without memory."""
        import unicorn

        architecture, mode = (getattr(unicorn, name) for name in (self.architecture, self.mode))
        return unicorn.Uc(architecture, mode, cpu=self.constant(self.models[core]))


_PROCESSORS: Mapping[str, Processor] = MappingProxyType(
    {
        ARM.name: Processor(
            architecture="UC_ARCH_ARM",
            mode="UC_MODE_THUMB",
            constants="unicorn.arm_const",
            # The M0 and the M0+ execute the same instructions. unicorn has no M55.
            models=MappingProxyType(
                {
                    "cortex-m0plus": "UC_CPU_ARM_CORTEX_M0",
                    "cortex-m3": "UC_CPU_ARM_CORTEX_M3",
                    "cortex-m4f": "UC_CPU_ARM_CORTEX_M4",
                    "cortex-m7": "UC_CPU_ARM_CORTEX_M7",
                    "cortex-m33": "UC_CPU_ARM_CORTEX_M33",
                }
            ),
            program_counter="UC_ARM_REG_PC",
            stack_pointer="UC_ARM_REG_SP",
            operation="UC_ARM_REG_R0",
            argument="UC_ARM_REG_R1",
            call=bytes.fromhex("abbe"),  # bkpt 0xab
            before_breakpoint=0,
            breakpoint_bytes=2,
            breakpoint_exception=7,  # QEMU's EXCP_BKPT, which unicorn passes on
            exception_advance=0,
            jump_bit=1,
            has_vector_table=True,
            devices=((0xE000E000, 0xE000F000),),  # System Control Space
        ),
        RISCV.name: Processor(
            architecture="UC_ARCH_RISCV",
            mode="UC_MODE_RISCV32",
            constants="unicorn.riscv_const",
            # Of this model's instructions the image has those that its compiler was told to use.
            models=MappingProxyType({"rv32imc": "UC_CPU_RISCV32_SIFIVE_E31"}),
            program_counter="UC_RISCV_REG_PC",
            stack_pointer="UC_RISCV_REG_SP",
            operation="UC_RISCV_REG_A0",
            argument="UC_RISCV_REG_A1",
            # slli zero, zero, 0x1f; ebreak; srai zero, zero, 7 (RISC-V Semihosting, version 0.4)
            call=bytes.fromhex("1310f001 73001000 13507040"),
            before_breakpoint=4,
            breakpoint_bytes=4,
            breakpoint_exception=None,  # unicorn 2.1.4 calls no hook from which it would go on
            exception_advance=4,  # github.com/unicorn-engine/unicorn/issues/1990
            jump_bit=0,
            has_vector_table=False,
        ),
    }
)


def has_core(core: str) -> bool:
    """True if unicorn emulates that core."""
    return core in CORES and core in _PROCESSORS[CORES[core].architecture.name].models


def unicorn_title() -> str:
    """Name and version of the emulator."""
    return f"unicorn {_import_unicorn().__version__}"


def processor_of(core: str) -> Processor:
    """How unicorn runs that core. Raises ToolError when it does not, or is not installed."""
    _import_unicorn()
    if not has_core(core):
        raise ToolError(
            f"the emulator `unicorn` has no {CORES[core].title}", "use the emulator `qemu` for this target"
        )
    return _PROCESSORS[CORES[core].architecture.name]


def _import_unicorn() -> Any:  # noqa: ANN401  a module that may be absent
    try:
        import unicorn
    except ImportError as error:
        raise ToolError(
            "the emulator `unicorn` is not installed", "pip install 'edgeflow[emulator]'"
        ) from error
    return unicorn
