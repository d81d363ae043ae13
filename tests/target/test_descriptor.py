"""The strict loader: every fault names file and key; every shipped descriptor is complete."""

import pytest

from edgeflow.errors import TargetError
from edgeflow.target.descriptor import load_target, shipped_boards

GENERICS = {"cortex-m", "cortex-m0plus", "cortex-m3", "cortex-m33", "cortex-m7", "cortex-m55", "riscv32"}

GOOD = """\
schema = 1
name = "mine"
title = "My board"
core = "cortex-m4f"
clock_hz = 64_000_000

[[memory]]
name = "flash"
kind = "flash"
origin = 0x0800_0000
size_bytes = 65_536

[[memory]]
name = "sram"
kind = "ram"
origin = 0x2000_0000
size_bytes = 16_384

[[reserved]]
memory = "flash"
size_bytes = 4096
reason = "boot loader"

[[reserved]]
memory = "sram"
size_bytes = 512
reason = "vector table of the same"

[[source]]
figures = ["clock_hz", "core", "memory", "reserved"]
document = "Board manual, section 1"
"""

SECOND_RAM = '\n[[memory]]\nname = "ccm"\nkind = "ram"\norigin = {origin}\nsize_bytes = 4096\n'

POWER = '\n[power]\ncondition = "a network"\nsupply_mv = 1800\n'

# name: (text to replace, replacement, words of the message, words of the hint)
FAULTS = {
    "unknown key": ("clock_hz = 64", "clock_khz = 64", ["clock_khz"], "did you mean `clock_hz`?"),
    "unknown key in table": (
        "size_bytes = 65",
        "size_byte = 65",
        ["memory[0]", "size_byte"],
        "`size_bytes`",
    ),
    "suggestion of the same table": (
        'reason = "boot',
        'title = "boot',
        ["reserved", "title"],
        "known keys: memory, size_bytes",
    ),
    "float clock": ("64_000_000", "64.5", ["clock_hz", "int"], None),
    "text size": ("size_bytes = 16_384", 'size_bytes = "16K"', ["memory[1].size_bytes", "int"], None),
    "zero size": ("size_bytes = 16_384", "size_bytes = 0", ["memory[1].size_bytes"], None),
    "negative origin": ("origin = 0x0800_0000", "origin = -4", ["memory[0].origin"], None),
    "unknown kind": ('kind = "ram"', 'kind = "rom"', ["memory[1].kind", "rom"], None),
    "unknown core": ("cortex-m4f", "cortex-m4", ["core", "cortex-m4"], "did you mean `cortex-m4f`?"),
    "other schema": ("schema = 1", "schema = 2", ["schema"], None),
    "name is not the file's": ('name = "mine"', 'name = "yours"', ["name", "yours", "mine.toml"], "rename"),
    "name with a space": ('name = "mine"', 'name = "my board"', ["name"], None),
    "no RAM": ('kind = "ram"', 'kind = "flash"', ["no region of kind `ram`"], None),
    "reservation eats the RAM": ("size_bytes = 512", "size_bytes = 16384", ["nothing of `sram`"], None),
    "reservation without a reason": ('"boot loader"', '""', ["reserved[0].reason"], None),
    "reservation of no region": ('memory = "sram"', 'memory = "srm"', ["no memory region `srm`"], "`sram`?"),
    "reservation at no end": ("size_bytes = 512", 'at = "top"\nsize_bytes = 512', ["reserved[1].at"], None),
    "two regions of one name": ('name = "sram"', 'name = "flash"', ["the name `flash`"], "own"),
    "unknown sort": (
        'title = "M',
        'kind = "lunix"\ntitle = "M',
        ["no kind `lunix`"],
        "did you mean `linux`?",
    ),
    "board as a phone": ('title = "M', 'kind = "phone"\ntitle = "M', ["core"], "did you mean"),
    "core without a source": ('"core", ', "", ["no [[source]] covers `core`"], None),
    "timing without a source": ("", "\n[flash_timing]\nwait_states = 2\n", ["covers `flash_timing`"], None),
    "negative wait states": ("", "\n[flash_timing]\nwait_states = -2\n", ["flash_timing.wait_states"], None),
    "two kinds of cache": (
        "",
        "\n[flash_timing]\nwait_states = 2\ndata_cache_bytes = 0\nunified_cache_bytes = 64\n",
        ["flash_timing: a unified cache"],
        None,
    ),
    "power without a source": ("", POWER + "inference_mw = 40\n", ["covers `power`"], None),
    "power without a figure": ("", POWER, ["power: give one of `inference_mw` and `uw_per_mhz`"], None),
    "power twice": ("", POWER + "inference_mw = 4\nuw_per_mhz = 5\n", ["power: give one of"], None),
    "no power": ("", POWER + "inference_mw = 0\n", ["power.inference_mw"], None),
    "programmer without a source": (
        "",
        '\n[programmer]\nprobe_rs_chip = "X1"\n',
        ["covers `programmer`"],
        None,
    ),
    "programmer without a name": ("", "\n[programmer]\n", ["programmer: gives no name"], "leave it out"),
    "unknown programmer": ("", '\n[programmer]\njlink = "X1"\n', ["programmer", "jlink"], "probe_rs_chip"),
    "option as a chip": (
        "",
        '\n[programmer]\nprobe_rs_chip = "--x"\n',
        ["programmer.probe_rs_chip"],
        None,
    ),
    "command as a configuration": (
        "",
        '\n[programmer]\nopenocd_config = ["a.cfg", "reset"]\n',
        ["programmer.openocd_config[1]"],
        None,
    ),
    "no FQBN": ("", '\n[programmer]\narduino_fqbn = "zero"\n', ["programmer.arduino_fqbn"], None),
    "clock without a source": ('["clock_hz", ', "[", ["no [[source]] covers `clock_hz`"], None),
    "memory without a source": ('"memory", ', "", ["no [[source]] covers `memory`"], None),
    "reservation without a source": (', "reserved"', "", ["no [[source]] covers `reserved`"], None),
    "unknown figure": ('"memory", ', '"memroy", ', ["source[0].figures", "memroy"], None),
    "empty document": ('"Board manual, section 1"', '""', ["source[0].document"], None),
    "behind the address space": ("origin = 0x2000_0000", "origin = 0xffff_f000", ["32-bit"], None),
    "overlap": ("", SECOND_RAM.format(origin="0x2000_3ff0"), ["`sram`", "overlaps `ccm`"], None),
    "one inside the other": ("", SECOND_RAM.format(origin="0x2000_0000"), ["overlaps"], None),
    "not TOML": ("schema = 1", "schema : 1", ["not valid TOML"], None),
}


def write(folder, text):
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def test_users_own_file_works_by_path(tmp_path):
    target = load_target(write(tmp_path, GOOD))
    assert (target.flash.origin, target.flash.size_bytes) == (0x0800_1000, 61_440)
    assert (target.ram.origin, target.ram.size_bytes) == (0x2000_0200, 15_872)
    assert target.core_info.has_dsp


@pytest.mark.parametrize("case", FAULTS)
def test_fault_names_file_key_and_remedy(case, tmp_path):
    old, new, words, hint = FAULTS[case]
    text = GOOD.replace(old, new, 1) if old else GOOD + new
    assert text != GOOD
    with pytest.raises(TargetError) as caught:
        load_target(write(tmp_path, text))
    for word in ["mine.toml", *words]:
        assert word in caught.value.message
    if hint:
        assert hint in caught.value.hint


def test_adjacent_regions_do_not_overlap(tmp_path):
    target = load_target(write(tmp_path, GOOD + SECOND_RAM.format(origin="0x2000_4000")))
    assert [m.name for m in target.memory] == ["flash", "sram", "ccm"]
    assert target.ram.name == "sram"


def test_missing_file_and_missing_name():
    with pytest.raises(TargetError, match=r"cannot read target file `boards/none\.toml`"):
        load_target("boards/none.toml")
    with pytest.raises(TargetError) as caught:
        load_target("nucleo-l4r5")
    assert caught.value.hint == "did you mean `nucleo-l4r5zi`?"


@pytest.mark.parametrize("target", shipped_boards(), ids=lambda target: target.name)
def test_shipped_board(target):
    assert target.generic == (target.name in GENERICS)
    assert target.flash.name != target.ram.name
    for memory in target.memory:
        assert memory.size_bytes % 1024 == 0
        assert memory.origin % 1024 == 0
    if target.generic:
        kib = target.ram.size_bytes // 1024
        size = f"{kib} KiB RAM" if kib < 1024 else f"{kib // 1024} MiB RAM"
        assert target.title.startswith("Generic")
        assert size in target.title
        assert f"{target.clock_hz // 1_000_000} MHz" in target.title
    else:
        assert not any("chosen" in source.document for source in target.source)
        assert "core" in {figure for source in target.source for figure in source.figures}


def test_default_target_figures():
    target = load_target("cortex-m")
    assert (target.core, target.ram.size_bytes, target.flash.size_bytes) == (
        "cortex-m4f",
        262_144,
        1_048_576,
    )
