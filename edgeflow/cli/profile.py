"""``edgeflow profile``."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from pathlib import Path
from typing import Any

from edgeflow import console
from edgeflow.cli.engine import answer_engine
from edgeflow.cli.linux_profile import answered_without_c
from edgeflow.cli.options import (
    DEFAULT_BUILD_DIR,
    BuildDir,
    CompilerName,
    EngineName,
    Json,
    ModelFile,
    Overrides,
    TargetName,
    Tune,
)


def profile(
    model: ModelFile,
    target: TargetName = None,
    compiler: CompilerName = None,
    tune: Tune = False,
    overrides: Overrides = None,
    engine: EngineName = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Flash, RAM, stack, instructions and estimated cycles of any int8 .tflite on a target."""
    from edgeflow.artifact import read_json
    from edgeflow.pipeline import open_build, run_stages
    from edgeflow.stages import profile_chain

    for_c = {"--compiler": compiler, "--tune": tune, "--set": overrides, "--engine": engine}
    if answered_without_c(model, target, for_c, json=json):
        return

    build = open_build(
        project_file=None,
        overrides=(*(overrides or ()), *(["codegen.tune=true"] if tune else [])),
        build_dir=build_dir,
        target=target,
        compiler=compiler,
        model=model,
    )
    if engine is not None:
        answer_engine(engine, model, build.target, json=json)
        return
    results = run_stages(build, profile_chain(build), console.note)
    # From the store: the next profile of this model overwrites the output folder.
    result = read_json(results["profile"] / "profile.json")
    if "firmware" in results:
        result["elf"] = str((results["firmware"] / result["elf"]).resolve())
    if json:
        console.answer_json(result)
    else:
        answer_profile(result)
        answer_tuning(results)


# key of the totals, name shown, unit, key of the limit it counts against
_TOTALS = (
    ("flash_bytes", "flash", "B", "flash_bytes"),
    ("code_bytes", "  code and tables", "B", None),
    ("weights_bytes", "  weights", "B", None),
    ("ram_bytes", "RAM", "B", "ram_bytes"),
    ("arena_bytes", "  arena", "B", None),
    ("static_bytes", "  static", "B", None),
    ("stack_bytes", "  stack", "B", None),
    ("macs", "MACs", "", None),
    ("dense_macs", "  with eliminated channels", "", None),
    ("recomputed_macs", "  run again in stripes", "", None),
    ("moved_bytes", "moved by all operators", "B", None),
    ("instructions", "instructions", "", None),
    ("cycles", "cycles", "", None),
    ("zero_wait_cycles", "  without waiting", "", None),
    ("flash_wait_cycles", "  waiting for the flash", "", None),
    ("latency_us", "latency", "us", None),
    ("energy_uj", "energy", "uJ", None),
)
# Without an image these two are all that is known of what the limits are for.
_PLANNED_LIMITS = {"weights_bytes": "flash_bytes", "arena_bytes": "ram_bytes"}
# Of these the table has the kind in one word, and a line below it the rest.
_EXPLAINED = ("instructions", "latency_us", "energy_uj")


def answer_profile(result: dict[str, Any]) -> None:
    """Totals, then the operators: what they take, and what they move and keep."""
    answer_totals(result)
    if result["compiler"] is not None:
        _answer_times(result)
    _answer_bytes(result)


def _answer_times(result: dict[str, Any]) -> None:
    rows = [_time_row(op["index"], op["kind"], op) for op in result["operators"]]
    rows.append(_time_row(None, "between operators", {"macs": None, "bound": ""} | result["outside"]))
    console.answer("")
    console.answer_table(
        ("#", "operator", "MACs", "instructions", "cycles", "waiting", "ms", "%", "bound"), rows, "work"
    )
    roof = result["roofline"]
    if roof["peak_macs_per_cycle"] is not None:
        _answer_wrapped(
            f"bound: by the roofline of {roof['peak_macs_per_cycle']:g} MACs a cycle ({roof['peak_source']}),"
            f" {roof['ram_bytes_per_cycle']} B of RAM a cycle ({roof['ram_source']}) and"
            f" {roof['flash_bytes_per_cycle']} B of flash a cycle ({roof['flash_source']})"
        )


def _answer_wrapped(text: str) -> None:
    console.answer(textwrap.fill(text, console.MAX_COLUMNS, subsequent_indent="  ", break_on_hyphens=False))


def _time_row(index: int | None, name: str, row: dict[str, Any]) -> tuple[object, ...]:
    latency = row["latency_us"]
    ms = None if latency is None else Decimal(f"{latency / 1000:.3f}")
    cycles = (row["cycles"], row["flash_wait_cycles"])
    work = (row["macs"], row["instructions"], *cycles, ms, row["percent"])
    return ("" if index is None else str(index), name, *work, row["bound"] or "-")


def _answer_bytes(result: dict[str, Any]) -> None:
    keys = ("input_bytes", "constant_bytes", "output_bytes", "macs_per_byte")
    kept = ("live_bytes", "weights_bytes", "executed_code_bytes")
    console.answer("")
    console.answer_table(
        ("#", "operator", "inputs", "constants", "outputs", "MACs/B", "RAM in use", "in flash", "code run"),
        [(op["index"], op["kind"], *(op[key] for key in (*keys, *kept))) for op in result["operators"]],
        "bytes moved (from shapes, each once) and kept",
    )


def _several(result: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The memory regions behind a total, where they are several."""
    alike = [row for row in result["memory"] if key == f"{row['kind']}_bytes"]
    return alike if len(alike) > 1 else []


def _region_row(row: dict[str, Any], kind: str) -> tuple[str, int, str, float, str]:
    percent = 100 * row["used_bytes"] / row["limit_bytes"]
    return (f"  in {row['name']}", row["used_bytes"], "B", percent, kind)


def answer_totals(result: dict[str, Any]) -> None:
    """Totals with their kinds and their share of the target; without an image only those that are known."""
    is_planned = result["compiler"] is None
    how = "planned, no image" if is_planned else f"compiled by {result['compiler']}"
    console.answer(f"on {result['target']}, {how}\n")
    rows = []
    for key, name, unit, limit_key in _TOTALS:
        limits = _PLANNED_LIMITS.get(key) if is_planned else limit_key
        value, limit = result["totals"][key], result["limits"].get(limits)
        if is_planned and value is None:
            continue
        percent = 100 * value / limit if limit and value is not None else None
        kind = result["kinds"][key]
        shown = _word(kind) if key in _EXPLAINED or key.endswith("cycles") else kind
        rows.append((name, value, unit, percent, shown))
        rows += [_region_row(row, kind) for row in _several(result, key)]
    console.answer_table(("figure", "value", "unit", "% of target", "kind"), rows)
    for key in ("flash_bytes", "ram_bytes", "latency_us") if is_planned else _EXPLAINED:
        name = next(name for each, name, _, _ in _TOTALS if each == key)
        _answer_wrapped(f"{name}: {result['kinds'][key]}")


def _word(kind: str) -> str:
    """``measured``, ``simulated``, ``estimated`` or ``not available``."""
    return kind.partition(" (")[0].partition(":")[0]


def answer_tuning(results: dict[str, Path]) -> None:
    """What tuning changed, in a build that was tuned."""
    if "tune" not in results:
        return
    from edgeflow.artifact import read_json

    tuning = read_json(results["tune"] / "tuning.json")
    before, after = tuning["untuned"], tuning["tuned"]
    changed = sum(op["chosen"] != op["untuned"] for op in tuning["operators"])
    console.answer(
        f"\ntuned: {changed} of {len(tuning['operators'])} operators changed, {tuning['figure']} "
        f"{before['cost']:,} -> {after['cost']:,}, code {before['code_bytes']:,} -> {after['code_bytes']:,} B"
    )
    for row in tuning["given_up"]:
        console.answer(
            f"  without {', '.join(row['kernels'])}: {row['saved_bytes']:,} B less, "
            f"{row['added_cost']:,} more {tuning['figure']} ({row['reason']})"
        )
    console.answer(f"  {tuning['figure']}: {tuning['kind']}")
