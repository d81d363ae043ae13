"""How each figure of a profile came about: measured, simulated, estimated, or why it is not there."""

from __future__ import annotations

from edgeflow.profile.accuracy_class import AccuracyClass, accuracy_class
from edgeflow.profile.energy import energy_kind
from edgeflow.profile.work import TIMES, Work
from edgeflow.target.core import ARM, CORES
from edgeflow.target.descriptor import Target

_LINKED = "measured (linked ELF)"
_PLANNED = "measured (memory plan)"
_FROM_FILES = {
    "flash_bytes": _LINKED,
    "code_bytes": _LINKED,
    "weights_bytes": _LINKED,
    "static_bytes": _LINKED,
    "arena_bytes": _PLANNED,
    "arena_lower_bound_bytes": _PLANNED,
    "macs": "measured (shapes of the network)",
    "dense_macs": "measured (shapes before channels were eliminated)",
    "recomputed_macs": "measured (rows that stripes compute again)",
    "moved_bytes": "measured (shapes: inputs, constants and outputs of each operator, once each)",
}


def kinds(target: Target, work: Work) -> dict[str, str]:
    """The kind of every total, by its key."""
    return _FROM_FILES | _run_kinds(target, work) | {"energy_uj": energy_kind(target, _error(target, work))}


def _error(target: Target, work: Work) -> AccuracyClass | None:
    """How far the cycles may be off; None where there are none."""
    if work.estimate is None or work.waits is None:
        return None
    return accuracy_class(target.core, target.name, has_flash=work.waits.by_slot is not None)


def planned_kinds(target: Target) -> dict[str, str]:
    """The same where nothing is linked: what the generated code tells, and what is missing."""
    title = target.core_info.title
    linked = f"not available: edgeflow has no compiler for {title}, the board's own tools link the C"
    run = f"not available: edgeflow has no emulator for {title}"
    return _FROM_FILES | {
        "weights_bytes": "measured (constant arrays of the generated C)",
        "flash_bytes": f"{linked}; it takes more than the weights",
        "code_bytes": linked,
        "static_bytes": linked,
        "ram_bytes": f"{linked}; it takes more than the arena",
        **dict.fromkeys(("stack_bytes", "instructions", *TIMES, "energy_uj"), run),
    }


def _run_kinds(target: Target, work: Work) -> dict[str, str]:
    if work.execution is None:
        absent = f"not available: no emulator ran this image for {target.core}"
        without = "measured (linked ELF and memory plan; without the stack)"
        return {"ram_bytes": without} | dict.fromkeys(("stack_bytes", "instructions", *TIMES), absent)
    emulator = work.execution.emulator
    return {
        "stack_bytes": f"simulated ({emulator}; painted stack)",
        "ram_bytes": f"simulated (linked ELF and memory plan; stack painted on {emulator})",
        "instructions": f"simulated ({emulator}; {_counted(target)})",
        **_time_kinds(target, work),
    }


def _counted(target: Target) -> str:
    has_it = CORES[target.core].architecture is ARM
    return "one inference" + (", skipped IT instructions count" if has_it else "")


def _time_kinds(target: Target, work: Work) -> dict[str, str]:
    error = _error(target, work)
    if work.model is None or work.estimate is None or work.waits is None:
        return dict.fromkeys(TIMES, f"not available: no cycle model for {target.core}")
    has_flash = work.waits.by_slot is not None
    model = f"cycle model of {target.core}"
    parts = [model, work.model.assumption]
    if work.estimate.unknown:
        parts.append(f"one cycle each, for want of a figure: {', '.join(work.estimate.unknown)}")
    zero_wait = "; ".join(filter(None, parts))
    text = f"{error}; {'' if has_flash else 'zero-wait '}{zero_wait}; {work.waits.text}"
    return {
        "zero_wait_cycles": f"estimated ({zero_wait}; memory that answers at once)",
        "flash_wait_cycles": ("estimated ({})" if has_flash else "not available: {}").format(work.waits.text),
        "cycles": f"estimated ({text})",
        "latency_us": f"estimated ({text}; at {target.clock_hz / 1e6:g} MHz)",
    }
