"""The execution stage: one inference on the emulated core, every basic block counted per operator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.artifact import sha256_file, write_json
from edgeflow.emulate.block_counter import OUTSIDE, slot_names
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.network import load_network
from edgeflow.emulate.program import load_firmware
from edgeflow.emulate.qemu import QemuRuntime, is_qemu_machine

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

SCHEMA = 1


def run(codegen_dir: Path, firmware_dir: Path, inputs: Sequence[Array], out_dir: Path) -> None:
    """Run the first case of ``inputs`` and write ``execution.json`` (docs/artifacts.md, "Execution").

    An image that is linked for a QEMU machine runs in QEMU, any other in unicorn. Raises as
    ``CoreRuntime`` and ``QemuRuntime`` do.
    """
    network = load_network(codegen_dir)
    firmware = load_firmware(firmware_dir)
    runs_in_qemu = is_qemu_machine(firmware.machine)
    runtime = (QemuRuntime if runs_in_qemu else CoreRuntime)(firmware_dir, network)
    result, blocks = runtime.execute_counted([array[:1] for array in inputs])
    write_json(
        out_dir / "execution.json",
        {
            "schema": SCHEMA,
            "emulator": runtime.title,
            "elf_sha256": sha256_file(firmware.elf),
            "stack_bytes": result.stack_bytes,
            "slots": [{"slot": slot, "function": name} for slot, name in slot_names(network).items()],
            "blocks": [
                [b.slot, b.address, b.byte_count, b.executions, b.taken] for b in blocks if b.slot != OUTSIDE
            ],
        },
    )
