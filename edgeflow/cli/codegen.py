"""``edgeflow codegen``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from edgeflow import console
from edgeflow.cli.options import ModelFile, Shapes, Signature
from edgeflow.errors import UsageError


def codegen(
    model: ModelFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the generated files.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Prefix of C symbols; default: the file.")
    ] = None,
    symbol: Annotated[
        str | None, typer.Option("--symbol", help="Array name in the TFLite Micro form, e.g. g_model.")
    ] = None,
    disable_pass: Annotated[
        list[str] | None,
        typer.Option("--disable-pass", help="Leave out a pass of docs/passes.md, by name; repeatable."),
    ] = None,
    emit_ir: Annotated[
        bool,
        typer.Option(
            "--emit-ir", help="Also write graph_before.txt and graph_after.txt, before and after the passes."
        ),
    ] = False,
    kernels: Annotated[
        str,
        typer.Option(
            "--kernels", help="auto, plain; scalar for Cortex-M0+, M3; dsp for M4, M7, M33; mve for M55."
        ),
    ] = "auto",
    tuning: Annotated[
        Path | None,
        typer.Option("--tuning", help="Take the kernels that the tuning.json of a tuned build chose."),
    ] = None,
    preprocessing: Annotated[
        Path | None,
        typer.Option(
            "--preprocessing",
            help="Also write preprocess.c, the way to the input that a preprocessing.json says.",
        ),
    ] = None,
    shapes: Shapes = None,
    signature: Signature = None,
    integer_edges: Annotated[
        bool,
        typer.Option(
            "--integer-edges", help="Inputs and outputs of float32 or uint8 become int8; the caller converts."
        ),
    ] = False,
    static_arena: Annotated[
        bool, typer.Option("--static-arena", help="The generated C holds its arena, `<model>_arena`.")
    ] = False,
    region: Annotated[
        list[str] | None,
        typer.Option(
            "--region",
            help="Size of a memory region for the arena, e.g. 128KiB; repeat, the first is used first.",
        ),
    ] = None,
    stripes: Annotated[
        str, typer.Option("--stripes", help="Operators in stripes of rows: auto, off, smallest.")
    ] = "auto",
    max_recompute: Annotated[
        float,
        typer.Option(
            "--max-recompute", min=0, help="Share of all MACs that stripes may compute again, e.g. 0.1."
        ),
    ] = 0.0,
    offline_plan: Annotated[
        bool, typer.Option("--offline-plan", help="Write a memory plan into the TFLite Micro form.")
    ] = False,
    confirm_tflm: Annotated[
        bool, typer.Option("--confirm-tflm", help="Measure TFLite Micro's arena with `tflite_micro`.")
    ] = False,
) -> None:
    """Write interpreter-free C, and arrays for TFLite Micro, from an int8 .tflite."""
    from msgspec.structs import replace

    from edgeflow.artifact import read_json
    from edgeflow.codegen.offer import read_tuning
    from edgeflow.codegen.options import (
        STRIPE_MODES,
        CodegenOptions,
        parse_regions,
        parse_shapes,
    )
    from edgeflow.codegen.stage import run
    from edgeflow.ops.spec import KERNEL_SETS
    from edgeflow.pipeline import model_name
    from edgeflow.preprocess.declaration import read_declaration

    if kernels not in {"auto", *KERNEL_SETS}:
        raise UsageError(f"there are no kernels `{kernels}`", f"auto, {', '.join(KERNEL_SETS)}")
    if stripes not in STRIPE_MODES:
        raise UsageError(f"there are no stripes `{stripes}`", ", ".join(STRIPE_MODES))
    options = CodegenOptions(
        stripes=stripes,
        max_recompute=max_recompute,
        kernels=cast(Literal["auto", "plain", "scalar", "dsp", "mve"], kernels),
        disabled_passes=tuple(disable_pass or ()),
        emit_ir=emit_ir,
        static_arena=static_arena,
        regions=parse_regions(region or ()),
        confirm_tflm=confirm_tflm,
        shapes=parse_shapes(shapes or ()),
        signature=signature,
        integer_edges=integer_edges,
        tflm_offline_plan=offline_plan,
    )
    offer = read_tuning(tuning, kernels) if tuning else None
    if offer:
        options = replace(options, kernels=offer.kernels)
    run(
        model,
        output,
        name=name or model_name(model),
        symbol=symbol,
        options=options,
        offer=offer,
        preprocessing=read_declaration(preprocessing) if preprocessing else None,
    )
    plan, network = read_json(output / "memory_plan.json"), read_json(output / "network.json")
    console.answer(f"wrote {output / 'c'} and {output / 'tflm'}")
    for line in _arena_lines(plan):
        console.answer(line)
    for each in network["stripes"]:
        console.answer(_stripes_line(network, each))
    for change in network["passes"]:
        before, after = change["operators_before"], change["operators_after"]
        console.answer(f"{change['name']}: {before} -> {after} operators{_transposes(change)}")
    if network["channels"] < network["dense_channels"]:
        console.answer(_elimination(network))
    _answer_tflm(read_json(output / "tflm" / "tflm_arena.json"))


def _transposes(change: dict[str, Any]) -> str:
    before, after = change["transposes_before"], change["transposes_after"]
    return f", {before} -> {after} TRANSPOSE" if before != after else ""


_MOST_NAMED = 3
_LABEL_LENGTH = 70


def _arena_lines(plan: dict[str, Any]) -> list[str]:
    """The arena, what it could be at best, and the operators at which most of it is in use."""
    fullest = plan["peak_operators"]
    lines = [f"arena {plan['arena_bytes']:,} B (lower bound {plan['lower_bound_bytes']:,} B)"]
    if any(region["capacity_bytes"] is not None for region in plan["regions"]):
        lines += [
            f"  {each['used_bytes']:,} B of region {each['index']} ({each['capacity_bytes']:,} B)"
            for each in plan["regions"]
        ]
    lines += [
        f"  {each['live_bytes']:,} B in use at {_short(each['label'])}" for each in fullest[:_MOST_NAMED]
    ]
    if len(fullest) > _MOST_NAMED:
        lines.append(f"  and at {len(fullest) - _MOST_NAMED} more operators")
    return lines


def _short(label: str) -> str:
    """Tensors that converters fused have names of many lines."""
    return label if len(label) <= _LABEL_LENGTH else f"{label[:_LABEL_LENGTH]}..."


def _stripes_line(network: dict[str, Any], region: dict[str, Any]) -> str:
    """Which operators run in stripes, and what that computes again."""
    kinds = {op["index"]: op["kind"] for op in network["operators"]}
    first, last = region["operators"][0], region["operators"][-1]
    again, macs = region["recomputed_macs"], network["macs"]
    return (
        f"{kinds[first]} #{first} to {kinds[last]} #{last} in {region['turns']} stripes: {again:,} of "
        f"{macs:,} MACs run again"
    )


def _elimination(network: dict[str, Any]) -> str:
    removed = network["dense_macs"] - network["macs"]
    return (
        f"constant-channel elimination: {removed:,} of {network['dense_macs']:,} MACs removed "
        f"(channels {network['dense_channels']:,} -> {network['channels']:,})"
    )


def _answer_tflm(arena: dict[str, Any]) -> None:
    """What TFLite Micro would need, and what was measured."""
    if arena["unknown_because"]:
        console.answer(f"TFLite Micro's arena: {arena['unknown_because']}")
    else:
        columns = ["TFLite Micro's arena, bytes", "head", "tail", "temporary", "needed", "kTensorArenaSize"]
        keys = ("title", "head_bytes", "tail_bytes", "temporary_bytes", "arena_bytes", "size_bytes")
        rows = [[entry[key] for key in keys] for entry in arena["machines"]]
        if arena["offline_plan"]:
            columns.append("head unplanned")
            online = arena["offline_plan"]["online_head_bytes"]
            rows = [[*row, online[e["machine"]]] for row, e in zip(rows, arena["machines"], strict=True)]
        console.answer_table(columns, rows)
    measured = arena["measured"]
    if measured:
        known = measured["computed_bytes"]
        computed = "not computed" if known is None else f"computed {known:,} B"
        console.answer(f"measured with {measured['runtime']}: {measured['arena_bytes']:,} B, {computed}")
