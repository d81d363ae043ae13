"""The user C module in MicroPython itself: its unix port, and its port for QEMU's emulated Cortex-M3.

MicroPython's sources (1.25) come in no package of pip, npm or Debian bookworm: the folder is named by
``EDGEFLOW_TEST_MICROPYTHON``, with ``mpy-cross`` built in it. Without it these tests skip.
"""

import os
import subprocess
from pathlib import Path

import pytest
from bundles import PICTURES, bundle_of
from exported import need, write

from edgeflow.export.micropython import files

SOURCES = "EDGEFLOW_TEST_MICROPYTHON"
_PROGRAM = """
import tiny_digits as m
print(m.labels())
print(m.invoke(bytes(64)))
print(m.classify(bytes(range(0, 256, 4)), 8, 8, m.GRAY8)[0])
try:
    m.classify(bytes(63), 8, 8, m.GRAY8)
except ValueError as error:
    print(error)
print(m.selftest())
"""


def make(port, module, build, *options):
    """Build a port of MicroPython with the module."""
    sources = os.environ.get(SOURCES)
    if not sources:
        pytest.skip(f"MicroPython's sources are not named in {SOURCES}")
    command = [
        need("make"),
        "-j2",
        f"BUILD={build}",
        f"USER_C_MODULES={module}",
        "FROZEN_MANIFEST=",
        *options,
    ]
    done = subprocess.run(
        command, cwd=Path(sources) / "ports" / port, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_the_unix_port_classifies_and_tests_itself(picture_model, tmp_path):
    bundle = bundle_of(picture_model, tmp_path / "c", preprocessing=PICTURES)
    module = write(files(bundle), tmp_path / "module")
    (tmp_path / "program.py").write_text(_PROGRAM)
    make("unix", module, tmp_path / "build", "VARIANT=minimal")
    program = [tmp_path / "build" / "micropython", tmp_path / "program.py"]
    lines = subprocess.run(program, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0] == str(bundle.labels)
    assert lines[1].startswith("(b'")
    assert lines[2] in bundle.labels
    assert lines[3] == "the picture has another number of bytes"
    assert lines[-2:] == ["PASS", "True"]


def selftest_in_qemu(bundle, folder):
    """What the self-test prints in MicroPython on an emulated Cortex-M3."""
    write(files(bundle), folder / "module")
    (folder / "manifest.py").write_text("# no frozen modules\n")
    (folder / "README.md").write_text("in place of micropython-lib, of which nothing is used\n")
    nothing = (f"FROZEN_MANIFEST={folder / 'manifest.py'}", f"MPY_LIB_DIR={folder}")
    make("qemu", folder / "module", folder / "build", "BOARD=MPS2_AN385", *nothing)
    command = [need("qemu-system-arm"), "-M", "mps2-an385", "-display", "none", "-monitor", "null"]
    command += ["-semihosting", "-serial", "stdio", "-kernel", folder / "build" / "firmware.elf"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            lines = []
            for line in running.stdout:
                lines.append(line.strip())
                if lines[-1].startswith("Type "):
                    running.stdin.write("import tiny_digits\r\nprint('end', tiny_digits.selftest())\r\n")
                    running.stdin.flush()
                if lines[-1].startswith("end "):
                    return lines
        finally:
            running.kill()
    return lines


@pytest.mark.slow
def test_the_self_test_passes_on_an_emulated_core(bundle, tmp_path):
    assert selftest_in_qemu(bundle, tmp_path)[-2:] == ["PASS", "end True"]


@pytest.mark.slow
def test_the_self_test_fails_on_an_emulated_core(disturbed, tmp_path):
    assert selftest_in_qemu(disturbed, tmp_path)[-2:] == ["FAIL", "end False"]


def test_every_source_is_in_both_build_files(bundle):
    exported = files(bundle)
    names = [Path(name).name for name in exported if name.endswith(".c")]
    assert len(names) > 5
    for build_file in ("micropython.mk", "micropython.cmake"):
        text = exported[f"tiny_digits/{build_file}"].decode()
        assert [name for name in names if f"/{name}" not in text] == []
