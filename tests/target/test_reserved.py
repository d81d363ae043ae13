"""What a board keeps for itself, at either end of any region, and for several reasons."""

from edgeflow.firmware.arena import arena_regions
from edgeflow.firmware.machine import machine_of_target
from edgeflow.target.descriptor import load_target

BOARD = """\
schema = 1
name = "mine"
title = "My board"
core = "cortex-m7"
clock_hz = 64_000_000
memory = [
    { name = "flash", kind = "flash", origin = 0x0800_0000, size_bytes = 0x10000 },
    { name = "sram", kind = "ram", origin = 0x2400_0000, size_bytes = 0x8000 },
    { name = "frame", kind = "ram", origin = 0x3000_0000, size_bytes = 0x4000 },
]
reserved = [
    { memory = "flash", size_bytes = 0x1000, reason = "boot loader" },
    { memory = "flash", size_bytes = 0x2000, reason = "radio stack" },
    { memory = "flash", at = "end", size_bytes = 0x800, reason = "settings" },
    { memory = "sram", size_bytes = 0x100, reason = "radio stack" },
    { memory = "sram", at = "end", size_bytes = 0x1000, reason = "boot loader" },
    { memory = "frame", at = "end", size_bytes = 0x3000, reason = "frame buffer" },
]
source = [{ figures = ["core", "clock_hz", "memory", "reserved"], document = "a manual" }]
"""


def test_each_end_of_each_region(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(BOARD)
    target = load_target(str(path))
    found = [(m.name, m.origin, m.size_bytes) for m in (*target.flashes, *target.rams)]
    assert found == [
        ("flash", 0x0800_3000, 0x10000 - 0x3800),
        ("sram", 0x2400_0100, 0x8000 - 0x1100),
        ("frame", 0x3000_0000, 0x1000),
    ]
    assert (target.reserved_bytes("flash"), target.reserved_bytes("ram")) == (0x3800, 0x4100)
    assert target.reserved_reason == "boot loader; radio stack; settings; frame buffer"
    linked = machine_of_target(target)
    assert (linked.flash.origin, linked.ram.size_bytes) == (0x0800_3000, 0x6F00)
    assert linked.more_ram[0].size_bytes == arena_regions(target)[1] == 0x1000
