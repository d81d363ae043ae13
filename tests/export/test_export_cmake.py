"""CMake itself configures, builds, tests, installs and finds the package; a core runs the self-test."""

import subprocess

import pytest
from exported import need, run_on_core, write

from edgeflow.export.cmake import files

_USER = """
cmake_minimum_required(VERSION 3.16)
project(user LANGUAGES C)
{way}
add_executable(user main.c)
target_link_libraries(user PRIVATE edgeflow::tiny-digits)
"""
_PROGRAM = """
#include <stdio.h>
#include "tiny_digits.h"
int main(void)
{
    (void)puts(tiny_digits_labels[2]);
    return tiny_digits_selftest(tiny_digits_arena, NULL);
}
"""


def cmake(*arguments, cwd):
    done = subprocess.run([need("cmake"), *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def exported(bundle, tmp_path):
    return write(files(bundle), tmp_path / "tiny-digits")


def selftest(folder):
    cmake("-B", "build", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_FLAGS=-Wall -Wextra -Werror", cwd=folder)
    cmake("--build", "build", "-j2", cwd=folder)
    program = folder / "build" / "tiny-digits-selftest"
    return subprocess.run([program], capture_output=True, text=True, check=False)


def on_core(bundle, folder, core="cortex-m4f"):
    place = write(files(bundle), folder / "export")
    headers = (place / "src", place / "include")
    return run_on_core(sorted(place.glob("src/*.c")), headers, bundle, folder / "run", core)


def test_the_self_test_passes_on_this_machine(exported):
    done = selftest(exported)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "PASS"
    assert done.stdout.count("is equal") == 3


def test_the_self_test_fails_for_another_golden_output(disturbed, tmp_path):
    done = selftest(write(files(disturbed), tmp_path))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "tiny_digits: case 1 of 3 differs",
        "tiny_digits: case 2 of 3 is equal",
        "tiny_digits: case 3 of 3 is equal",
        "FAIL",
    ]


@pytest.mark.parametrize(
    "way", ["add_subdirectory(tiny-digits)", "find_package(edgeflow-tiny-digits REQUIRED)"]
)
def test_a_program_uses_the_package(exported, tmp_path, way):
    if way.startswith("find_package"):
        cmake("-B", "build", f"-DCMAKE_INSTALL_PREFIX={tmp_path / 'installed'}", cwd=exported)
        cmake("--build", "build", "-j2", "--target", "install", cwd=exported)
    (tmp_path / "CMakeLists.txt").write_text(_USER.format(way=way))
    (tmp_path / "main.c").write_text(_PROGRAM)
    cmake("-B", "user", f"-DCMAKE_PREFIX_PATH={tmp_path / 'installed'}", cwd=tmp_path)
    cmake("--build", "user", "-j2", cwd=tmp_path)
    done = subprocess.run([tmp_path / "user" / "user"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, 'Größe "2"\n')


def test_the_toolchain_file_compiles_for_the_core(exported):
    need("arm-none-eabi-gcc")
    options = ("-DCMAKE_TOOLCHAIN_FILE=cmake/toolchain.cmake", "-DTINY_DIGITS_SELFTEST=OFF")
    cmake("-B", "build", *options, cwd=exported)
    cmake("--build", "build", "-j2", cwd=exported)
    assert (exported / "build" / "libtiny-digits.a").is_file()


@pytest.mark.parametrize("core", ["cortex-m3", "cortex-m4f", "rv32imc"])
def test_the_self_test_passes_on_the_core(bundle, tmp_path, core):
    lines, status = on_core(bundle, tmp_path, core)
    assert (lines[-1:], status) == (["PASS"], 0), lines


def test_the_self_test_fails_on_the_core(disturbed, tmp_path):
    lines, status = on_core(disturbed, tmp_path)
    assert (lines[-1:], status) == (["FAIL"], 1), lines
