"""Finding compilers and telling them the core."""

import subprocess
import sys
from pathlib import Path

import pytest

from edgeflow.errors import BuildError, ToolError
from edgeflow.firmware import compiler as compilers
from edgeflow.firmware import host, stage
from edgeflow.firmware.compiler import (
    COMMON_FLAGS,
    CORE_FLAGS,
    FILES_FOR_SIZE,
    compiler_identity,
    core_flags,
    find_compiler,
    run_compiler,
)
from edgeflow.resources import data_dir, user_cache_dir
from edgeflow.target.core import ARM, CORES, RISCV

# zig builds the runtime library of a core at its first use, which takes some seconds each.
CORE_CASES = [
    pytest.param(core, marks=[] if core in {"cortex-m0plus", "cortex-m4f"} else pytest.mark.slow)
    for core in sorted(CORES)
]
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")


def test_every_core_has_flags():
    assert set(CORE_FLAGS) == set(CORES)


def test_files_for_size_exist():
    """A file that is gone or renamed would be compiled for speed in silence."""
    kernels = Path(compilers.__file__).parents[1] / "kernels/src"
    sources = {
        path.name for folder in (kernels, data_dir("firmware_templates")) for path in folder.rglob("*.c")
    }
    assert sources | {"model.c"} >= FILES_FOR_SIZE


@pytest.mark.parametrize("core", sorted(CORES))
def test_macros_show_the_cores_features(core, compiler, tmp_path):
    """The compiler's own feature macros (ACLE, RISC-V C API) say what the flags have switched on."""
    tool = find_compiler(compiler, core)
    (tmp_path / "empty.c").write_text("")
    done = subprocess.run(
        [*tool.command, *core_flags(tool, core), "-E", "-dM", "empty.c"],
        cwd=tmp_path,
        env=compilers.build_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    macros = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("#define")}
    features = CORES[core]
    assert ("__ARM_FP" in macros) == features.has_fpu
    assert ("__ARM_FEATURE_DSP" in macros) == features.has_dsp
    assert ("__ARM_FEATURE_MVE" in macros) == features.has_mve
    assert ("__ARM_PCS_VFP" in macros) == features.has_fpu
    assert ("__thumb__" in macros) == (features.architecture is ARM)
    riscv = {name for name in macros if name in {"__riscv_mul", "__riscv_compressed", "__riscv_atomic"}}
    expected = {"__riscv_mul", "__riscv_compressed"} if features.architecture is RISCV else set()
    assert riscv == expected


@pytest.mark.parametrize("core", CORE_CASES)
def test_templates_compile_without_a_warning(
    core, compiler, tmp_path, tiny_codegen, monkeypatch, core_targets
):
    monkeypatch.setattr(stage, "COMMON_FLAGS", (*COMMON_FLAGS, *STRICT))
    stage.run(tiny_codegen, tmp_path, target=core_targets[core], compiler=compiler)


def test_host_templates_compile_without_a_warning(tmp_path, tiny_codegen, monkeypatch):
    monkeypatch.setattr(host, "COMMON_FLAGS", (*COMMON_FLAGS, *STRICT))
    host.build_library(tiny_codegen / "c", tmp_path)
    host.build_program(tiny_codegen / "c", tmp_path)


def test_a_warning_would_be_found(tmp_path):
    (tmp_path / "bad.c").write_text("int f(long long x);\nint f(long long x) { return x; }\n")
    zig = find_compiler("zig", "cortex-m3")
    with pytest.raises(BuildError, match=r"refused `bad\.c` at line 2"):
        run_compiler(zig, [*core_flags(zig, "cortex-m3"), *COMMON_FLAGS, *STRICT, "-c", "bad.c"], tmp_path)


def test_unknown_compiler_is_named():
    with pytest.raises(ToolError, match="`clang`"):
        find_compiler("clang", "cortex-m4f")


@pytest.mark.parametrize(
    ("core", "package"), [("cortex-m4f", "gcc-arm-none-eabi"), ("rv32imc", "gcc-riscv64-unknown-elf")]
)
def test_missing_gcc_says_what_to_install(core, package, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as raised:
        find_compiler("gcc", core)
    assert f"apt install {package}," in raised.value.hint


def test_missing_zig_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(compilers.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("zig", "auto"):
        with pytest.raises(ToolError) as raised:
            find_compiler(name, "cortex-m4f")
        assert "pip install ziglang" in raised.value.hint


def test_identity_names_compiler_and_version():
    name, version = compiler_identity("auto", "rv32imc")
    done = subprocess.run(
        [sys.executable, "-m", "ziglang", "version"], capture_output=True, text=True, check=True
    )
    assert (name, version) == ("zig", done.stdout.strip())


def test_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "own"))
    assert compilers.build_environment()["ZIG_GLOBAL_CACHE_DIR"] == str(tmp_path / "own" / "zig")
    monkeypatch.delenv("EDGEFLOW_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert user_cache_dir() == tmp_path / "xdg" / "edgeflow"


def test_templates_travel_with_the_package():
    assert (data_dir("firmware_templates") / "common" / "main.c").is_file()


def test_cache_that_cannot_be_made_is_said_before_the_compiler_starts(tmp_path, monkeypatch):
    """zig 0.16 runs on for ever when it cannot make its cache."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(ToolError, match="cannot make the compiler's cache") as raised:
        run_compiler(find_compiler("zig", "cortex-m3"), ["-c", "none.c"], tmp_path)
    assert "EDGEFLOW_CACHE_DIR" in (raised.value.hint or "")
