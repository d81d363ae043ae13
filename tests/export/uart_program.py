"""Link an exported example for a QEMU machine whose UART is its console, and read what it prints."""

import subprocess

from exported import link_script, need
from qemu_uart import on_pty

from edgeflow.device.port import SerialPort
from edgeflow.firmware.compiler import CORE_FLAGS
from edgeflow.firmware.machine import QEMU_MACHINES
from edgeflow.resources import data_dir
from edgeflow.target.core import CORES

BOARDS = {"arm": "qemu_mps2.c", "riscv": "qemu_virt.c"}
C_OPTIONS = ("-std=gnu11", "-Os", "-Wall", "-Wextra", "-Werror")
CPP_OPTIONS = ("-std=gnu++17", "-Os", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror")
# A bare core has no C library: gcc is to make no strlen of a loop, for instance.
BARE_OPTIONS = ("-ffunction-sections", "-fdata-sections", "-fno-tree-loop-distribute-patterns")


def machine_of(core):
    """A QEMU machine with that core and a UART that `boards/` drives."""
    return next(m for m in QEMU_MACHINES.values() if m.core == core)


def image(bundle, folder, *, c, c_options=(), cpp=(), headers, objects=(), core="cortex-m4f"):
    """Compile and link an example with edgeflow's start-up code; C and C++ as their build systems do."""
    gcc = need(CORES[core].architecture.gcc)
    templates = data_dir("firmware_templates")
    parts = [templates / "bare_metal", templates / f"bare_metal_{CORES[core].architecture.name}"]
    bare = templates / "export" / "bare_metal"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "link.ld").write_text(link_script(bundle, machine_of(core)))
    (folder / "inputs.bin").write_bytes(b"")
    flags = [*CORE_FLAGS[core].gcc, *BARE_OPTIONS]
    own = [f"-I{path}" for path in (*headers, templates / "protocol", bare)]
    board = bare / "boards" / BOARDS[CORES[core].architecture.name]
    platform = [board, *(path for part in parts for path in sorted(part.glob("*.c")))]
    _compile(
        [
            gcc,
            *flags,
            *C_OPTIONS,
            *c_options,
            *own,
            *_common(parts, templates),
            "-c",
            *map(str, [*c, *platform]),
        ],
        folder,
    )
    if cpp:
        options = [need(gcc.replace("gcc", "g++")), *flags, *CPP_OPTIONS, *own, "-c"]
        _compile([*options, *map(str, cpp)], folder)
    found = [*sorted(folder.glob("*.o")), *objects]
    link = [gcc, *flags, "-nostdlib", "-Wl,--gc-sections", "-T", "link.ld"]
    _compile([*link, *map(str, found), "-lgcc", "-o", "program.elf"], folder)
    return folder / "program.elf"


def _common(parts, templates):
    return [f"-I{path}" for path in (*parts, templates / "common")]


def _compile(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def printed(elf, core="cortex-m4f", *, until="PASS FAIL", seconds=20):
    """The lines that the program prints, up to the first that begins with a word of ``until``."""
    lines = []
    with (
        on_pty(elf, machine_of(core).name, CORES[core].architecture.qemu) as name,
        SerialPort(name, 115200) as port,
    ):
        while not (lines and lines[-1].startswith(tuple(until.split()))):
            line = port.line(seconds)
            assert line is not None, lines
            lines.append(line)
    return lines
