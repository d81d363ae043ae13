"""Profile of a board for information: what generated C tells without a compiler and emulator for its core."""

from __future__ import annotations

from pathlib import Path

from edgeflow.artifact import read_json, write_json
from edgeflow.profile.kinds import planned_kinds
from edgeflow.profile.operators import operator_rows
from edgeflow.profile.roofline import roofline
from edgeflow.profile.stage import SCHEMA, amounts
from edgeflow.profile.work import Work
from edgeflow.target.descriptor import Target

_ONLY_LINKED = ("flash_bytes", "code_bytes", "ram_bytes", "static_bytes", "stack_bytes", "energy_uj")


def run(codegen_dir: Path, out_dir: Path, *, target: Target) -> None:
    """Write ``profile.json`` from the generated code's tables alone.

    Arena and constant arrays are known; all that a linked image or a run would tell is null.
    """
    network = read_json(codegen_dir / "network.json")
    plan = read_json(codegen_dir / "memory_plan.json")
    work, roof = Work(None, None, target), roofline(target)
    operators = operator_rows(network["operators"], plan["live_bytes"], roof, work)
    totals = dict.fromkeys(_ONLY_LINKED) | work.total() | amounts(network, operators)
    totals |= {
        "weights_bytes": sum(op["weights_bytes"] for op in operators),
        "arena_bytes": plan["arena_bytes"],
        "arena_lower_bound_bytes": plan["lower_bound_bytes"],
    }
    limits = {
        "flash_bytes": sum(region.size_bytes for region in target.flashes),
        "flash_reserved_bytes": target.reserved_bytes("flash"),
        "ram_bytes": sum(region.size_bytes for region in target.rams),
        "ram_reserved_bytes": target.reserved_bytes("ram"),
        "reserved_reason": target.reserved_reason,
    }
    result = {
        "schema": SCHEMA,
        "target": target.name,
        "compiler": None,
        "elf": None,
        "totals": totals,
        "kinds": planned_kinds(target),
        "roofline": roof.as_json(),
        "operators": operators,
        "outside": work.outside(()),
        "sections": [],
        "memory": [],
        "limits": limits,
        "measured": None,
    }
    write_json(out_dir / "profile.json", result)
