"""``edgeflow targets list|show``."""

from __future__ import annotations

from typing import Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import Json

app = typer.Typer(help="Boards and generic cores.", no_args_is_help=True, rich_markup_mode=None)

KIB = 1024


@app.command("list")
def list_targets(json: Json = False) -> None:
    """All targets that travel with edgeflow."""
    from edgeflow.target.descriptor import load_target, target_names

    targets = [load_target(name) for name in target_names()]
    if json:
        console.answer_json({"schema": 1, "targets": [target.name for target in targets]})
        return
    console.answer_table(
        ("target", "RAM KiB", "flash KiB", "what"),
        [
            (
                t.name,
                t.ram_available_bytes / KIB,
                t.flash_available_bytes / KIB,
                t.title,
            )
            for t in targets
        ],
    )


@app.command("show")
def show_target(
    name: Annotated[str, typer.Argument(help="Target name or descriptor file.")],
    json: Json = False,
) -> None:
    """One target with its memory and the sources of its figures."""
    import msgspec

    from edgeflow.target.descriptor import load_target

    target = load_target(name)
    if json:
        console.answer_json(msgspec.to_builtins(target))
        return
    console.answer(f"{target.name}: {target.title}")
    console.answer(f"core {target.core_info.title}, clock {target.clock_hz / 1e6:g} MHz\n")
    console.answer_table(
        ("memory", "kind", "origin", "bytes"),
        [(m.name, m.kind, f"0x{m.origin:08x}", m.size_bytes) for m in target.memory],
    )
    kept = target.reserved
    if kept.flash_bytes or kept.ram_bytes:
        console.answer(f"\nreserved: flash {kept.flash_bytes:,} B, RAM {kept.ram_bytes:,} B ({kept.reason})")
    console.answer("\nsources")
    for source in target.source:
        console.answer(f"  {', '.join(source.figures)}: {source.document}")
