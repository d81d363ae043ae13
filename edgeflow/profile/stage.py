"""Profile of a linked image: sizes from the ELF, RAM from plan and stack, work from an emulated run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from edgeflow.artifact import read_json, write_json
from edgeflow.errors import InternalError
from edgeflow.profile.budget import target_limits
from edgeflow.profile.cycles import CORE_MODELS, CycleEstimate, cycles_by_slot
from edgeflow.profile.image import Image, read_image
from edgeflow.profile.instructions import Execution, instructions_by_slot, read_execution
from edgeflow.profile.size import ImageSize, arena_bytes, image_size
from edgeflow.target.descriptor import Target

SCHEMA = 1
Json = dict[str, Any]


def run(
    codegen_dir: Path, firmware_dir: Path, execution_json: Path, out_dir: Path, *, target: Target
) -> None:
    """Write ``profile.json`` from the generated code's tables, the linked image and its recorded run.

    Raises InternalError when these four do not belong together.
    """
    build = read_json(firmware_dir / "build.json")
    network = read_json(codegen_dir / "network.json")
    plan = read_json(codegen_dir / "memory_plan.json")
    elf = firmware_dir / build["elf"]
    image = read_image(elf)
    execution = read_execution(execution_json, elf)
    _check_arena(image, plan)
    size = image_size(image, network["model"])
    work = _Work(image, execution, target.core)
    result = {
        "schema": SCHEMA,
        "target": target.name,
        "compiler": build["compiler"],
        "elf": build["elf"],
        "totals": _totals(size, plan, execution, network, work, target.clock_hz),
        "kinds": _kinds(execution.emulator, target, work),
        "operators": _operators(network["operators"], execution.slots, work),
        "outside": _outside(network["operators"], execution.slots, work),
        "sections": [
            {"name": s.name, "flash_bytes": s.flash_bytes, "ram_bytes": s.ram_bytes} for s in size.sections
        ],
        "limits": target_limits(target),
    }
    write_json(out_dir / "profile.json", result)


class _Work:
    """Instructions and, where the core has a model, cycles of every slot of the inference.

    Blocks of other slots are the program around it: start-up, reading and writing.
    """

    def __init__(self, image: Image, execution: Execution, core: str) -> None:
        blocks = [block for block in execution.blocks if block.slot in execution.slots]
        self.instructions = instructions_by_slot(image, blocks)
        self.model = CORE_MODELS.get(core)
        self.estimate: CycleEstimate | None = None
        if self.model is not None:
            self.estimate = cycles_by_slot(image, blocks, self.model)

    def of(self, slots: Iterable[int]) -> Json:
        """Both figures for some slots together."""
        chosen = list(slots)
        cycles = None
        if self.estimate is not None:
            cycles = sum(self.estimate.by_slot.get(slot, 0) for slot in chosen)
        return {"instructions": sum(self.instructions.get(s, 0) for s in chosen), "cycles": cycles}


def _check_arena(image: Image, plan: Json) -> None:
    linked, planned = arena_bytes(image), plan["arena_bytes"]
    if linked != planned:
        raise InternalError(f"the image's arena has {linked} bytes but the memory plan {planned}")


def _totals(
    size: ImageSize, plan: Json, execution: Execution, network: Json, work: _Work, clock_hz: int
) -> Json:
    everything = work.of(work.instructions)
    cycles = everything["cycles"]
    return {
        "flash_bytes": size.flash_bytes,
        "code_bytes": size.code_bytes,
        "weights_bytes": size.weights_bytes,
        "ram_bytes": plan["arena_bytes"] + size.static_bytes + execution.stack_bytes,
        "arena_bytes": plan["arena_bytes"],
        "arena_lower_bound_bytes": plan["lower_bound_bytes"],
        "static_bytes": size.static_bytes,
        "stack_bytes": execution.stack_bytes,
        "instructions": everything["instructions"],
        "cycles": cycles,
        "latency_us": None if cycles is None else round(cycles * 1e6 / clock_hz, 1),
        "macs": sum(op["macs"] for op in network["operators"]),
    }


def _kinds(emulator: str, target: Target, work: _Work) -> dict[str, str]:
    linked = "measured (linked ELF)"
    planned = "measured (memory plan)"
    stack = f"simulated ({emulator}, painted stack)"
    return {
        "flash_bytes": linked,
        "code_bytes": linked,
        "weights_bytes": linked,
        "static_bytes": linked,
        "arena_bytes": planned,
        "arena_lower_bound_bytes": planned,
        "stack_bytes": stack,
        "ram_bytes": f"simulated (linked ELF, memory plan and painted stack on {emulator})",
        "instructions": f"simulated ({emulator}, one inference; skipped IT instructions count)",
        "macs": "measured (shapes of the network)",
        **_time_kinds(target, work),
    }


def _time_kinds(target: Target, work: _Work) -> dict[str, str]:
    if work.model is None or work.estimate is None:
        absent = f"not available: no cycle model for {target.core}"
        return {"cycles": absent, "latency_us": absent}
    text = f"zero-wait cycle model of {target.core}; {work.model.accuracy}"
    if work.estimate.unknown:
        text += f"; one cycle each, for want of a figure: {', '.join(work.estimate.unknown)}"
    clock = f"{target.clock_hz / 1e6:g} MHz"
    return {"cycles": f"estimated ({text})", "latency_us": f"estimated ({text}; at {clock})"}


def _operators(operators: list[Json], slots: Mapping[int, str], work: _Work) -> list[Json]:
    kept = ("index", "kind", "label", "macs", "weights_bytes")
    return [
        {key: op[key] for key in kept} | work.of(s for s, name in slots.items() if name == op["function"])
        for op in operators
    ]


def _outside(operators: list[Json], slots: Mapping[int, str], work: _Work) -> Json:
    """What ran in no operator: the invoke function that calls them."""
    named = {op["function"] for op in operators}
    inside = {slot for slot, name in slots.items() if name in named}
    return work.of(slot for slot in work.instructions if slot not in inside)
