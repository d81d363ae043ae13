"""Run the linked image on a core emulated by unicorn, with every basic block counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from edgeflow.emulate.block_counter import Block, BlockCounter, slot_entries, slot_names
from edgeflow.emulate.image import Image, load_image
from edgeflow.emulate.network import Network
from edgeflow.emulate.program import INPUT_NAME, OUTPUT_NAME, ProgramResult, load_firmware, read_result
from edgeflow.emulate.semihosting import Semihosting
from edgeflow.errors import BudgetError, InternalError, ToolError
from edgeflow.target.core import CORES

if TYPE_CHECKING:
    from unicorn import Uc, UcError

    from edgeflow.emulate.runtime import Array

# unicorn's models; the M0 and the M0+ execute the same instructions. It has none of the M55.
_MODELS: Mapping[str, str] = MappingProxyType(
    {
        "cortex-m0plus": "UC_CPU_ARM_CORTEX_M0",
        "cortex-m3": "UC_CPU_ARM_CORTEX_M3",
        "cortex-m4f": "UC_CPU_ARM_CORTEX_M4",
        "cortex-m7": "UC_CPU_ARM_CORTEX_M7",
        "cortex-m33": "UC_CPU_ARM_CORTEX_M33",
    }
)
_PAGE_BYTES = 4096
_SYSTEM_CONTROL_SPACE = 0xE000E000
_BREAKPOINT_EXCEPTION = 7  # QEMU's EXCP_BKPT, which unicorn passes on
_SEMIHOSTING_BREAKPOINT = b"\xab\xbe"  # BKPT 0xAB, little-endian

# About a minute of emulation a case: hundreds of times the work of a keyword-spotting network.
BLOCKS_PER_CASE = 2_000_000_000


class CoreRuntime:
    """The image of a firmware stage on an emulated core.

    Raises ToolError when unicorn is not installed or has no such core. ``run`` raises InternalError
    when the program fails, and BudgetError when its stack overflows or it does not end.
    """

    def __init__(
        self, firmware_dir: Path, network: Network, *, blocks_per_case: int = BLOCKS_PER_CASE
    ) -> None:
        self.firmware = load_firmware(firmware_dir)
        self.network = network
        self.blocks_per_case = blocks_per_case
        self._model = _cpu_model(self.firmware.core)
        self._image = load_image(self.firmware.elf)

    @property
    def title(self) -> str:
        """Emulator, version and core."""
        return f"{unicorn_title()}, {CORES[self.firmware.core].title}"

    def run(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[Array]:
        """Outputs of all cases."""
        return self.execute(inputs, sequence=sequence).outputs

    def execute(self, inputs: Sequence[Array], *, sequence: bool = False) -> ProgramResult:
        """Run all cases in one program run, as the shared main does."""
        return self.execute_counted(inputs, sequence=sequence)[0]

    def execute_counted(
        self, inputs: Sequence[Array], *, sequence: bool = False
    ) -> tuple[ProgramResult, list[Block]]:
        """The same with every basic block counted."""
        packed = self.network.pack(inputs, sequence=sequence)
        entries = slot_entries(self._image, slot_names(self.network))
        counter = BlockCounter(self._image, entries, self.blocks_per_case * len(packed))
        session = _Session(self._image, self._model)
        counter.attach(session.engine)
        session.files[INPUT_NAME] = bytearray(b"".join(packed))
        exit_code = session.run(counter)
        written = bytes(session.files.get(OUTPUT_NAME, b""))
        result = read_result(exit_code, written, len(packed), self.network, lambda: self._image)
        return result, counter.blocks()


def has_core(core: str) -> bool:
    """True if unicorn emulates that core."""
    return core in _MODELS


def unicorn_title() -> str:
    """Name and version of the emulator."""
    return f"unicorn {_import_unicorn().__version__}"


def _import_unicorn() -> Any:  # noqa: ANN401  a module that may be absent
    try:
        import unicorn
    except ImportError as error:
        raise ToolError(
            "the emulator `unicorn` is not installed", "pip install 'edgeflow[emulator]'"
        ) from error
    return unicorn


def _cpu_model(core: str) -> int:
    _import_unicorn()
    from unicorn import arm_const

    if core not in _MODELS:
        raise ToolError(
            f"the emulator `unicorn` has no {CORES[core].title}", "use the emulator `qemu` for this target"
        )
    return int(getattr(arm_const, _MODELS[core]))


class _Session:
    """One emulated core with the image loaded."""

    def __init__(self, image: Image, cpu_model: int) -> None:
        from unicorn import UC_ARCH_ARM, UC_HOOK_INTR, UC_HOOK_MEM_INVALID, UC_MODE_THUMB, Uc

        self.image = image
        self.engine: Uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB, cpu=cpu_model)
        self._load()
        self._semihosting = Semihosting(_EngineMemory(self.engine))
        self.files = self._semihosting.files
        self._bad_address: int | None = None
        self._failure: InternalError | None = None
        self.engine.hook_add(UC_HOOK_INTR, self._on_exception)
        self.engine.hook_add(UC_HOOK_MEM_INVALID, self._on_bad_access)

    def _load(self) -> None:
        from unicorn import UC_PROT_ALL, UC_PROT_EXEC, UC_PROT_READ

        mapped = 0
        regions = [
            (self.image.flash, UC_PROT_READ | UC_PROT_EXEC),
            *((region, UC_PROT_READ) for region in self.image.more_flash),
            *((region, UC_PROT_ALL) for region in (self.image.ram, *self.image.more_ram)),
            ((_SYSTEM_CONTROL_SPACE, _SYSTEM_CONTROL_SPACE + _PAGE_BYTES), UC_PROT_ALL),
        ]
        for (start, end), rights in sorted(regions):
            first = max(start // _PAGE_BYTES * _PAGE_BYTES, mapped)  # neighbours may meet within a page
            mapped = max(-(-end // _PAGE_BYTES) * _PAGE_BYTES, mapped)
            if mapped > first:
                self.engine.mem_map(first, mapped - first, rights)
        for address, data in self.image.segments:
            self.engine.mem_write(address, data)

    def run(self, counter: BlockCounter) -> int:
        """From the reset vector to the program's exit; the exit code."""
        from unicorn import UcError, arm_const

        stack, entry = (
            int.from_bytes(self.engine.mem_read(self.image.flash[0] + o, 4), "little") for o in (0, 4)
        )
        self.engine.reg_write(arm_const.UC_ARM_REG_SP, stack)
        try:
            self.engine.emu_start(entry | 1, 0xFFFFFFFF)
        except UcError as error:
            raise self._fault(error) from error
        if self._failure is not None:
            raise self._failure
        if self._semihosting.exit_code is not None:
            return self._semihosting.exit_code
        raise self._stopped(counter)

    def _stopped(self, counter: BlockCounter) -> BudgetError | InternalError:
        place = self.image.place(self._program_counter())
        if counter.is_full:
            return InternalError("the program has too many basic blocks to count")
        if counter.is_at_limit:
            return BudgetError(
                f"the program did not end: it was still running at {place}",
                "raise the limit or report the model",
            )
        return InternalError(f"the emulated core stopped at {place}")

    def _program_counter(self) -> int:
        from unicorn import arm_const

        return int(self.engine.reg_read(arm_const.UC_ARM_REG_PC)) & ~1

    def _fault(self, error: UcError) -> InternalError:
        """One sentence for a fault of the program."""
        at = self.image.place(self._program_counter())
        if self._bad_address is not None:
            return InternalError(f"the core took a fault at {at}: no access to 0x{self._bad_address:08x}")
        return InternalError(f"the core took a fault at {at}: {error}")

    def _on_bad_access(
        self, _engine: Uc, _access: int, address: int, _byte_count: int, _value: int, _data: object
    ) -> bool:
        self._bad_address = address
        return False

    def _on_exception(self, engine: Uc, number: int, _data: object) -> None:
        from unicorn import arm_const

        address = self._program_counter()
        is_call = number == _BREAKPOINT_EXCEPTION and engine.mem_read(address, 2) == _SEMIHOSTING_BREAKPOINT
        if not is_call:
            place = self.image.place(address)
            self._stop(InternalError(f"the core took a fault at {place}: exception {number}"))
            return
        operation, argument = (engine.reg_read(r) for r in (arm_const.UC_ARM_REG_R0, arm_const.UC_ARM_REG_R1))
        try:
            engine.reg_write(arm_const.UC_ARM_REG_R0, self._semihosting.call(operation, argument))
        except InternalError as failure:
            self._stop(failure)
            return
        if self._semihosting.exit_code is not None:
            engine.emu_stop()
            return
        engine.reg_write(arm_const.UC_ARM_REG_PC, (address + 2) | 1)

    def _stop(self, failure: InternalError) -> None:
        """An exception cannot pass through the emulator: keep it for ``run``."""
        self._failure = failure
        self.engine.emu_stop()


class _EngineMemory:
    """The emulated core's memory for semihosting."""

    def __init__(self, engine: Uc) -> None:
        self._engine = engine

    def read(self, address: int, byte_count: int) -> bytes:
        from unicorn import UcError

        try:
            return bytes(self._engine.mem_read(address, byte_count))
        except UcError as error:
            raise _bad_block(address) from error

    def write(self, address: int, data: bytes) -> None:
        from unicorn import UcError

        try:
            self._engine.mem_write(address, data)
        except UcError as error:
            raise _bad_block(address) from error


def _bad_block(address: int) -> InternalError:
    return InternalError(f"a semihosting call names memory at 0x{address:08x} that is not there")
