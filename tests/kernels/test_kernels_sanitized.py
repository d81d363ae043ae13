"""All named cases under AddressSanitizer and UndefinedBehaviorSanitizer, in a process of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kernel_harness import build_library

pytestmark = pytest.mark.slow
WORKER = Path(__file__).with_name("sanitizer_worker.py")


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory):
    """Runs the worker on the sanitized library."""
    gcc = shutil.which("gcc")
    if gcc is None or sys.platform != "linux":
        pytest.skip("gcc, which brings the address sanitizer, is not installed")
    runtime = subprocess.run([gcc, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    if not Path(runtime.stdout.strip()).is_absolute():
        pytest.skip("gcc has no address sanitizer here")
    library = tmp_path_factory.mktemp("sanitized") / "kernels.so"
    flags = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    build_library([gcc], library, flags)
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


def test_all_cases_are_clean(sanitized):
    done = sanitized("cases")
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) > 200


@pytest.mark.parametrize(
    ("mode", "words"),
    [("read_past_the_end", "heap-buffer-overflow"), ("overflow", "signed integer overflow")],
)
def test_sanitizers_see_a_planted_fault(sanitized, mode, words):
    done = sanitized(mode)
    assert done.returncode != 0
    assert words in done.stderr
