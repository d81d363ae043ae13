"""Linked images from both compilers: contents, reproducibility, what does not fit."""

import json
import struct
from io import BytesIO

import msgspec
import pytest
from elftools.elf.elffile import ELFFile

from edgeflow.errors import BuildError, ToolError
from edgeflow.firmware.machine import QEMU_MACHINES, machine_for
from edgeflow.firmware.stage import run
from edgeflow.target.core import ARM, CORES
from edgeflow.target.descriptor import Reserved, load_target

M4 = load_target("cortex-m")
M55 = load_target("cortex-m55")


def resized(target, *, flash=None, ram=None):
    sizes = {"flash": flash, "ram": ram}
    memory = tuple(
        msgspec.structs.replace(m, size_bytes=sizes[m.kind] or m.size_bytes) for m in target.memory
    )
    return msgspec.structs.replace(target, memory=memory)


def symbols(data):
    table = ELFFile(BytesIO(data)).get_section_by_name(".symtab")
    return {s.name: s for s in table.iter_symbols()}


@pytest.mark.parametrize(
    "core",
    [
        pytest.param(core, marks=[] if core in {"cortex-m0plus", "cortex-m4f"} else pytest.mark.slow)
        for core in sorted(CORES)
    ],
)
def test_image_of_every_core(core, compiler, tiny_codegen, tmp_path, core_targets):
    target = core_targets[core]
    run(tiny_codegen, tmp_path, target=target, compiler=compiler)
    build = json.loads((tmp_path / "build.json").read_text())
    assert (build["core"], build["compiler"], build["machine"]) == (core, compiler, target.name)
    assert build["elf"] == "firmware/tiny.elf"
    assert (tmp_path / "firmware" / "tiny.map").is_file() == (compiler == "gcc")
    data = (tmp_path / build["elf"]).read_bytes()
    elf = ELFFile(BytesIO(data))
    assert elf["e_machine"] == CORES[core].architecture.elf_machine
    vectors = elf.get_section_by_name(".vectors")
    assert vectors["sh_addr"] == target.flash.origin
    found = symbols(data)
    reset, stack_top = (found[name]["st_value"] for name in ("Reset_Handler", "ef_stack_top"))
    assert stack_top == target.ram.end
    if CORES[core].architecture is ARM:
        stack, first, *_ = struct.unpack("<16I", vectors.data())
        assert (stack, first, reset & 1) == (stack_top, reset, 1)
    else:
        assert elf["e_entry"] == reset == target.flash.origin
    assert found["ef_arena"]["st_size"] == 48
    assert found["ef_arena"]["st_value"] % 16 == 0
    assert {"tiny_op00_add", "tiny_op01_fully_connected", "tiny_invoke", "main"} <= set(found)
    assert not [s.name for s in elf.iter_sections() if s.name.startswith(".debug")]


def test_same_bytes_in_two_folders(compiler, tiny_codegen, tmp_path):
    contents = []
    for folder in (tmp_path / "a", tmp_path / "somewhere" / "else"):
        run(tiny_codegen, folder, target=M4, compiler=compiler)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        contents.append({p.relative_to(folder).as_posix(): p.read_bytes() for p in files})
    assert contents[0] == contents[1]
    assert str(tmp_path).encode() not in b"".join(contents[0].values())


@pytest.mark.slow
def test_same_bytes_from_an_empty_compiler_cache(tiny_codegen, tmp_path, monkeypatch):
    run(tiny_codegen, tmp_path / "a", target=M4, compiler="zig")
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "cache"))
    run(tiny_codegen, tmp_path / "b", target=M4, compiler="zig")
    first, second = ((tmp_path / name / "firmware" / "tiny.elf").read_bytes() for name in "ab")
    assert first == second


def flash_bytes(folder):
    elf = ELFFile(BytesIO((folder / "firmware" / "tiny.elf").read_bytes()))
    return sum(s["p_filesz"] for s in elf.iter_segments("PT_LOAD"))


def test_flash_overflow_gives_the_linkers_figure(compiler, tiny_codegen, tmp_path):
    target = M4
    run(tiny_codegen, tmp_path / "fits", target=target, compiler=compiler)
    needed = flash_bytes(tmp_path / "fits")
    with pytest.raises(BuildError) as raised:
        run(tiny_codegen, tmp_path / "not", target=resized(target, flash=512), compiler=compiler)
    message = raised.value.message
    assert message.startswith("program too large: flash overflows by ")
    excess = int(message.split("overflows by ")[1].split()[0])
    assert abs(512 + excess - needed) <= 8  # alignment before .data
    assert f"({512 + excess} needed, 512 on `cortex-m`)" in message
    assert not (tmp_path / "not" / "build.json").exists()


def test_ram_overflow_counts_the_least_stack(compiler, tiny_codegen, tmp_path):
    target = M4
    with pytest.raises(
        BuildError, match=r"RAM overflows by \d+ bytes \(\d+ needed with a stack of 2048, 2000 on"
    ):
        run(tiny_codegen, tmp_path, target=resized(target, ram=2000), compiler=compiler)


def test_reservation_shrinks_the_regions(tiny_codegen, tmp_path):
    target = M4
    reserved = (Reserved(target.flash.name, target.flash.size_bytes - 512, "boot"),)
    with pytest.raises(BuildError, match="512 on `cortex-m`"):
        run(tiny_codegen, tmp_path, target=msgspec.structs.replace(target, reserved=reserved))


def test_undefined_function_is_named(compiler, changed_tiny, tmp_path):
    broken = changed_tiny("model.c", "ef_tiny_spin();", "void ef_nowhere(void); ef_nowhere();")
    with pytest.raises(BuildError, match="`ef_nowhere`, which nothing defines"):
        run(broken, tmp_path / "out", target=M4, compiler=compiler)


def test_compiler_error_names_file_and_line(compiler, changed_tiny, tmp_path):
    broken = changed_tiny("ef_tiny.c", "return (int8_t)(value", "return undeclared + (int8_t)(value")
    with pytest.raises(BuildError, match=r"refused `ef_tiny\.c` at line 5: .*undeclared"):
        run(broken, tmp_path / "out", target=M4, compiler=compiler)


def test_missing_generated_c_is_said(tmp_path):
    with pytest.raises(BuildError, match=r"network\.json") as raised:
        run(tmp_path, tmp_path / "out", target=M4)
    assert "edgeflow codegen" in raised.value.hint


def test_a_file_of_the_templates_name_is_refused(changed_tiny, tmp_path):
    folder = changed_tiny("model.h", "TINY_ARENA_BYTES 48", "TINY_ARENA_BYTES 64")
    (folder / "c" / "startup.c").write_text("")
    with pytest.raises(BuildError, match=r"`startup\.c`"):
        run(folder, tmp_path / "out", target=M4)


def test_qemu_machine_is_cut_to_the_target():
    target = resized(M4, flash=10_000, ram=20_000)
    machine = machine_for(target, "qemu")
    assert (machine.name, machine.flash.origin, machine.flash.size_bytes) == ("mps2-an386", 0, 10_000)
    assert machine.ram.size_bytes == 20_000
    large = machine_for(resized(M55, flash=1 << 30), "qemu")
    assert large.flash.size_bytes == QEMU_MACHINES["mps3-an547"].flash.size_bytes


def test_machines_of_other_cores_are_refused():
    with pytest.raises(BuildError, match="`cortex-m3` core"):
        machine_for(M4, "unicorn", "mps2-an385")
    with pytest.raises(BuildError, match="no machine `pdp-11`"):
        machine_for(M4, "unicorn", "pdp-11")
    with pytest.raises(ToolError, match="`cortex-m0plus`"):
        machine_for(load_target("cortex-m0plus"), "qemu")


def test_every_core_but_the_m0plus_has_a_machine():
    assert {m.core for m in QEMU_MACHINES.values()} == set(CORES) - {"cortex-m0plus"}
