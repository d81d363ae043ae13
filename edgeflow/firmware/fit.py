"""What can be said of a target that nothing is linked for: do arena, stack and constants fit its memory."""

from __future__ import annotations

from pathlib import Path

from edgeflow.errors import BudgetError, TargetError
from edgeflow.firmware.arena import STATIC_ALLOWANCE_BYTES, arena_parts, check_parts
from edgeflow.firmware.sources import MINIMUM_STACK_BYTES, read_network
from edgeflow.target.descriptor import Target


def require_core(target: Target) -> None:
    """Raise TargetError when edgeflow can neither compile for the target's core nor run it."""
    if target.is_information_only:
        raise TargetError(
            f"target `{target.name}` is for information: edgeflow has no compiler and emulator for its"
            f" {target.core_info.title}, so that no code runs",
            f"`edgeflow build --target {target.name} --to codegen` writes C for the board's own tools and"
            " checks arena and constants against its memory; `edgeflow export` makes it their project",
        )


def check_planned(codegen_dir: Path, target: Target) -> None:
    """Raise BudgetError when arena, least stack and constants of generated C exceed a target's memory.

    What the code itself takes is not known here; the linker of the board's own tools says it.
    """
    network = read_network(codegen_dir)
    parts = arena_parts(network)
    check_parts(parts, target)
    first = sum(part.byte_count for part in parts if part.region == 0)
    ram = first + MINIMUM_STACK_BYTES + STATIC_ALLOWANCE_BYTES
    constants = sum(step["weights_bytes"] for step in network["operators"])
    flash = max(region.size_bytes for region in target.flashes)
    for what, region, needed, limit in (
        (
            f"an arena of {first} bytes with the least stack takes",
            target.ram.name,
            ram,
            target.ram.size_bytes,
        ),
        ("the constants take", target.flash.name, constants, flash),
    ):
        if needed > limit:
            raise BudgetError(
                f"{what} {needed} bytes of `{region}` but target `{target.name}` has {limit}",
                "a smaller model or another target",
            )
