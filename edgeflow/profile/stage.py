"""Profile of a linked image: sizes from the ELF, RAM from plan and stack, work from an emulated run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from edgeflow.artifact import read_json, write_json
from edgeflow.errors import InternalError
from edgeflow.profile.budget import memory_use, target_limits
from edgeflow.profile.cycles import CORE_MODELS, CycleEstimate, cycles_by_slot
from edgeflow.profile.image import Image, read_image
from edgeflow.profile.instructions import Execution, instructions_by_slot, read_execution
from edgeflow.profile.size import SECOND_FLASH, ImageSize, arena_bytes, image_size
from edgeflow.target.core import ARM, CORES
from edgeflow.target.descriptor import Target

SCHEMA = 1
Json = dict[str, Any]


def run(
    codegen_dir: Path, firmware_dir: Path, execution_json: Path | None, out_dir: Path, *, target: Target
) -> None:
    """Write ``profile.json`` from the generated code's tables, the linked image and its recorded run.

    Without a run (no emulator has the core) stack, instructions and time are null, ``ram_bytes`` is
    without the stack, and ``kinds`` says so. Raises InternalError when the files do not belong together.
    """
    build = read_json(firmware_dir / "build.json")
    network = read_json(codegen_dir / "network.json")
    plan = read_json(codegen_dir / "memory_plan.json")
    elf = firmware_dir / build["elf"]
    image = read_image(elf)
    execution = read_execution(execution_json, elf) if execution_json else None
    _check_arena(image, plan)
    size = image_size(image, network["model"])
    work = _Work(image, execution, target.core)
    totals = _totals(size, plan, execution, network, work, target.clock_hz)
    second_flash = sum(s.flash_bytes for s in size.sections if s.name == SECOND_FLASH)
    memory = memory_use(totals, network["arena_parts"], target, second_flash)
    result = {
        "schema": SCHEMA,
        "target": target.name,
        "compiler": build["compiler"],
        "elf": build["elf"],
        "totals": totals,
        "kinds": _kinds(execution, target, work),
        "operators": _operators(network["operators"], work),
        "outside": _outside(network["operators"], work),
        "sections": [
            {"name": s.name, "flash_bytes": s.flash_bytes, "ram_bytes": s.ram_bytes} for s in size.sections
        ],
        "memory": memory,
        "limits": target_limits(target, memory),
    }
    write_json(out_dir / "profile.json", result)


class _Work:
    """Instructions and, where the core has a model, cycles of every slot of the inference.

    Blocks of other slots are the program around it: start-up, reading and writing.
    """

    def __init__(self, image: Image, execution: Execution | None, core: str) -> None:
        self.slots = execution.slots if execution else {}
        self.model = CORE_MODELS.get(core)
        self.instructions: dict[int, int] | None = None
        self.estimate: CycleEstimate | None = None
        if execution is not None:
            self.instructions = instructions_by_slot(image, execution.blocks)
            self.estimate = cycles_by_slot(image, execution.blocks, self.model) if self.model else None

    def of(self, slots: Iterable[int]) -> Json:
        """Both figures for some slots together, None where there is no figure."""
        chosen = list(slots)
        cycles = self.estimate.by_slot if self.estimate else None
        return {"instructions": _sum(self.instructions, chosen), "cycles": _sum(cycles, chosen)}


def _sum(by_slot: Mapping[int, int] | None, slots: Iterable[int]) -> int | None:
    return None if by_slot is None else sum(by_slot.get(slot, 0) for slot in slots)


def _check_arena(image: Image, plan: Json) -> None:
    linked, planned = arena_bytes(image), plan["arena_bytes"]
    if linked != planned:
        raise InternalError(f"the image's arena has {linked} bytes but the memory plan {planned}")


def _totals(
    size: ImageSize, plan: Json, execution: Execution | None, network: Json, work: _Work, clock_hz: int
) -> Json:
    everything = work.of(work.slots)
    cycles = everything["cycles"]
    stack_bytes = execution.stack_bytes if execution else None
    return {
        "flash_bytes": size.flash_bytes,
        "code_bytes": size.code_bytes,
        "weights_bytes": size.weights_bytes,
        "ram_bytes": plan["arena_bytes"] + size.static_bytes + (stack_bytes or 0),
        "arena_bytes": plan["arena_bytes"],
        "arena_lower_bound_bytes": plan["lower_bound_bytes"],
        "static_bytes": size.static_bytes,
        "stack_bytes": stack_bytes,
        "instructions": everything["instructions"],
        "cycles": cycles,
        "latency_us": None if cycles is None else round(cycles * 1e6 / clock_hz, 1),
        "macs": sum(op["macs"] for op in network["operators"]),
        "dense_macs": network["dense_macs"],
        "recomputed_macs": network["recomputed_macs"],
    }


def _kinds(execution: Execution | None, target: Target, work: _Work) -> dict[str, str]:
    linked = "measured (linked ELF)"
    planned = "measured (memory plan)"
    return {
        "flash_bytes": linked,
        "code_bytes": linked,
        "weights_bytes": linked,
        "static_bytes": linked,
        "arena_bytes": planned,
        "arena_lower_bound_bytes": planned,
        "macs": "measured (shapes of the network)",
        "dense_macs": "measured (shapes before channels were eliminated)",
        "recomputed_macs": "measured (rows that stripes compute again)",
        **_run_kinds(execution, target, work),
    }


def _run_kinds(execution: Execution | None, target: Target, work: _Work) -> dict[str, str]:
    if execution is None:
        absent = f"not available: no emulator ran this image for {target.core}"
        without = "measured (linked ELF and memory plan; without the stack)"
        return {"ram_bytes": without} | dict.fromkeys(
            ("stack_bytes", "instructions", "cycles", "latency_us"), absent
        )
    emulator = execution.emulator
    return {
        "stack_bytes": f"simulated ({emulator}; painted stack)",
        "ram_bytes": f"simulated (linked ELF and memory plan; stack painted on {emulator})",
        "instructions": f"simulated ({emulator}; {_counted(target)})",
        **_time_kinds(target, work),
    }


def _counted(target: Target) -> str:
    has_it = CORES[target.core].architecture is ARM
    return "one inference" + (", skipped IT instructions count" if has_it else "")


def _time_kinds(target: Target, work: _Work) -> dict[str, str]:
    if work.model is None or work.estimate is None:
        absent = f"not available: no cycle model for {target.core}"
        return {"cycles": absent, "latency_us": absent}
    text = f"zero-wait cycle model of {target.core}; {work.model.accuracy}"
    if work.estimate.unknown:
        text += f"; one cycle each, for want of a figure: {', '.join(work.estimate.unknown)}"
    clock = f"{target.clock_hz / 1e6:g} MHz"
    return {"cycles": f"estimated ({text})", "latency_us": f"estimated ({text}; at {clock})"}


def _operators(operators: list[Json], work: _Work) -> list[Json]:
    kept = ("index", "kind", "label", "absorbed", "macs", "weights_bytes")
    return [
        {key: op[key] for key in kept}
        | work.of(s for s, name in work.slots.items() if name == op["function"])
        for op in operators
    ]


def _outside(operators: list[Json], work: _Work) -> Json:
    """What ran in no operator: the invoke function that calls them."""
    named = {op["function"] for op in operators}
    return work.of(slot for slot, name in work.slots.items() if name not in named)
