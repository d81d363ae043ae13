"""The arena of the generated C beside TFLite Micro's, as markdown; needs the extra `tflm`.

    python benchmarks/tflm_arena.py MODEL.tflite ...

Everything is in bytes. `measured` is the least arena with which the Python package `tflite_micro`
prepares and runs the model on this 64-bit machine, `computed` what edgeflow says of the same; 32-bit
figures are computed and without their margin. `planned` is measured with an offline plan in the file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from edgeflow import __version__
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run
from edgeflow.errors import EdgeflowError
from edgeflow.tflm.confirm import DISTRIBUTION, is_installed

COLUMNS = (
    "net",
    "edgeflow's C",
    "TFLM measured",
    "computed",
    "planned",
    "TFLM 32-bit",
    "with CMSIS-NN",
    "C / TFLM 32-bit",
)


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one net; none of TFLite Micro where it refuses the model."""

    name: str
    arena: int
    measured: int
    computed: int
    planned: int | None
    on_32_bit: int
    with_cmsis_nn: int

    @property
    def ratio(self) -> float:
        """The generated C's arena to TFLite Micro's on 32 bits with reference kernels."""
        return self.arena / self.on_32_bit


def figures(model: Path) -> Row:
    """Compile, with and without an offline plan, and measure."""
    plain, memory_plan = compiled(model, CodegenOptions(confirm_tflm=True))
    sizes = {entry["machine"]: entry["arena_bytes"] for entry in plain["machines"]}
    return Row(
        model.stem,
        memory_plan["arena_bytes"],
        plain["measured"]["arena_bytes"],
        plain["measured"]["computed_bytes"],
        planned(model),
        sizes["reference"],
        sizes["cmsis_nn"],
    )


def planned(model: Path) -> int | None:
    """What is measured with an offline plan; None where no plan is better or possible."""
    try:
        arena, _ = compiled(model, CodegenOptions(confirm_tflm=True, tflm_offline_plan=True))
    except EdgeflowError:
        return None
    return int(arena["measured"]["arena_bytes"]) if arena["offline_plan"] else None


def compiled(model: Path, options: CodegenOptions) -> tuple[dict, dict]:
    """``tflm_arena.json`` and ``memory_plan.json``."""
    with tempfile.TemporaryDirectory() as folder:
        run(model, Path(folder), name="net", options=options)
        files = ("tflm/tflm_arena.json", "memory_plan.json")
        arena, memory_plan = (json.loads((Path(folder) / name).read_text()) for name in files)
    return arena, memory_plan


def main() -> None:
    """Print a row per model and what they add up to."""
    if not is_installed():
        sys.exit("pip install 'edgeflow[tflm]' first")
    runtime = f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
    print(f"edgeflow {__version__}, {runtime}, Python {sys.version.split()[0]}\n")
    print(f"| {' | '.join(COLUMNS)} |\n|---|{'---:|' * (len(COLUMNS) - 1)}")
    rows, refused = [], []
    for model in map(Path, sys.argv[1:]):
        try:
            row = figures(model)
        except EdgeflowError as error:
            refused.append(f"{model.stem}: {error}")
            continue
        rows.append(row)
        gain = f"{row.planned:,}" if row.planned else "as measured"
        print(
            f"| {row.name} | {row.arena:,} | {row.measured:,} | {row.computed:,} | {gain} "
            f"| {row.on_32_bit:,} | {row.with_cmsis_nn:,} | {row.ratio:.2f} |"
        )
    largest = max((abs(row.computed - row.measured) for row in rows), default=0)
    print(f"\nLargest difference of computed and measured: {largest} bytes.")
    print("\nWithout figures:\n" + "\n".join(f"- {line}" for line in refused))


if __name__ == "__main__":
    main()
