"""The execution stage: one inference on the emulated core, every basic block counted per operator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.artifact import sha256_file, write_json
from edgeflow.emulate.block_counter import OUTSIDE, slot_names
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.flash_cache import Misses
from edgeflow.emulate.network import load_network
from edgeflow.emulate.program import load_firmware
from edgeflow.emulate.qemu import QemuRuntime, is_qemu_machine
from edgeflow.target.microcontroller import FlashTiming

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

SCHEMA = 2


def run(
    codegen_dir: Path,
    firmware_dir: Path,
    inputs: Sequence[Array],
    out_dir: Path,
    *,
    flash: FlashTiming | None = None,
) -> None:
    """Run the first case of ``inputs`` and write ``execution.json`` (docs/artifacts.md, "Execution").

    An image that is linked for a QEMU machine runs in QEMU, any other in unicorn, there with the caches of
    a ``flash``. Raises as ``CoreRuntime`` and ``QemuRuntime`` do.
    """
    network = load_network(codegen_dir)
    firmware = load_firmware(firmware_dir)
    case = [array[:1] for array in inputs]
    runtime: CoreRuntime | QemuRuntime
    misses = None
    if is_qemu_machine(firmware.machine):
        runtime = QemuRuntime(firmware_dir, network)
        result, blocks = runtime.execute_counted(case)
    else:
        runtime = CoreRuntime(firmware_dir, network, flash=flash)
        result, blocks = runtime.execute_counted(case)
        misses = runtime.misses
    names = slot_names(network)
    write_json(
        out_dir / "execution.json",
        {
            "schema": SCHEMA,
            "emulator": runtime.title,
            "elf_sha256": sha256_file(firmware.elf),
            "stack_bytes": result.stack_bytes,
            "slots": [{"slot": slot, "function": name} for slot, name in names.items()],
            "misses": [_row(slot, misses[slot]) for slot in names] if misses else None,
            "blocks": [
                [b.slot, b.address, b.byte_count, b.executions, b.taken] for b in blocks if b.slot != OUTSIDE
            ],
        },
    )


def _row(slot: int, misses: Misses) -> list[int]:
    return [slot, misses.instructions, misses.data]
