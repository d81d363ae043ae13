"""What the firmware's main leaves behind, read back: outputs, stack use, exit code (docs/artifacts.md)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.artifact import read_json
from edgeflow.emulate.image import Image
from edgeflow.emulate.network import Network
from edgeflow.errors import BudgetError, BuildError, EdgeflowError, InternalError

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

INPUT_NAME = "inputs.bin"
OUTPUT_NAME = "outputs.bin"
_STACK_RECORD = b"EFST"
_FAULT_RECORD = b"EFHF"
_RECORD_BYTES = 8
_EXIT_FAULT = 4
_EXIT_STACK_OVERFLOW = 6

# firmware_templates/common/ef_platform.h
_DEFECTS = {
    2: "the input ended inside a case",
    3: "the model refused its arena",
    5: "the program could not open or write its files",
    7: "the program refused a raw picture or sound",
}


@dataclass(frozen=True, slots=True)
class Firmware:
    """A built image and what it was built for."""

    elf: Path
    core: str
    machine: str


@dataclass(frozen=True, slots=True)
class ProgramResult:
    """Outputs with a leading axis of cases, and the deepest stack use in bytes."""

    outputs: list[Array]
    stack_bytes: int


def load_firmware(firmware_dir: Path) -> Firmware:
    """The image of a firmware stage. Raises BuildError when there is none."""
    try:
        raw = read_json(firmware_dir / "build.json")
    except FileNotFoundError as error:
        raise BuildError(f"there is no firmware in `{firmware_dir}`", "build the firmware first") from error
    return Firmware(firmware_dir / raw["elf"], raw["core"], raw["machine"])


def read_result(
    exit_code: int, written: bytes, cases: int, network: Network, image: Callable[[], Image]
) -> ProgramResult:
    """Check how the program ended and take its output file apart.

    Raises BudgetError when the stack overflowed and InternalError for every other failure.
    """
    if exit_code != 0:
        raise _failure(exit_code, written, image)
    expected = cases * network.output_bytes + _RECORD_BYTES
    if len(written) != expected or written[-_RECORD_BYTES:-4] != _STACK_RECORD:
        raise InternalError(f"the program wrote {len(written)} bytes, {expected} were expected")
    (stack_bytes,) = struct.unpack("<I", written[-4:])
    return ProgramResult(network.unpack(written[:-_RECORD_BYTES], cases), stack_bytes)


def _failure(exit_code: int, written: bytes, image: Callable[[], Image]) -> EdgeflowError:
    if exit_code == _EXIT_STACK_OVERFLOW:
        return BudgetError(
            "the stack grew down into the model's arena on the core",
            "use a smaller model or a target with more RAM",
        )
    if exit_code == _EXIT_FAULT and written[-_RECORD_BYTES:-4] == _FAULT_RECORD:
        (address,) = struct.unpack("<I", written[-4:])
        return InternalError(f"the core took a fault at {image().place(address)}")
    return InternalError(_DEFECTS.get(exit_code, f"the program ended with exit code {exit_code}"))
