"""Instructions that the generated C needs on the Cortex-M4 for the features of one second of sound.

    python benchmarks/preprocessing_audio.py [--compiler zig] [--write docs/preprocessing-audio.md]

The clip is seeded noise that goes in pieces through the image for raw sounds in unicorn; its bytes are
compared with Python's. Counted is what runs inside `..._preprocess_begin` and `..._preprocess_samples`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from preprocessing_c import NAME, answer, core_target, write_code

from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.network import load_network
from edgeflow.emulate.program import load_firmware
from edgeflow.emulate.raw_pictures import with_prepared_input
from edgeflow.emulate.raw_sounds import RawSounds
from edgeflow.firmware.stage import run as build
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.audio_options import LogMelOptions, MfccOptions, SoundOptions, resolved
from edgeflow.profile.image import read_image
from edgeflow.profile.instructions import instructions_by_slot

BEGIN = "<!-- begin: benchmarks/preprocessing_audio.py -->\n"
# The example of spoken digits, what keyword spotting takes (arXiv 1711.07128: 40 ms each 20 ms, 10 of 40;
# TensorFlow Lite Micro's micro speech: 30 ms each 20 ms, 40 bands), and a window every 10 ms.
CASES: tuple[SoundOptions, ...] = (
    LogMelOptions(sample_rate_hz=8000, window_ms=32, stride_ms=20, mel_bands=32, low_hz=60),
    MfccOptions(sample_rate_hz=8000, window_ms=32, stride_ms=20, mel_bands=32, low_hz=60),
    LogMelOptions(window_ms=30, stride_ms=20),
    MfccOptions(window_ms=40, stride_ms=20, coefficients=10),
    LogMelOptions(window_ms=25, stride_ms=10, mel_bands=40),
)


def instructions(options: SoundOptions, compiler: str) -> tuple[int, int]:
    """Of one second, whose bytes are those of Python or the benchmark ends; and the deepest stack."""
    spec = resolved(options)
    clips = np.random.default_rng(0).normal(0, 3000, (1, spec.clip_samples)).astype(np.int16)
    slots = {1: f"{NAME}_preprocess_begin", 2: f"{NAME}_preprocess_samples", 3: "ef_read_frame"}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_code(spec, folder)
        build(folder / "codegen", folder, target=core_target(), compiler=compiler, takes_sounds=True)
        core = CoreRuntime(folder, with_prepared_input(load_network(folder / "codegen")))
        packed = RawSounds(clips, spec, folder).packed()
        result, blocks = core.execute_packed_counted(packed, slots)
        by_slot = instructions_by_slot(read_image(load_firmware(folder).elf), blocks)
    if not np.array_equal(result.outputs[0][0], sound_features(clips, spec).astype(np.int16) - 128):
        sys.exit(f"{options}: the core's bytes are not those of Python")
    return by_slot[1] + by_slot[2], result.stack_bytes


def table(compiler: str) -> str:
    """A line for each case."""
    lines = [
        "| features | rate | window, FFT | rows | instructions per second | per row | stack bytes |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for options in CASES:
        spec = resolved(options)
        count, stack_bytes = instructions(options, compiler)
        what = f"{spec.kind}, {spec.mel_bands} bands" + (f" to {spec.width}" if spec.coefficients else "")
        lines.append(
            f"| {what} | {spec.sample_rate_hz} Hz |"
            f" {spec.window_samples}, {spec.fft_samples} | {spec.frames} |"
            f" {count:,} | {count / spec.frames:,.0f} | {stack_bytes} |"
        )
        sys.stderr.write(f"{lines[-1]}\n")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, or write it between its marks in a document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", default="zig", choices=("zig", "gcc"))
    parser.add_argument("--write", type=Path, help="Document that has the marks of this table.")
    arguments = parser.parse_args()
    answer(table(arguments.compiler), arguments.write, BEGIN)


if __name__ == "__main__":
    main()
