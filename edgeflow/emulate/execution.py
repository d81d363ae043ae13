"""The execution stage: one inference on the emulated core, every basic block counted per operator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.artifact import sha256_file, write_json
from edgeflow.emulate.block_counter import OUTSIDE, slot_names
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.network import load_network

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

SCHEMA = 1


def run(codegen_dir: Path, firmware_dir: Path, inputs: Sequence[Array], out_dir: Path) -> None:
    """Run the first case of ``inputs`` and write ``execution.json`` (docs/artifacts.md, "Execution").

    Raises as ``CoreRuntime`` does.
    """
    network = load_network(codegen_dir)
    runtime = CoreRuntime(firmware_dir, network)
    core_run = runtime.execute([array[:1] for array in inputs])
    write_json(
        out_dir / "execution.json",
        {
            "schema": SCHEMA,
            "emulator": runtime.title,
            "elf_sha256": sha256_file(runtime.firmware.elf),
            "stack_bytes": core_run.result.stack_bytes,
            "slots": [{"slot": slot, "function": name} for slot, name in slot_names(network).items()],
            "blocks": [
                [b.slot, b.address, b.byte_count, b.executions, b.taken]
                for b in core_run.blocks
                if b.slot != OUTSIDE
            ],
        },
    )
