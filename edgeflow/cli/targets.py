"""``edgeflow targets list|show|check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgeflow import console
from edgeflow.cli.options import Json

if TYPE_CHECKING:
    from edgeflow.target.descriptor import Descriptor, System, Target

app = typer.Typer(help="Boards, generic cores and phones.", no_args_is_help=True, rich_markup_mode=None)

KIB = 1024


@app.command("list")
def list_targets(json: Json = False) -> None:
    """All targets that travel with edgeflow."""
    from edgeflow.target.descriptor import load, target_names

    rows = [_row(load(name)) for name in target_names()]
    if json:
        console.answer_json({"schema": 2, "targets": rows})
        return
    console.answer_table(
        ("target", "RAM KiB", "flash KiB", "what"),
        [(row["name"], _in_kib(row["ram_bytes"]), _in_kib(row["flash_bytes"]), row["title"]) for row in rows],
    )


def _row(descriptor: Descriptor) -> dict[str, Any]:
    """One target as it stands in the JSON answer; memory is what an application has of all regions."""
    from edgeflow.target.core import CORES
    from edgeflow.target.descriptor import Target, sourced_figures

    row = {
        "name": descriptor.name,
        "title": descriptor.title,
        "kind": descriptor.kind,
        "sourced_figures": sourced_figures(descriptor),
    }
    if isinstance(descriptor, Target):
        return row | {
            "core": descriptor.core,
            "generic": descriptor.generic,
            "builds": descriptor.core in CORES,
            "ram_bytes": sum(region.size_bytes for region in descriptor.rams),
            "flash_bytes": sum(region.size_bytes for region in descriptor.flashes),
        }
    cores = [cpu.core for cpu in descriptor.cpu]
    return row | {
        "core": cores[0],
        "generic": False,
        "builds": False,
        "ram_bytes": descriptor.ram_bytes,
        "flash_bytes": None,
    }


def _in_kib(size_bytes: int | None) -> float | None:
    return None if size_bytes is None else size_bytes / KIB


@app.command("show")
def show_target(
    name: Annotated[str, typer.Argument(help="Target name or descriptor file.")],
    json: Json = False,
) -> None:
    """One target with its memory and the sources of its figures."""
    import msgspec

    from edgeflow.target.descriptor import Target, load

    descriptor = load(name)
    if json:
        console.answer_json(msgspec.to_builtins(descriptor))
        return
    console.answer(f"{descriptor.name}: {descriptor.title}")
    if isinstance(descriptor, Target):
        _show_board(descriptor)
    else:
        _show_system(descriptor)
    console.answer("\nsources")
    for source in descriptor.source:
        console.answer(f"  {', '.join(source.figures)}: {source.document}")


def _show_board(target: Target) -> None:
    console.answer(f"core {target.core_info.title}, clock {target.clock_hz / 1e6:g} MHz\n")
    console.answer_table(
        ("memory", "kind", "origin", "bytes"),
        [(m.name, m.kind, f"0x{m.origin:08x}", m.size_bytes) for m in target.memory],
    )
    if target.reserved:
        console.answer("")
    for part in target.reserved:
        console.answer(f"reserved: {part.size_bytes:,} B at the {part.at} of {part.memory} ({part.reason})")
    tables = (("flash", target.flash_timing), ("power", target.power), ("programmer", target.programmer))
    for title, table in tables:
        if table is not None:
            console.answer(f"\n{title}: {_pairs(table)}")


def _pairs(table: Any) -> str:  # noqa: ANN401  any table of a descriptor
    import msgspec

    values = msgspec.structs.asdict(table)
    texts = {key: " ".join(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return ", ".join(f"{key} {text}" for key, text in texts.items() if text not in {None, ""})


def _show_system(system: System) -> None:
    console.answer(f"{system.soc}, {system.os}\n")
    console.answer_table(
        ("core", "count", "MHz", "for int8"),
        [
            (c.core_info.title, c.count, f"{c.clock_hz / 1e6:g}", ", ".join(c.core_info.int8_features) or "-")
            for c in system.cpu
        ],
    )
    console.answer("")
    if system.ram_bytes:
        console.answer(f"RAM {system.ram_bytes / KIB**3:g} GiB")
    if system.memory_bandwidth_bytes_per_second:
        console.answer(f"memory bandwidth {system.memory_bandwidth_bytes_per_second / 1e9:g} GB/s")
    for each in system.accelerator:
        peak = f", {each.int8_tops:g} TOPS (int8, its maker's figure)" if each.int8_tops else ""
        console.answer(f"accelerator: {each.name} ({each.kind}){peak}")


@app.command("check")
def check_target(
    file: Annotated[Path, typer.Argument(help="A descriptor file, `.toml`.", show_default=False)],
    json: Json = False,
) -> None:
    """Validate a descriptor of your own: one sentence per fault; exit code 1 if there is any."""
    from edgeflow.errors import UsageError
    from edgeflow.target.descriptor import check_file

    if file.suffix != ".toml":
        raise UsageError(
            f"`{file}` is no `.toml` file",
            "give the path of a descriptor; `edgeflow targets show` takes names",
        )
    faults = check_file(file)
    if json:
        rows = [{"message": fault.message, "hint": fault.hint} for fault in faults]
        console.answer_json({"schema": 1, "file": str(file), "ok": not faults, "faults": rows})
    elif faults:
        for fault in faults:
            console.error(fault)
    else:
        console.answer(f"`{file}` is a valid target")
    if faults:
        raise typer.Exit(1)
