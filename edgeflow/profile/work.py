"""What the recorded run of an image amounts to: instructions, cycles and code run, by operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from edgeflow.profile.cycles import CORE_MODELS, CycleEstimate, cycles_by_slot
from edgeflow.profile.flash import FlashWaits, flash_waits
from edgeflow.profile.image import Image
from edgeflow.profile.instructions import Execution, code_bytes_by_slot, instructions_by_slot
from edgeflow.target.descriptor import Target

Json = dict[str, Any]
TIMES = ("zero_wait_cycles", "flash_wait_cycles", "cycles", "latency_us")


class Work:
    """Figures of every slot of the inference; None where no image ran, or the core has no model.

    Blocks of other slots are the program around it: start-up, reading and writing.
    """

    def __init__(self, image: Image | None, execution: Execution | None, target: Target) -> None:
        self.execution = execution
        self.slots = execution.slots if execution else {}
        self.clock_hz = target.clock_hz
        self.model = CORE_MODELS.get(target.core)
        self.instructions: dict[int, int] | None = None
        self.code_bytes: dict[int, int] | None = None
        self.estimate: CycleEstimate | None = None
        self.waits: FlashWaits | None = None
        if image is not None and execution is not None:
            self.instructions = instructions_by_slot(image, execution.blocks)
            self.code_bytes = code_bytes_by_slot(execution.blocks)
            self.waits = flash_waits(execution, target)
            self.estimate = cycles_by_slot(image, execution.blocks, self.model) if self.model else None

    def total(self) -> Json:
        """The whole inference."""
        return self._of(self.slots)

    def of_function(self, function: str | None) -> Json:
        """An operator, by its function; one without has nothing to do."""
        slots = [slot for slot, name in self.slots.items() if name == function]
        misses = self.execution.misses if self.execution else None
        code, data = (
            None if misses is None else {slot: both[which] for slot, both in misses.items()}
            for which in (0, 1)
        )
        return self._shared(slots) | {
            "instruction_misses": _sum(code, slots),
            "data_misses": _sum(data, slots),
            "executed_code_bytes": _sum(self.code_bytes, slots),
        }

    def outside(self, functions: Iterable[str | None]) -> Json:
        """What ran in none of the operators: the invoke function that calls them."""
        named = set(functions)
        return self._shared(slot for slot, name in self.slots.items() if name not in named)

    def _shared(self, slots: Iterable[int]) -> Json:
        """Figures of some slots, and their percentage of all cycles, without a model of all instructions."""
        figures, total = self._of(list(slots)), self.total()
        key = "cycles" if self.estimate else "instructions"
        percent = round(100 * figures[key] / total[key], 1) if total[key] else None
        return figures | {"percent": percent}

    def _of(self, slots: Iterable[int]) -> Json:
        chosen = list(slots)
        instructions = _sum(self.instructions, chosen)
        if self.estimate is None or self.waits is None:
            return {"instructions": instructions} | dict.fromkeys(TIMES)
        zero_wait, waits = _sum(self.estimate.by_slot, chosen) or 0, _sum(self.waits.by_slot, chosen)
        cycles = zero_wait + (waits or 0)
        latency_us = round(cycles * 1e6 / self.clock_hz, 1)
        return {"instructions": instructions} | dict(
            zip(TIMES, (zero_wait, waits, cycles, latency_us), strict=True)
        )


def _sum(by_slot: Mapping[int, int] | None, slots: Iterable[int]) -> int | None:
    return None if by_slot is None else sum(by_slot.get(slot, 0) for slot in slots)
