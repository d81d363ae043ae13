"""Profile of a linked image: sizes from the ELF, RAM from plan and stack, work from an emulated run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edgeflow.artifact import read_json, write_json
from edgeflow.errors import InternalError
from edgeflow.profile.budget import memory_use, target_limits
from edgeflow.profile.energy import energy_uj
from edgeflow.profile.image import Image, read_image
from edgeflow.profile.instructions import read_execution
from edgeflow.profile.kinds import kinds
from edgeflow.profile.measured import with_measurements
from edgeflow.profile.operators import operator_rows
from edgeflow.profile.roofline import roofline
from edgeflow.profile.size import SECOND_FLASH, ImageSize, arena_bytes, image_size
from edgeflow.profile.work import Work
from edgeflow.target.descriptor import Target

SCHEMA = 2
Json = dict[str, Any]


def run(
    codegen_dir: Path,
    firmware_dir: Path,
    execution_json: Path | None,
    out_dir: Path,
    *,
    target: Target,
    measured: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write ``profile.json`` from the generated code's tables, the linked image and its recorded run.

    ``measured`` are the rows of boards of this target (``edgeflow.device.records``). Without a run (no
    emulator has the core) stack, instructions and time are null, ``ram_bytes`` is without the stack, and
    ``kinds`` says so. Raises InternalError when the files do not belong together.
    """
    build = read_json(firmware_dir / "build.json")
    network = read_json(codegen_dir / "network.json")
    plan = read_json(codegen_dir / "memory_plan.json")
    elf = firmware_dir / build["elf"]
    image = read_image(elf)
    execution = read_execution(execution_json, elf) if execution_json else None
    _check_arena(image, plan)
    size = image_size(image, network["model"])
    work = Work(image, execution, target)
    roof = roofline(target)
    operators = operator_rows(network["operators"], plan["live_bytes"], roof, work)
    totals = _sizes(size, plan, work) | work.total() | amounts(network, operators)
    totals["energy_uj"] = energy_uj(target, totals["latency_us"])
    second_flash = sum(s.flash_bytes for s in size.sections if s.name == SECOND_FLASH)
    memory = memory_use(totals, network["arena_parts"], target, second_flash)
    result = {
        "schema": SCHEMA,
        "target": target.name,
        "compiler": build["compiler"],
        "elf": build["elf"],
        "totals": totals,
        "kinds": kinds(target, work),
        "roofline": roof.as_json(),
        "operators": operators,
        "outside": work.outside(op["function"] for op in network["operators"]),
        "sections": [
            {"name": s.name, "flash_bytes": s.flash_bytes, "ram_bytes": s.ram_bytes} for s in size.sections
        ],
        "memory": memory,
        "limits": target_limits(target, memory),
    }
    model_sha256 = network["source_sha256"]
    write_json(out_dir / "profile.json", with_measurements(result, measured, target, model_sha256))


def _check_arena(image: Image, plan: Json) -> None:
    linked, planned = arena_bytes(image), plan["arena_bytes"]
    if linked != planned:
        raise InternalError(f"the image's arena has {linked} bytes but the memory plan {planned}")


def _sizes(size: ImageSize, plan: Json, work: Work) -> Json:
    stack_bytes = work.execution.stack_bytes if work.execution else None
    return {
        "flash_bytes": size.flash_bytes,
        "code_bytes": size.code_bytes,
        "weights_bytes": size.weights_bytes,
        "ram_bytes": plan["arena_bytes"] + size.static_bytes + (stack_bytes or 0),
        "arena_bytes": plan["arena_bytes"],
        "arena_lower_bound_bytes": plan["lower_bound_bytes"],
        "static_bytes": size.static_bytes,
        "stack_bytes": stack_bytes,
    }


def amounts(network: Json, operators: list[Json]) -> Json:
    """Totals that follow from the shapes alone."""
    return {
        "macs": sum(op["macs"] for op in operators),
        "dense_macs": network["dense_macs"],
        "recomputed_macs": network["recomputed_macs"],
        "moved_bytes": sum(op["moved_bytes"] for op in operators),
    }
