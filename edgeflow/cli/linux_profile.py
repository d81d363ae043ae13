"""What ``edgeflow profile`` answers for targets that edgeflow builds no C for."""

from __future__ import annotations

from pathlib import Path

from edgeflow import console


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
