"""Measure what `thresholds.csv` pins; as a program, write it anew after a change on purpose.

python tests/profile/pinned.py
"""

import csv
import shutil
import tempfile
from functools import partial
from pathlib import Path

from pinned_nets import NETS

from edgeflow.artifact import read_json
from edgeflow.pipeline import open_build, run_stages
from edgeflow.profile.image import read_image
from edgeflow.stages import chain
from edgeflow.target.core import CORES
from edgeflow.target.descriptor import load_target

TABLE = Path(__file__).with_name("thresholds.csv")
SHARED = Path(__file__).resolve().parents[3] / "shared/models/models"
REAL = ("mlperf_vww_mbv1", "mlperf_ic_resnet8", "mlperf_kws_dscnn", "mlperf_ad_autoencoder")
TARGETS = ("cortex-m0plus", "cortex-m3", "cortex-m", "cortex-m33", "riscv32")
COMPILERS = ("zig", "gcc")
FIGURES = ("code_bytes", "ram_bytes", "stack_bytes", "instructions")


def measure(net, target, compiler, folder):
    """``(row, symbols)``: what the table has, and the names linked into the image."""
    model = folder / f"{net}.tflite" if net in NETS else SHARED / f"{net}.tflite"
    if net in NETS:
        model.write_bytes(NETS[net]())
    build = open_build(
        project_file=None, overrides=(), build_dir=folder, target=target, compiler=compiler, model=model
    )
    results = run_stages(build, chain(build, last="profile", without=("host", "parity")), lambda _text: None)
    profile = read_json(results["profile"] / "profile.json")
    info = read_json(results["firmware"] / "build.json")
    row = {"net": net, "target": target, "compiler": f"{info['compiler']} {info['compiler_version']}"}
    image = read_image(results["firmware"] / profile["elf"])
    names = {symbol.name for symbol in image.symbols}
    return row | {key: str(profile["totals"][key]) for key in FIGURES}, names


def is_installed(target, compiler):
    """Whether this machine has the compiler for the target's core; zig comes with the package."""
    gcc = CORES[load_target(target).core].architecture.gcc
    return compiler == "zig" or shutil.which(gcc) is not None


def pinned():
    """The rows by net, target and compiler's name."""
    with TABLE.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {(row["net"], row["target"], row["compiler"].split()[0]): row for row in rows}


def main():
    """Measure every row that this machine can, and write the table."""
    nets = [*NETS, *(net for net in REAL if (SHARED / f"{net}.tflite").is_file())]
    with tempfile.TemporaryDirectory() as folder, TABLE.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ("net", "target", "compiler", *FIGURES), lineterminator="\n")
        writer.writeheader()
        for net in nets:
            for target in TARGETS:
                for compiler in filter(partial(is_installed, target), COMPILERS):
                    writer.writerow(measure(net, target, compiler, Path(folder))[0])


if __name__ == "__main__":
    main()
