"""What ``edgeflow profile`` answers for targets that edgeflow builds no C for."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow import console
from edgeflow.errors import UsageError

if TYPE_CHECKING:
    from edgeflow.target.system import System


def answered_without_c(model: Path, target: str | None, for_c: Mapping[str, object], *, json: bool) -> bool:
    """Answer for an Ethos-U, a phone or a Linux board; False for a board that C is built for.

    Raises UsageError for options that only count where C is built (``for_c``, by name).
    """
    from edgeflow.mobile.vela import is_ethos
    from edgeflow.target.descriptor import System, load

    if target is None:
        return False
    descriptor = None if is_ethos(target) else load(target)
    if descriptor is not None and not isinstance(descriptor, System):
        return False
    given = [name for name, value in for_c.items() if value]
    if given:
        raise UsageError(
            f"`{given[0]}` means nothing for `{target}`, which edgeflow builds no C for", "leave it out"
        )
    if descriptor is None:
        answer_ethos(model, target, json=json)
    else:
        answer_system(model, descriptor, json=json)
    return True


def answer_system(model: Path, system: System, *, json: bool) -> None:
    """The roofline's bound."""
    from edgeflow.mobile.bound import bound

    result = bound(model, system)
    if json:
        console.answer_json(result)
        return
    console.answer(f"{system.title}, run by LiteRT on the CPU\n")
    console.answer_table(
        ("#", "operator", "type", "MACs", "bytes", "MACs/B", "at least us", "memory us"),
        [
            (
                str(op["index"]),
                op["kind"],
                op["dtype"],
                op["macs"],
                op["moved_bytes"],
                op["macs_per_byte"],
                _us(op["least_us"]),
                _us(op["memory_us"]),
            )
            for op in result["operators"]
        ],
        f"one {system.cpu[0].core_info.title}",
    )
    totals = result["totals"]
    console.answer("")
    console.answer_table(
        ("threads", "at least us"), [(row["threads"], _us(row["least_us"])) for row in totals["threads"]]
    )
    memory = totals["memory_us"]
    _answer_wrapped(f"memory: {'' if memory is None else f'{memory:.2f} us, '}{result['memory_kind']}")
    if totals["macs_without_peak"]:
        console.answer(f"{totals['macs_without_peak']:,} MACs of other element types count nothing")
    for core in result["cores"]:
        peak = f"{core['int8_macs_per_cycle']} int8 MACs a cycle ({core['int8_instruction']}): "
        _answer_wrapped(f"{core['core']}: {peak if core['int8_instruction'] else ''}{core['source']}")
    _answer_wrapped(f"latency: {result['kind']}")


def _answer_wrapped(text: str) -> None:
    console.answer(textwrap.fill(text, console.MAX_COLUMNS, subsequent_indent="  ", break_on_hyphens=False))


def _us(microseconds: float | None) -> Decimal | None:
    return None if microseconds is None else Decimal(f"{microseconds:.2f}")


def answer_ethos(model: Path, target: str, *, json: bool) -> None:
    """Vela's estimate."""
    from edgeflow.mobile.vela import profile

    result = profile(model, target)
    if json:
        console.answer_json(result)
        return
    totals = result["totals"]
    console.answer(f"on {target}\n")
    console.answer_table(
        ("figure", "value", "unit"),
        [
            ("cycles on the NPU", totals["npu_cycles"], ""),
            ("latency on the NPU", totals["npu_latency_us"], "us"),
            ("MACs", totals["macs"], ""),
            ("SRAM", totals["sram_bytes"], "B"),
            ("DRAM", totals["dram_bytes"], "B"),
            ("flash", totals["flash_bytes"], "B"),
            ("operators on the NPU", result["npu_operators"], ""),
            ("operators on the CPU", len(result["cpu_operators"]), ""),
        ],
    )
    console.answer("")
    console.answer_table(
        ("#", "operator", "cycles", "MACs"),
        [
            (str(index), op["kind"], op["cycles"], op["macs"])
            for index, op in enumerate(result["operators"])
            if op["cycles"]
        ],
        "on the NPU",
    )
    for op in result["cpu_operators"]:
        console.answer(f"on the CPU: {op['kind']} (`{op['name']}`)")
    for reason in result["cpu_reasons"]:
        console.answer(f"  {reason}")
    console.answer(f"all figures: {result['kind']}")
