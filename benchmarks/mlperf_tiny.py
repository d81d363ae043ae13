"""Profile the four networks of the MLPerf Tiny shapes on every core, beside the published bar.

    python benchmarks/mlperf_tiny.py [--quick] [--write docs/performance.md]

Networks are made here (`mlperf_tiny_nets.py`); the real ones of ../shared/models are taken too when they
are there. Every figure comes from `edgeflow profile`, or, with other kernels, from `edgeflow build`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MAKER = HERE / "mlperf_tiny_nets.py"
SHARED = ROOT.parent / "shared/models/models"

NETS = {
    "vww": ("MobileNetV1 0.25, 96 x 96 x 3", 7_489_664, "mlperf_vww_mbv1"),
    "ic": ("ResNet-8, 32 x 32 x 3", 12_501_632, "mlperf_ic_resnet8"),
    "kws": ("DS-CNN, 49 x 10", 2_656_768, "mlperf_kws_dscnn"),
    "ad": ("autoencoder, 640-128x4-8-128x4-640", 264_192, "mlperf_ad_autoencoder"),
}
# core: target of `edgeflow profile`
CORES = {
    "cortex-m0plus": "cortex-m0plus",
    "cortex-m3": "cortex-m3",
    "cortex-m4f": "cortex-m",
    "cortex-m7": "cortex-m7",
    "cortex-m33": "cortex-m33",
    "cortex-m55": "cortex-m55",
    "rv32imc": "riscv32",
}
QUICK = "cortex-m4f"
WORKERS = 2
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One network on one core."""

    net: str
    origin: str  # "made" or "real"
    core: str
    compiler: str
    kernels: str
    profile: Json
    build: Json

    def total(self, key: str) -> int:
        """A figure of the profile's totals."""
        value: int | None = self.profile["totals"][key]
        if value is None:
            sys.exit(f"{self.net} on {self.core} has no {key}: {self.profile['kinds'][key]}")
        return value

    @property
    def macs(self) -> int:
        """MACs before channels were eliminated."""
        return self.total("dense_macs")

    def has_cycles(self) -> bool:
        """Whether the core has a cycle model."""
        return self.profile["totals"]["cycles"] is not None


def made_nets(cache: Path) -> Path:
    """The folder of the networks made by this version of the maker."""
    folder = cache / hashlib.sha256(MAKER.read_bytes()).hexdigest()[:16]
    if not all((folder / f"made_{net}.tflite").is_file() for net in NETS):
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, str(MAKER), str(folder)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            sys.exit(f"{MAKER.name}: {done.stderr[-2000:]}")
    return folder


def models(cache: Path) -> Iterator[tuple[str, str, Path]]:
    """Network, where it comes from, file."""
    made = made_nets(cache)
    for net, (_, _, real) in NETS.items():
        yield net, "made", made / f"made_{net}.tflite"
        if (SHARED / f"{real}.tflite").is_file():
            yield net, "real", SHARED / f"{real}.tflite"


def profile(folder: Path, model: Path, core: str, compiler: str, kernels: str) -> tuple[Json, Json]:
    """``profile.json`` and ``build.json`` of a build with these settings."""
    where = ["--target", CORES[core], "--compiler", compiler, "--build-dir", str(folder), "--json"]
    if kernels == "auto":
        profiled = edgeflow("profile", str(model), *where)
        elf = Path(profiled["elf"])
        found = next(parent for parent in elf.parents if (parent / "build.json").is_file())
        return profiled, json.loads((found / "build.json").read_text())
    chosen = ["--set", f"codegen.kernels={kernels}", "--set", "project.name=benchmark"]
    results = Path(edgeflow("build", "--model", str(model), *chosen, "--to", "profile", *where)["results"])
    return json.loads((results / "profile.json").read_text()), json.loads(
        (results / "build.json").read_text()
    )


def edgeflow(*arguments: str) -> Json:
    """The JSON answer of a command."""
    command = [sys.executable, "-m", "edgeflow", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"edgeflow {' '.join(arguments)}: {done.stderr}")
    answer: Json = json.loads(done.stdout)
    return answer


def measure(cache: Path, net: str, origin: str, model: Path, cores: list[str]) -> list[Row]:
    """All rows of one file."""
    rows = []
    for core in cores:
        for kernels in ("auto", "plain") if (core, origin) == (QUICK, "made") else ("auto",):
            for compiler in compilers():
                folder = cache / f"{origin}_{net}"
                answer, build = profile(folder, model, core, compiler, kernels)
                rows.append(Row(net, origin, core, compiler, kernels, answer, build))
                if rows[-1].macs != NETS[net][1]:
                    sys.exit(f"{model} has {rows[-1].macs} MACs, the network of this shape {NETS[net][1]}")
        print(f"{origin} {net} on {core}", file=sys.stderr, flush=True)
    return rows


def compilers() -> list[str]:
    """zig, and gcc where it is installed."""
    return ["zig"] + (["gcc"] if shutil.which("arm-none-eabi-gcc") else [])


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a table with comment lines."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def comments(path: Path) -> str:
    """The comment lines of a table."""
    lines = [line[1:].strip() for line in path.read_text().splitlines() if line.startswith("#")]
    return "\n".join(lines)


def table(heads: list[str], rows: list[list[str]], words: int) -> list[str]:
    """A markdown table whose first columns are words and the others figures."""
    rule = "|" + "---|" * words + "---:|" * (len(heads) - words)
    return [f"| {' | '.join(heads)} |", rule, *(f"| {' | '.join(row)} |" for row in rows), ""]


def against_bar(rows: list[Row], core: str, bar: list[dict[str, str]]) -> list[str]:
    """Instructions, RAM and code of the made networks on one core beside the bar's figures."""
    kinds = [
        kind
        for kind in ("instructions", "ram_bytes", "code_bytes")
        if any(b["core"] == core and b[kind] for b in bar)
    ]
    lines = []
    for kind in kinds:
        body = []
        for b in (b for b in bar if b["core"] == core):
            chosen = [r for r in rows if (r.net, r.core, r.kernels) == (b["net"], core, "auto")]
            for r in chosen:
                value, theirs = r.total(kind), int(b[kind])
                limits = [_verdict(value, b[f"{goal}_{kind}"]) for goal in ("must", "aim")]
                words = [r.net, r.origin, r.compiler]
                body.append([*words, f"{value:,}", f"{theirs:,}", f"{value / theirs:.2f}", *limits])
        if body:
            heads = ["net", "model", "compiler", _TITLES[kind], "TFLM + CMSIS-NN", "ratio", "must", "aim"]
            lines += table(heads, body, 3)
    return lines


_TITLES = {
    "instructions": "instructions (simulated)",
    "ram_bytes": "RAM B (simulated)",
    "code_bytes": "code flash B (measured)",
}


def _verdict(value: int, limit: str) -> str:
    if not limit:
        return "-"
    return f"{int(limit):,} {'met' if value <= int(limit) else 'missed'}"


def against_records(rows: list[Row], core: str, records: list[dict[str, str]]) -> list[str]:
    """Cycles per MAC of one core: ours by the cycle model, theirs on silicon."""
    body = [
        [r["engine"], f"{r['part']}, published", *(r[net] for net in NETS)]
        for r in records
        if r["core"] == core
    ]
    for origin in ("made", "real"):
        for compiler in compilers():
            ours = {
                r.net: f"{r.total('cycles') / r.macs:.2f}"
                for r in rows
                if (r.origin, r.core, r.compiler, r.kernels) == (origin, core, compiler, "auto")
                and r.has_cycles()
            }
            if ours:
                words = [f"edgeflow, {compiler}, {origin}", "zero-wait cycle model, estimated"]
                body.append([*words, *(ours.get(net, "-") for net in NETS)])
    return table(["engine", "where", *NETS], body, 2)


def all_rows(rows: list[Row]) -> list[str]:
    """Every figure of every row."""
    heads = "net,model,core,kernels,compiler,instructions (simulated),per MAC,cycles (estimated),per MAC"
    heads += ",RAM B (simulated),arena,static,stack,code B (measured),weights B (measured)"
    body = []
    for r in rows:
        cycles = r.total("cycles") if r.has_cycles() else None
        body.append(
            [r.net, r.origin, r.core, r.kernels, r.compiler]
            + [f"{r.total('instructions'):,}", f"{r.total('instructions') / r.macs:.2f}"]
            + (["-", "-"] if cycles is None else [f"{cycles:,}", f"{cycles / r.macs:.2f}"])
            + [f"{r.total(f'{key}_bytes'):,}" for key in ("ram", "arena", "static", "stack")]
            + [f"{r.total(f'{key}_bytes'):,}" for key in ("code", "weights")]
        )
    return table(heads.split(","), body, 5)


def operators(row: Row) -> list[str]:
    """The operators of one network that take 1 percent of the instructions or more."""
    whole = row.total("instructions")
    body, rest = [], 0
    for op in row.profile["operators"]:
        count = op["instructions"] or 0
        if count < whole / 100:
            rest += count
            continue
        per_mac = f"{count / op['macs']:.2f}" if op["macs"] else "-"
        share = f"{100 * count / whole:.1f}"
        cycles = f"{op['cycles']:,}" if op["cycles"] is not None else "-"
        body.append([op["kind"], str(op["index"]), f"{op['macs']:,}", f"{count:,}", per_mac, share, cycles])
    rest += row.profile["outside"]["instructions"] or 0
    body.append(["all others", "", "", f"{rest:,}", "", f"{100 * rest / whole:.1f}", ""])
    heads = ["operator", "#", "MACs", "instructions (simulated)", "per MAC", "%", "cycles (estimated)"]
    return [f"### {row.net}: {NETS[row.net][0]}", "", *table(heads, body, 2)]


def document(rows: list[Row]) -> str:
    """The whole page."""
    bar, records = HERE / "mlperf_tiny_bar.csv", HERE / "mlperf_tiny_records.csv"
    lines = ["# Performance", "", *_head(rows), ""]
    lines += ["## Against TFLite Micro with CMSIS-NN", "", comments(bar), ""]
    lines += [
        "`made` networks have no constant channel; of the `real` ones those channels are left out",
        "that the passes prove constant.",
        "",
    ]
    for core in CORES:
        part = against_bar(rows, core, read_csv(bar))
        lines += [f"### {core}", "", *part] if part else []
    lines += ["## Against the closed records", "", comments(records), ""]
    lines += [
        "Flash wait states come on top of the model: 1.25 to 1.3 times on the STM32L4R5 at 120 MHz.",
        "",
    ]
    for core in CORES:
        if any(r.core == core for r in rows) and any(r["core"] == core for r in read_csv(records)):
            lines += [f"### Cycles per MAC, {core}", "", *against_records(rows, core, read_csv(records))]
    lines += ["## All figures", "", *all_rows(rows)]
    lines += [f"## Where the instructions go: {QUICK}, {compilers()[-1]}, made networks", ""]
    for r in rows:
        if (r.origin, r.core, r.kernels, r.compiler) == ("made", QUICK, "auto", compilers()[-1]):
            lines += operators(r)
    return "\n".join(lines).rstrip() + "\n"


def _head(rows: list[Row]) -> list[str]:
    versions = sorted({f"{r.compiler} {r.build['compiler_version']}" for r in rows})
    lines = [
        f"Written by `benchmarks/mlperf_tiny.py` on {datetime.now(UTC):%Y-%m-%d} at commit `{_commit()}`,",
        f"with {' and '.join(versions)}.",
        "",
        "Simulated: counted on an emulated core, one inference (instructions; the painted stack in RAM).",
        "Measured: read from the linked image. Estimated: cycles, by a zero-wait pipeline model, known to",
        "10-25 % (not validated on M0+ and M3). RAM is arena, static data and stack. Code is flash without",
        "the weights; start-up and transport around the model are in it. `per MAC` counts all MACs, also",
        "those of channels that were left out.",
        "",
    ]
    for name in compilers():
        row = next((r for r in rows if (r.compiler, r.core) == (name, QUICK)), rows[0])
        lines += [f"{name} on {row.core}: `{' '.join(row.build['flags'])}`", ""]
    return lines[:-1]


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = git("status", "--porcelain", "--", "edgeflow", "targets", "firmware_templates")
    return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def main() -> None:
    """Measure and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"only {QUICK}")
    parser.add_argument(
        "--cache", type=Path, default=ROOT / "build/benchmarks", help="folder of nets and builds"
    )
    parser.add_argument("--write", type=Path, help="write the page to this file")
    options = parser.parse_args()
    cores = [core for core in CORES if not options.quick or core == QUICK]
    if shutil.which("qemu-system-arm") is None and "cortex-m55" in cores:
        cores.remove("cortex-m55")
        print("without qemu-system-arm: no cortex-m55", file=sys.stderr)
    cache = options.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(WORKERS) as pool:
        parts = pool.map(lambda each: measure(cache, *each, cores), list(models(cache)))
        rows = [row for part in parts for row in part]
    page = document(rows)
    if options.write:
        options.write.write_text(page)
    else:
        print(page)


if __name__ == "__main__":
    main()
