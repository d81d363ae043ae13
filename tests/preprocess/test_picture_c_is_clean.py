"""The C of pictures under sanitizers, cppcheck and compilers' warnings, within the sizes of the house."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from picture_library import SOURCES, SOURCES_DIR, build_library

CPPCHECK = shutil.which("cppcheck")
WORKER = Path(__file__).with_name("picture_worker.py")


def test_files_are_short_and_hold_one_function_for_others():
    for source in SOURCES:
        text = source.read_text()
        assert text.count("\n") < 120, source
        shared = re.findall(r"^(?!static|EF_PICTURE_INSTANCE)\w[\w *]*\b(\w+)\(", text, re.MULTILINE)
        assert shared == [source.stem], source


@pytest.mark.skipif(CPPCHECK is None, reason="cppcheck is not installed")
def test_cppcheck_finds_nothing():
    checks = "--enable=warning,style,performance,portability"
    command = [CPPCHECK, "--std=c99", "--quiet", checks, f"-I{SOURCES_DIR / 'include'}", *map(str, SOURCES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["gcc", "zig"])
def test_no_compiler_warns(compiler, tmp_path):
    command = [shutil.which("gcc")] if compiler == "gcc" else [sys.executable, "-m", "ziglang", "cc"]
    if command[0] is None:
        pytest.skip("gcc is not installed")
    build_library(command, tmp_path / "pictures.so")


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory):
    """Runs the worker on the library with address and undefined-behaviour sanitizers."""
    gcc = shutil.which("gcc")
    if gcc is None or sys.platform != "linux":
        pytest.skip("gcc, which brings the address sanitizer, is not installed")
    runtime = subprocess.run([gcc, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    if not Path(runtime.stdout.strip()).is_absolute():
        pytest.skip("gcc has no address sanitizer here")
    library = tmp_path_factory.mktemp("sanitized") / "pictures.so"
    build_library([gcc], library, ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"))
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


@pytest.mark.slow
def test_sanitizers_find_nothing(sanitized):
    done = sanitized("cases")
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) > 2000


@pytest.mark.slow
def test_sanitizers_see_a_row_that_is_too_short(sanitized):
    done = sanitized("short_row")
    assert done.returncode != 0
    assert "heap-buffer-overflow" in done.stderr
