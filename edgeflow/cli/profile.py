"""``edgeflow profile``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgeflow import console
from edgeflow.cli.options import (
    DEFAULT_BUILD_DIR,
    BuildDir,
    CompilerName,
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
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Flash, RAM, stack, instructions and estimated cycles of any int8 .tflite on a target."""
    from edgeflow.artifact import read_json
    from edgeflow.pipeline import open_build, run_stages
    from edgeflow.stages import chain

    build = open_build(
        project_file=None,
        overrides=(*(overrides or ()), *(["codegen.tune=true"] if tune else [])),
        build_dir=build_dir,
        target=target,
        compiler=compiler,
        model=model,
    )
    results = run_stages(build, chain(build, last="profile", without=("host", "parity")), console.note)
    # From the store: the next profile of this model overwrites the output folder.
    result = read_json(results["profile"] / "profile.json")
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
    ("instructions", "instructions", "", None),
    ("cycles", "cycles", "", None),
    ("latency_us", "latency", "us", None),
)


def answer_profile(result: dict[str, Any]) -> None:
    """Totals, then the operators."""
    answer_totals(result)
    console.answer("")
    console.answer_table(
        ("#", "operator", "MACs", "instructions", "cycles", "weights B"),
        [
            (op["index"], op["kind"], op["macs"], op["instructions"], op["cycles"], op["weights_bytes"])
            for op in result["operators"]
        ],
    )


def _several(result: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The memory regions behind a total, where they are several."""
    alike = [row for row in result["memory"] if key == f"{row['kind']}_bytes"]
    return alike if len(alike) > 1 else []


def _region_row(row: dict[str, Any], kind: str) -> tuple[str, int, str, float, str]:
    percent = 100 * row["used_bytes"] / row["limit_bytes"]
    return (f"  in {row['name']}", row["used_bytes"], "B", percent, kind)


def answer_totals(result: dict[str, Any]) -> None:
    """Totals with their kinds and their share of the target."""
    console.answer(f"on {result['target']}, compiled by {result['compiler']}\n")
    rows = []
    for key, name, unit, limit_key in _TOTALS:
        value, limit = result["totals"][key], result["limits"].get(limit_key)
        percent = 100 * value / limit if limit and value is not None else None
        rows.append((name, value, unit, percent, result["kinds"][key]))
        rows += [_region_row(row, result["kinds"][key]) for row in _several(result, key)]
    console.answer_table(("figure", "value", "unit", "% of target", "kind"), rows)


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
