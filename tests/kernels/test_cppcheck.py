"""cppcheck finds nothing in the kernels and in a generated program; MISRA C only what is listed here."""

import re
import shutil
import subprocess

import pytest
from kernel_harness import KERNELS, SOURCES

CPPCHECK = shutil.which("cppcheck")
CHECKS = "--enable=warning,style,performance,portability"
# Rules of MISRA C:2012 that the kernels break on purpose. All are advisory but those marked "required".
DEVIATIONS = {
    "misra-c2012-2.2": "a pointer that a loop leaves behind its last element",
    "misra-c2012-2.5": "a header's macro need not be used by every file that includes it",
    "misra-c2012-2.7": "operands that only an instruction in assembly names",
    "misra-c2012-5.9": "static functions of two kernels may have one name",
    "misra-c2012-8.7": "a kernel is external so that the generated file can call it",
    "misra-c2012-8.9": "a table at file scope is seen by a reader before the code",
    "misra-c2012-10.1": "required; shifts of signed numbers, as ef_requantize.h takes for granted",
    "misra-c2012-10.3": "required; int is narrowed where a clamp before it bounds the value",
    "misra-c2012-10.4": "required; INT8_MIN, literals of type int and narrow params meet int32_t",
    "misra-c2012-10.8": "required; an integer difference becomes a float, and back within tested bounds",
    "misra-c2012-11.5": "scratch and arena are bytes that the planner aligned",
    "misra-c2012-12.1": "the precedence of *, + and comparisons needs no parentheses",
    "misra-c2012-13.3": "i++ in an indexed store",
    "misra-c2012-15.5": "early returns keep nesting flat",
    "misra-c2012-17.8": "a pointer parameter walks over its array",
    "misra-c2012-18.4": "pointers into tensors move by strides",
    "misra-c2012-20.7": "macros of assembly text, which parentheses would break",
    "misra-c2012-20.10": "the same",
}

pytestmark = pytest.mark.skipif(CPPCHECK is None, reason="cppcheck is not installed")


def complaints(*arguments):
    command = [CPPCHECK, "--std=c99", "--quiet", f"-I{KERNELS / 'include'}", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stdout
    return done.stderr


def test_the_kernels():
    assert len(SOURCES) > 30
    assert complaints(CHECKS, *SOURCES) == ""


def test_a_seeded_defect_is_found(tmp_path):
    """The check can fail: a read behind an array's end."""
    source = tmp_path / "wrong.c"
    source.write_text("int wrong(void);\nint wrong(void) { int a[2] = {1, 2}; return a[2]; }\n")
    assert "arrayIndexOutOfBounds" in complaints(CHECKS, source)


@pytest.mark.slow
def test_misra_deviations_are_the_listed_ones(tmp_path):
    """On copies: the addon writes its dumps beside the files."""
    copies = [shutil.copy(path, tmp_path) for path in SOURCES]
    text = complaints("--addon=misra", "--enable=style", *copies)
    found = set(re.findall(r"\[(misra-c2012-[0-9.]+)\]", text))
    assert found, "the MISRA addon said nothing: it did not run"
    assert found <= set(DEVIATIONS)
