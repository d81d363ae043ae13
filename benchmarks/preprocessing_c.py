"""Instructions that the generated C needs on the Cortex-M4 to prepare a raw picture, per pixel.

    python benchmarks/preprocessing_c.py [--compiler zig] [--write docs/preprocessing.md]

Every picture is seeded noise that goes row by row through the image of the frames stage in unicorn; its
bytes are compared with Python's. Counted is what runs inside `..._preprocess_begin` and
`..._preprocess_row`, not the reading.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgeflow.artifact import write_bytes, write_json, write_text
from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.model_c import model_c
from edgeflow.codegen.model_h import CALLER_HEADER, model_h
from edgeflow.codegen.network import network_json
from edgeflow.codegen.preprocess import preprocess_files
from edgeflow.codegen.stage import compile_graph
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.frames import RawFrame
from edgeflow.emulate.network import load_network
from edgeflow.emulate.program import load_firmware
from edgeflow.emulate.raw_pictures import with_prepared_input
from edgeflow.firmware.stage import run as build
from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.preprocess.color import PIXEL_BYTES, FrameFormat
from edgeflow.preprocess.declaration import Declaration
from edgeflow.preprocess.options import Interpolation
from edgeflow.preprocess.picture import prepare_frame
from edgeflow.preprocess.spec import PictureSpec
from edgeflow.profile.image import read_image
from edgeflow.profile.instructions import instructions_by_slot
from edgeflow.resources import kernels_dir
from edgeflow.target.descriptor import Target, shipped_boards

NAME = "net"
CORE = "cortex-m4f"
BEGIN, END = "<!-- begin: benchmarks/preprocessing_c.py -->\n", "<!-- end -->\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A frame and the input that it becomes."""

    format: FrameFormat
    width: int
    height: int
    side: int
    channels: int
    interpolation: Interpolation

    @property
    def spec(self) -> PictureSpec:
        """The declaration, stretched to the input, values without a table."""
        return PictureSpec(
            height=self.side,
            width=self.side,
            channels=self.channels,
            color_mode="rgb" if self.channels == 3 else "grayscale",
            interpolation=self.interpolation,
            aspect_ratio="fit",
            pad_value=128,
            scale=(1 / 128,) * self.channels,
            offset=(-1.0,) * self.channels,
        )


def cases() -> Iterator[Case]:
    """The table's rows: a camera's frame for a person detector, a document's digits, and no resize at all."""
    for interpolation in ("nearest", "bilinear", "area"):
        for frame_format in ("rgb565", "yuyv", "rgb888"):
            yield Case(frame_format, 320, 240, 96, 3, interpolation)
    for interpolation in ("nearest", "bilinear", "area"):
        for frame_format in ("rgb565", "gray8"):
            yield Case(frame_format, 320, 240, 96, 1, interpolation)
    for interpolation in ("nearest", "bilinear", "area"):
        yield Case("gray8", 8, 8, 16, 1, interpolation)
    yield Case("rgb565", 96, 96, 96, 3, "bilinear")
    yield Case("rgb888", 96, 96, 96, 3, "bilinear")
    yield Case("gray8", 96, 96, 96, 1, "bilinear")


def build_image(case: Case, folder: Path, compiler: str) -> CoreRuntime:
    """The image for the case's frames."""
    write_code(case.spec, folder)
    row_bytes = case.width * PIXEL_BYTES[case.format]
    build(folder / "codegen", folder, target=core_target(), compiler=compiler, frame_row_bytes=row_bytes)
    return CoreRuntime(folder, with_prepared_input(load_network(folder / "codegen")))


def core_target() -> Target:
    """The generic one of the Cortex-M4."""
    return next(board for board in shipped_boards() if board.generic and board.core == CORE)


def write_code(spec: Declaration, folder: Path) -> None:
    """Generated C of a network that takes the declaration's input and does as little as one can."""
    shape = (1, spec.height, spec.width, spec.channels)
    tensors = {i: Tensor(i, f"t{i}", shape, "int8", Quant((1 / 128,), (0,))) for i in range(2)}
    program = compile_graph(
        Graph(tensors, (Op(0, "ABS", 1, (0,), (1,)),), (0,), (1,)), name=NAME, source_sha256="0" * 64
    )
    files = {"model.c": model_c(program).encode(), "model.h": model_h(program).encode()}
    files |= preprocess_files(spec, program, kernels_dir())
    calls = [call.kernel for step in program.steps for call in step.calls]
    files |= kernel_files(calls, kernels_dir(), [CALLER_HEADER])
    for name, content in files.items():
        write_bytes(folder / "codegen" / "c" / name, content)
    write_json(folder / "codegen" / "network.json", network_json(program))


def instructions(case: Case, compiler: str) -> int:
    """Of one picture, whose bytes are those of Python or the benchmark ends."""
    data = np.random.default_rng(0).integers(
        0, 256, case.width * case.height * PIXEL_BYTES[case.format], dtype=np.uint8
    )
    frame = RawFrame(case.format, case.width, case.height, data.tobytes())
    slots = {1: f"{NAME}_preprocess_begin", 2: f"{NAME}_preprocess_row", 3: "ef_read_frame"}
    with tempfile.TemporaryDirectory() as temporary:
        core = build_image(case, Path(temporary), compiler)
        result, blocks = core.execute_packed_counted([frame.packed()], slots)
        elf = load_firmware(Path(temporary)).elf
        by_slot = instructions_by_slot(read_image(elf), blocks)
    prepared = prepare_frame(frame.data, case.width, case.height, case.format, case.spec)
    if not np.array_equal(result.outputs[0][0, 0], prepared.astype(np.int16) - 128):
        sys.exit(f"{case}: the core's bytes are not those of Python")
    return by_slot[1] + by_slot[2]


def table(compiler: str) -> str:
    """A line for each case."""
    lines = [
        "| frame | input | resize | instructions | per output pixel | per source pixel |",
        "|---|---|---|---:|---:|---:|",
    ]
    for case in cases():
        count = instructions(case, compiler)
        resize = "none" if case.width == case.height == case.side else case.interpolation
        output, source = case.side * case.side, case.width * case.height
        size = f"{case.side} x {case.side} x {case.channels}"
        lines.append(
            f"| {case.format} {case.width} x {case.height} | {size} | {resize} |"
            f" {count:,} | {count / output:.1f} | {count / source:.1f} |"
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


def answer(lines: str, document: Path | None, begin: str) -> None:
    """Print a table, or put it between its marks in a document."""
    if document is None:
        sys.stdout.write(lines)
        return
    before, rest = document.read_text(encoding="utf-8").split(begin)
    write_text(document, before + begin + lines + END + rest.split(END, 1)[1])


if __name__ == "__main__":
    main()
