"""Run the linked image in QEMU: a second emulator, and the only one with an M55."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.emulate.block_counter import (
    COUNTER_SOURCES,
    Block,
    read_blocks,
    slot_entries,
    slot_names,
    slot_table,
)
from edgeflow.emulate.image import Image, load_image
from edgeflow.emulate.native import C_LIBRARY, build_tool
from edgeflow.emulate.network import Network
from edgeflow.emulate.program import INPUT_NAME, OUTPUT_NAME, ProgramResult, load_firmware, read_result
from edgeflow.errors import BudgetError, InternalError, ToolError
from edgeflow.target.core import CORES, RISCV, Architecture

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

_MACHINES = re.compile(r"mps\d.*|virt")
# Machines that would otherwise start firmware of their own.
_BARE = {RISCV.name: ("-bios", "none")}
SECONDS_PER_RUN = 600.0


class QemuRuntime:
    """The image of a firmware stage that was linked for a QEMU machine.

    Raises ToolError when QEMU is not installed or the image is for another memory map. ``run`` raises
    InternalError when the program fails, and BudgetError when its stack overflows or it does not end.
    """

    def __init__(self, firmware_dir: Path, network: Network, *, seconds: float = SECONDS_PER_RUN) -> None:
        self.firmware = load_firmware(firmware_dir)
        self.network = network
        self.seconds = seconds
        self._architecture = CORES[self.firmware.core].architecture
        self._command = find_qemu(self._architecture)
        if not is_qemu_machine(self.firmware.machine):
            raise ToolError(
                f"the image is linked for `{self.firmware.machine}`, which QEMU does not have",
                "build the firmware for the emulator `qemu`",
            )

    @property
    def title(self) -> str:
        """Emulator, version, machine and core."""
        return f"{qemu_title(self.firmware.core)}, {self.firmware.machine}, {CORES[self.firmware.core].title}"

    def run(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[Array]:
        """Outputs of all cases."""
        return self.execute(inputs, sequence=sequence).outputs

    def execute(self, inputs: Sequence[Array], *, sequence: bool = False) -> ProgramResult:
        """Run all cases in one program run."""
        return self.execute_packed(self.network.pack(inputs, sequence=sequence))

    def execute_packed(self, packed: Sequence[bytes]) -> ProgramResult:
        """Run cases whose bytes are given as the program reads them."""
        with tempfile.TemporaryDirectory(prefix="edgeflow-qemu-") as temporary:
            return self._execute(packed, Path(temporary), ())

    def execute_counted(self, inputs: Sequence[Array]) -> tuple[ProgramResult, list[Block]]:
        """The same with every basic block counted, by a TCG plugin."""
        image = self._image()
        version = _plugin_version(self._architecture)
        plugin = build_tool(
            ["qemu_counter.c", *COUNTER_SOURCES], [*C_LIBRARY, f"-DEF_PLUGIN_VERSION={version}"]
        )
        with tempfile.TemporaryDirectory(prefix="edgeflow-qemu-") as temporary:
            folder = Path(temporary)
            slots = slot_table(image, slot_entries(image, slot_names(self.network)))
            (folder / "slots.bin").write_bytes(bytes(slots))
            (folder / "code.bin").write_bytes(image.flash_content())
            places = f"code=code.bin,slots=slots.bin,start={image.flash[0]},out=blocks.bin"
            options = f"{plugin},{places},architecture={self._architecture.name}"
            result = self._execute(self.network.pack(inputs), folder, ("-plugin", options))
            blocks = read_blocks((folder / "blocks.bin").read_bytes())
        if not blocks:
            raise InternalError("the program has too many basic blocks to count")
        return result, blocks

    def _execute(self, packed: Sequence[bytes], folder: Path, options: Sequence[str]) -> ProgramResult:
        (folder / INPUT_NAME).write_bytes(b"".join(packed))
        exit_code = self._start(folder, options)
        output = folder / OUTPUT_NAME
        written = output.read_bytes() if output.is_file() else b""
        return read_result(exit_code, written, len(packed), self.network, self._image)

    def _image(self) -> Image:
        return load_image(self.firmware.elf, self._architecture)

    def _arguments(self) -> list[str]:
        """The command line but for plugins: no devices, files by semihosting from the working directory."""
        quiet = ["-display", "none", "-monitor", "none", "-serial", "none"]
        semihosting = ["-semihosting-config", "enable=on,target=native"]
        elf = str(self.firmware.elf.absolute())
        machine = ["-M", self.firmware.machine, *_BARE.get(self._architecture.name, ())]
        return [self._command, *machine, *quiet, *semihosting, "-kernel", elf]

    def _start(self, folder: Path, options: Sequence[str]) -> int:
        try:
            done = subprocess.run(
                [*self._arguments(), *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise BudgetError(f"the program did not end within {self.seconds:g} s in QEMU") from error
        complaint = done.stderr.strip()
        if complaint:
            raise InternalError(f"QEMU ended with status {done.returncode}: {complaint.splitlines()[0]}")
        return done.returncode


def is_qemu_machine(machine: str) -> bool:
    """True for the name of a QEMU machine, as ``build.json`` gives it."""
    return _MACHINES.fullmatch(machine) is not None


def find_qemu(architecture: Architecture) -> str:
    """The path of the architecture's QEMU. Raises ToolError with what to install."""
    path = shutil.which(architecture.qemu)
    if path is None:
        raise ToolError(
            f"the emulator `{architecture.qemu}` is not installed", f"apt install {architecture.qemu_package}"
        )
    return path


def qemu_title(core: str) -> str:
    """Name and version of the emulator for a core."""
    return f"QEMU {_qemu_version(CORES[core].architecture)}"


def _qemu_version(architecture: Architecture) -> str:
    path = find_qemu(architecture)
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\d+\.\d+\.\d+)", done.stdout)
    if found is None:
        raise ToolError(f"`{path}` does not say its version", f"install {architecture.qemu} 7.2 or newer")
    return found.group(1)


def _plugin_version(architecture: Architecture) -> int:
    """Version of the plugin interface: QEMU 9.0 dropped the first; what is used here is in both."""
    return 1 if int(_qemu_version(architecture).split(".")[0]) < 9 else 2
