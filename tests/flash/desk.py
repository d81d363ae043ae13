"""Boards, images and export folders to flash, and stand-ins of the tools on PATH."""

import json
import struct
import subprocess
import sys
from pathlib import Path

from edgeflow.cli.app import run

STAND_IN = Path(__file__).parent / "stand_ins" / "tool.py"

BOARD = """\
schema = 1
name = "desk"
title = "A board"
core = "cortex-m4f"
clock_hz = 64_000_000
memory = [
    { name = "flash", kind = "flash", origin = 0x0800_0000, size_bytes = 0x10000 },
    { name = "sram", kind = "ram", origin = 0x2000_0000, size_bytes = 0x8000 },
]
reserved = [{ memory = "flash", size_bytes = 0x1000, reason = "boot loader" }]
source = [{ figures = ["core", "clock_hz", "memory", "reserved", "programmer"], document = "a manual" }]
"""
NAMES = """
[programmer]
probe_rs_chip = "nRF52840_xxAA"
openocd_config = ["interface/cmsis-dap.cfg", "target/nrf52.cfg"]
zephyr_board = "nrf5340dk/nrf5340/cpuapp"
arduino_fqbn = "arduino:mbed_nano:nano33ble"
esp_idf_target = "esp32c3"
"""


def elf(address, machine=40, data=b"program!"):
    """A 32-bit little-endian ELF file with one segment; machine 40 is Arm, 243 RISC-V."""
    ident = b"\x7fELF\x01\x01\x01" + bytes(9)
    header = struct.pack("<HHIIIIIHHHHHH", 2, machine, 1, address, 52, 0, 0, 52, 32, 1, 40, 0, 0)
    segment = struct.pack("<IIIIIIII", 1, 84, address, address, len(data), len(data), 5, 4)
    return ident + header + segment + data


class Desk:
    """A folder with a board, an image that fits it, and the tools that were put on PATH."""

    def __init__(self, folder, monkeypatch, capfd):
        self.folder, self.log = folder, folder / "calls"
        self.monkeypatch, self.capfd = monkeypatch, capfd
        self.tools = folder / "bin"
        self.tools.mkdir()
        self.board(NAMES)
        self.image = self.write("app.elf", elf(0x0800_1000))

    def board(self, names):
        self.write("desk.toml", BOARD + names)

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def install(self, *names):
        """Stand-ins of these tools, and no real one."""
        for name in names:
            path = self.tools / name
            path.write_text(f"#!{sys.executable}\n{STAND_IN.read_text()}")
            path.chmod(0o755)

    def flash(self, *arguments, target="desk.toml", fail=""):
        """Exit code and output of `edgeflow flash`, run in this process for speed."""
        command = ["edgeflow", "flash", *map(str, arguments), *(["--target", target] if target else [])]
        with self.monkeypatch.context() as patch:
            patch.chdir(self.folder)
            patch.setenv("PATH", str(self.tools))
            patch.setenv("FLASH_LOG", str(self.log))
            patch.setenv("FLASH_FAIL", fail)
            patch.setattr(sys, "argv", command)
            code = run()
        out, err = self.capfd.readouterr()
        return subprocess.CompletedProcess(command, code, out, err)

    def calls(self):
        """What the stand-ins were called with, and forget it."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [json.loads(line) for line in lines]
