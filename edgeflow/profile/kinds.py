"""How each figure of a profile came about: measured, simulated, estimated, or why it is not there."""

from __future__ import annotations

from edgeflow.profile.accuracy_class import accuracy_class
from edgeflow.profile.energy import energy_kind
from edgeflow.profile.work import Work
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


def kinds(target: Target, work: Work, latency_us: float | None) -> dict[str, str]:
    """The kind of every total, by its key."""
    return _FROM_FILES | _run_kinds(target, work) | {"energy_uj": energy_kind(target, latency_us)}


def _run_kinds(target: Target, work: Work) -> dict[str, str]:
    if work.execution is None:
        absent = f"not available: no emulator ran this image for {target.core}"
        without = "measured (linked ELF and memory plan; without the stack)"
        return {"ram_bytes": without} | dict.fromkeys(
            ("stack_bytes", "instructions", "cycles", "latency_us"), absent
        )
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
    if work.model is None or work.estimate is None:
        absent = f"not available: no cycle model for {target.core}"
        return {"cycles": absent, "latency_us": absent}
    parts = [
        str(accuracy_class(target.core, target.name, has_flash=False)),
        f"zero-wait cycle model of {target.core}",
        work.model.assumption,
        "flash wait states come on top",
    ]
    if work.estimate.unknown:
        parts.append(f"one cycle each, for want of a figure: {', '.join(work.estimate.unknown)}")
    text = "; ".join(filter(None, parts))
    return {
        "cycles": f"estimated ({text})",
        "latency_us": f"estimated ({text}; at {target.clock_hz / 1e6:g} MHz)",
    }
