"""Run an export's self-test as a bare program on an emulated core."""

import shutil
import subprocess

import pytest

from edgeflow.firmware.compiler import CORE_FLAGS
from edgeflow.firmware.machine import QEMU_MACHINES
from edgeflow.firmware.sources import render
from edgeflow.resources import data_dir
from edgeflow.target.core import CORES

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")
_MAIN = """
#include "ef_core.h"
#include "ef_platform.h"
#include "{prefix}.h"

static void print_line(const char *line)
{{
    (void)ef_semihosting_call(0x04, line); /* SYS_WRITE0 */
    (void)ef_semihosting_call(0x04, "\\n");
}}

int main(void)
{{
    ef_platform_init();
    ef_platform_exit({prefix}_selftest({arena}, print_line) == 0 ? 0 : 1);
    for (;;) {{
    }}
}}
"""


def write(files, folder):
    """The files of an export on disk; returns the folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def need(program):
    """The path of a program; the test skips and says so without it."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def link_script(bundle, machine):
    """Where a program for a QEMU machine lies in memory."""
    return render(
        "bare_metal/link.ld.j2",
        machine=machine.name,
        model=bundle.prefix,
        flash=machine.flash,
        second_flash=None,
        ram=machine.ram,
        more_ram=[],
        minimum_stack_bytes=2048,
    )


def run_on_core(sources, headers, bundle, folder, core="cortex-m4f", main=_MAIN):
    """Lines that the self-test prints on a QEMU machine with that core, and the exit status.

    ``sources`` are C and object files, ``headers`` folders; ``main`` is another program than the self-test.
    """
    architecture = CORES[core].architecture
    gcc, qemu = need(architecture.gcc), need(architecture.qemu)
    machine = next(m for m in QEMU_MACHINES.values() if m.core == core)
    templates = data_dir("firmware_templates")
    parts = [templates / "bare_metal", templates / f"bare_metal_{architecture.name}"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.c").write_text(main.format(prefix=bundle.prefix, arena=bundle.arena_symbol))
    (folder / "inputs.bin").write_bytes(b"")
    (folder / "link.ld").write_text(link_script(bundle, machine))
    includes = [f"-I{path}" for path in (*headers, *parts, templates / "common")]
    platform = [path for part in parts for path in sorted(part.glob("*.c"))]
    command = [gcc, *CORE_FLAGS[core].gcc, *STRICT, "-O2", "-ffunction-sections", "-fdata-sections"]
    command += ["-nostdlib", "-Wl,--gc-sections", "-T", "link.ld", *includes]
    command += [*map(str, [folder / "main.c", *platform, *sources]), "-lgcc", "-o", "selftest.elf"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    run = [qemu, "-M", machine.name, "-display", "none", "-monitor", "none", "-serial", "none"]
    run += ["-semihosting-config", "enable=on,target=native", "-kernel", "selftest.elf"]
    run += ["-bios", "none"] if architecture.name == "riscv" else []
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return (done.stdout + done.stderr).splitlines(), done.returncode
