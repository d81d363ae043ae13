"""Waiting for the flash: simulated misses of its caches, times the wait states of the descriptor.

No parameter is fitted: wait states, the bytes of a read and the sizes of the caches are the manual's. The
core is taken to stand still for a miss, nothing is fetched ahead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgeflow.profile.instructions import Execution
from edgeflow.target.descriptor import Target


@dataclass(frozen=True, slots=True)
class FlashWaits:
    """Cycles of waiting by slot, None where they are not counted; ``text`` says how, or why not."""

    by_slot: Mapping[int, int] | None
    text: str


def flash_waits(execution: Execution, target: Target) -> FlashWaits:
    """What a run waited for its flash."""
    timing, misses = target.flash_timing, execution.misses
    if timing is None:
        return FlashWaits(None, "flash wait states come on top: the target's descriptor has none")
    if timing.wait_states == 0:
        return FlashWaits({}, "its flash has no wait states")
    if misses is None:
        return FlashWaits(None, f"flash wait states come on top: {execution.emulator} simulated no caches")
    waits = {slot: sum(both) * timing.wait_states for slot, both in misses.items()}
    caches = (
        f"{timing.instruction_cache_bytes} B of instructions and {timing.data_cache_bytes} B of data"
        if timing.unified_cache_bytes is None
        else f"{timing.unified_cache_bytes} B of both"
    )
    lines = f"{timing.wait_states} wait states for each {timing.line_bytes} B of flash that"
    return FlashWaits(waits, f"{lines} simulated caches of {caches} do not hold")
