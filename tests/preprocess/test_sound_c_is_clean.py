"""The C of sound under sanitizers, and for every core without a library but the compiler's own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from sound_kernels import FLAGS, SOURCES, build

from edgeflow.firmware.compiler import COMMON_FLAGS, CORE_FLAGS
from edgeflow.target.core import CORES

WORKER = Path(__file__).with_name("sound_worker.py")
# No long product: on Cortex-M0+ it would be one of these.
ALLOWED = re.compile(r"mem(cpy|move|set)|__aeabi_(mem\w+|u?idiv|l(lsl|lsr|asr))")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory):
    """Runs the worker on the library with address and undefined-behaviour sanitizers."""
    gcc = shutil.which("gcc")
    if gcc is None or sys.platform != "linux":
        pytest.skip("gcc, which brings the address sanitizer, is not installed")
    runtime = subprocess.run([gcc, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    if not Path(runtime.stdout.strip()).is_absolute():
        pytest.skip("gcc has no address sanitizer here")
    library = tmp_path_factory.mktemp("sanitized") / "audio.so"
    build([gcc], library, ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"))
    environment = {
        **os.environ,
        "LD_PRELOAD": runtime.stdout.strip(),
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONMALLOC": "malloc",
    }

    def run(mode):
        return subprocess.run(
            [sys.executable, str(WORKER), str(library), mode],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_sanitizers_find_nothing(sanitized):
    done = sanitized("cases")
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) > 80


def test_sanitizers_see_a_window_that_is_too_long(sanitized):
    done = sanitized("overflow")
    assert done.returncode != 0
    assert "heap-buffer-overflow" in done.stderr


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4f", "rv32imc"])
def test_cores_need_no_library(core, tmp_path):
    gcc = shutil.which(CORES[core].architecture.gcc)
    if gcc is None:
        pytest.skip("the compiler is not installed")
    command = [gcc, *CORE_FLAGS[core].gcc, *COMMON_FLAGS, *FLAGS, "-c"]
    done = subprocess.run([*command, *SOURCES], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    own = {source.stem for source in SOURCES}
    needed = set()
    for path in tmp_path.glob("*.o"):
        with path.open("rb") as file:
            symbols = ELFFile(file).get_section_by_name(".symtab").iter_symbols()
            needed |= {s.name for s in symbols if s["st_shndx"] == "SHN_UNDEF" and s.name}
    assert not {name for name in needed - own if not ALLOWED.fullmatch(name)}
