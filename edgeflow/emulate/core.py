"""Run the linked image on a core emulated by unicorn, with every basic block counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.emulate.block_counter import Block, BlockCounter, slot_entries, slot_names
from edgeflow.emulate.flash_cache import Misses, flash_cache
from edgeflow.emulate.image import Image, load_image
from edgeflow.emulate.network import Network
from edgeflow.emulate.processor import Processor, processor_of, unicorn_title
from edgeflow.emulate.program import INPUT_NAME, OUTPUT_NAME, ProgramResult, load_firmware, read_result
from edgeflow.emulate.semihosting import Semihosting
from edgeflow.errors import BudgetError, InternalError
from edgeflow.target.core import CORES
from edgeflow.target.microcontroller import FlashTiming

if TYPE_CHECKING:
    from unicorn import Uc, UcError

    from edgeflow.emulate.runtime import Array

_PAGE_BYTES = 4096

# About a minute of emulation a case: hundreds of times the work of a keyword-spotting network.
BLOCKS_PER_CASE = 2_000_000_000


class CoreRuntime:
    """The image of a firmware stage on an emulated core.

    With the timing of a ``flash`` whose caches are known, ``misses`` has after a run those of each slot.
    Raises ToolError when unicorn is not installed or has no such core. ``run`` raises InternalError
    when the program fails, and BudgetError when its stack overflows or it does not end.
    """

    def __init__(
        self,
        firmware_dir: Path,
        network: Network,
        *,
        blocks_per_case: int = BLOCKS_PER_CASE,
        flash: FlashTiming | None = None,
    ) -> None:
        self.firmware = load_firmware(firmware_dir)
        self.network = network
        self.blocks_per_case = blocks_per_case
        self._processor = processor_of(self.firmware.core)
        self._image = load_image(self.firmware.elf, CORES[self.firmware.core].architecture)
        self._flash = flash
        self.misses: list[Misses] | None = None

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
        return self.execute_packed_counted(packed, slot_names(self.network))

    def execute_packed(self, packed: Sequence[bytes]) -> ProgramResult:
        """Run cases whose bytes are given as the program reads them."""
        return self.execute_packed_counted(packed, {})[0]

    def execute_packed_counted(
        self, packed: Sequence[bytes], slots: Mapping[int, str]
    ) -> tuple[ProgramResult, list[Block]]:
        """The same with every basic block counted, for the function of the slots that was entered last."""
        entries = slot_entries(self._image, slots)
        cache = flash_cache(self._image, self._flash, len(entries))
        counter = BlockCounter(self._image, entries, self.blocks_per_case * len(packed), cache)
        session = _Session(self._image, self._processor, self.firmware.core)
        counter.attach(session.engine)
        session.files[INPUT_NAME] = bytearray(b"".join(packed))
        exit_code = session.run(counter)
        self.misses = counter.misses()
        written = bytes(session.files.get(OUTPUT_NAME, b""))
        result = read_result(exit_code, written, len(packed), self.network, lambda: self._image)
        return result, counter.blocks()


class _Session:
    """One emulated core with the image loaded."""

    def __init__(self, image: Image, processor: Processor, core: str) -> None:
        from unicorn import UC_HOOK_INTR, UC_HOOK_MEM_INVALID

        self.image = image
        self._processor = processor
        self.engine: Uc = processor.engine(core)
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
            *((device, UC_PROT_ALL) for device in self._processor.devices),
        ]
        for (start, end), rights in sorted(regions):
            first = max(start // _PAGE_BYTES * _PAGE_BYTES, mapped)  # neighbours may meet within a page
            mapped = max(-(-end // _PAGE_BYTES) * _PAGE_BYTES, mapped)
            if mapped > first:
                self.engine.mem_map(first, mapped - first, rights)
        for address, data in self.image.segments:
            self.engine.mem_write(address, data)

    def run(self, counter: BlockCounter) -> int:
        """From reset to the program's exit; the exit code."""
        address: int | None = self._reset()
        while address is not None:
            address = self._run_from(address)
        if self._failure is not None:
            raise self._failure
        if self._semihosting.exit_code is not None:
            return self._semihosting.exit_code
        raise self._stopped(counter)

    def _run_from(self, address: int) -> int | None:
        """Run to the end, or to a semihosting call that ends the emulation: the address to go on at."""
        from unicorn import UcError

        try:
            self.engine.emu_start(address | self._processor.jump_bit, 0xFFFFFFFF)
        except UcError as error:
            stopped_at = self._program_counter()
            if self._processor.breakpoint_exception is None and self._is_call(stopped_at):
                return self._answer(stopped_at)
            raise self._fault(error) from error
        return None

    def _reset(self) -> int:
        """The address of the first instruction, after what the core itself does at reset."""
        start = self.image.flash[0]
        if not self._processor.has_vector_table:
            return start
        stack, entry = (int.from_bytes(self.engine.mem_read(start + o, 4), "little") for o in (0, 4))
        self._write(self._processor.stack_pointer, stack)
        return entry

    def _read(self, register: str) -> int:
        return int(self.engine.reg_read(self._processor.constant(register)))

    def _write(self, register: str, value: int) -> None:
        self.engine.reg_write(self._processor.constant(register), value)

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
        return self._read(self._processor.program_counter) & ~1

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

    def _on_exception(self, _engine: Uc, number: int, _data: object) -> None:
        processor = self._processor
        address = self._program_counter() - processor.exception_advance
        if number != processor.breakpoint_exception or not self._is_call(address):
            place = self.image.place(address)
            self._stop(InternalError(f"the core took a fault at {place}: exception {number}"))
            return
        following = self._answer(address)
        if following is None:
            self.engine.emu_stop()
        else:
            self._write(processor.program_counter, following | processor.jump_bit)

    def _answer(self, breakpoint_address: int) -> int | None:
        """Answer a semihosting call; the address behind its breakpoint, or None at the end of the program."""
        processor = self._processor
        operation, argument = self._read(processor.operation), self._read(processor.argument)
        try:
            self._write(processor.operation, self._semihosting.call(operation, argument))
        except InternalError as failure:
            self._failure = failure
            return None
        if self._semihosting.exit_code is not None:
            return None
        return breakpoint_address + processor.breakpoint_bytes

    def _is_call(self, breakpoint_address: int) -> bool:
        """True if a semihosting call stands around the breakpoint at this address."""
        from unicorn import UcError

        call = self._processor.call
        try:
            found = self.engine.mem_read(breakpoint_address - self._processor.before_breakpoint, len(call))
        except UcError:  # not all of it is memory
            return False
        return bool(found == call)

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
