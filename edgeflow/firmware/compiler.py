"""Find the C compilers, and the flags each needs for each core.

``zig`` (pip's ziglang: clang, lld and the runtime library of every core in one package) is the
default; ``gcc`` is the one of a core's architecture (arm-none-eabi-gcc, riscv64-unknown-elf-gcc) and
the system's for the host.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from edgeflow.errors import BuildError, ToolError
from edgeflow.firmware.linker_errors import Limits, build_error
from edgeflow.resources import zig_cache_dir
from edgeflow.target.core import CORES


@dataclass(frozen=True, slots=True)
class Compiler:
    """One C compiler: the command that starts it and how it names itself in ``build.json``."""

    name: str
    version: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoreFlags:
    """What tells each compiler the core, its floating point and its calling convention."""

    zig: tuple[str, ...]
    gcc: tuple[str, ...]


def _zig(abi: str, cpu: str) -> tuple[str, ...]:
    return ("-target", f"thumb-freestanding-{abi}", f"-mcpu={cpu}")


# The inner loops for cores with the DSP extension stand in assembly; clang's unrolling of the others makes
# 15-20 % more code for 0.1-0.5 % fewer instructions. Of the C loops of other cores it saves up to 8 %.
_KEEP_LOOPS = ("-fno-unroll-loops",)


# clang takes the FPU, DSP and MVE extensions only by name: without them the hard-float convention
# comes with software arithmetic. gcc derives DSP and MVE from -mcpu. With `no_movt` addresses come from
# literal pools, not from MOVW and MOVT: 6 bytes each, not 8.
CORE_FLAGS: Mapping[str, CoreFlags] = MappingProxyType(
    {
        "cortex-m0plus": CoreFlags(
            _zig("eabi", "cortex_m0plus"), ("-mcpu=cortex-m0plus", "-mthumb", "-mfloat-abi=soft")
        ),
        "cortex-m3": CoreFlags(_zig("eabi", "cortex_m3"), ("-mcpu=cortex-m3", "-mthumb", "-mfloat-abi=soft")),
        "cortex-m4f": CoreFlags(
            (*_zig("eabihf", "cortex_m4+vfp4d16sp+no_movt"), *_KEEP_LOOPS),
            ("-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"),
        ),
        "cortex-m7": CoreFlags(
            (*_zig("eabihf", "cortex_m7+fp_armv8d16+no_movt"), *_KEEP_LOOPS),
            ("-mcpu=cortex-m7", "-mthumb", "-mfpu=fpv5-d16", "-mfloat-abi=hard"),
        ),
        "cortex-m33": CoreFlags(
            (*_zig("eabihf", "cortex_m33+dsp+fp_armv8d16sp+no_movt"), *_KEEP_LOOPS),
            ("-mcpu=cortex-m33", "-mthumb", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"),
        ),
        "cortex-m55": CoreFlags(
            _zig("eabihf", "cortex_m55+mve_fp+fp_armv8d16+fullfp16"),
            ("-mcpu=cortex-m55", "-mthumb", "-mfpu=auto", "-mfloat-abi=hard"),
        ),
        "rv32imc": CoreFlags(
            ("-target", "riscv32-freestanding-none", "-mcpu=generic_rv32+m+c"),
            # No C library comes with this gcc: freestanding for the header files only.
            ("-march=rv32imc", "-mabi=ilp32", "-ffreestanding", "-fbuiltin"),
        ),
    }
)

COMMON_FLAGS = (
    "-std=c99",
    "-O2",
    "-ffp-contract=off",
    "-fomit-frame-pointer",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
)

# Files whose loops call others that do the work: gcc compiles them for size, which costs below 0.1 % of a
# network's instructions. (zig takes one set of flags for all files of a run.)
FILES_FOR_SIZE = frozenset(
    {
        "ef_exp_on_negative.c",
        "ef_fully_connected_s8_dsp.c",
        "ef_pointwise_s8_dsp.c",
        "ef_softmax_s8.c",
        "main.c",
        "model.c",
        "platform_semihosting.c",
        "startup.c",
    }
)

_ZIG_HINT = "pip install ziglang==0.16.0"


def find_compiler(name: str, core: str) -> Compiler:
    """The compiler for a core: ``zig``, ``gcc``, or ``auto`` (zig when installed, otherwise gcc).

    Raises ToolError with what to install.
    """
    if name == "auto":
        has_gcc = shutil.which(CORES[core].architecture.gcc)
        name = "zig" if importlib.util.find_spec("ziglang") or not has_gcc else "gcc"
    if name == "zig":
        return find_zig()
    if name == "gcc":
        return _find_gcc(core)
    raise ToolError(f"there is no compiler `{name}`", "known: auto, zig, gcc")


def find_zig() -> Compiler:
    """Pip's ziglang as a C compiler. Raises ToolError when it is not installed."""
    if importlib.util.find_spec("ziglang") is None:
        raise ToolError("the C compiler `zig` is not installed", _ZIG_HINT)
    return Compiler("zig", metadata.version("ziglang"), (sys.executable, "-m", "ziglang", "cc"))


def _find_gcc(core: str) -> Compiler:
    architecture = CORES[core].architecture
    path = shutil.which(architecture.gcc)
    if path is None:
        raise ToolError(
            f"the C compiler `{architecture.gcc}` is not installed",
            f"apt install {architecture.gcc_package}, or use the compiler `zig`",
        )
    return Compiler("gcc", _dump_version(path), (path,))


def find_host_gcc() -> Compiler:
    """The system's own gcc or cc. Raises ToolError when there is none."""
    path = shutil.which("gcc") or shutil.which("cc")
    if path is None:
        raise ToolError("the system has no C compiler `gcc`", "apt install gcc, or use the compiler `zig`")
    return Compiler("gcc", _dump_version(path), (path,))


def _dump_version(path: str) -> str:
    done = subprocess.run([path, "-dumpfullversion"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def compiler_identity(name: str, core: str) -> list[str]:
    """Name and version of the compiler that ``name`` stands for here: part of a stage's key."""
    compiler = find_compiler(name, core)
    return [compiler.name, compiler.version]


def core_flags(compiler: Compiler, core: str) -> tuple[str, ...]:
    """The flags that tell this compiler the core."""
    flags = CORE_FLAGS[core]
    return flags.zig if compiler.name == "zig" else flags.gcc


def build_environment() -> dict[str, str]:
    """The environment of a compiler: zig's caches in the user's cache folder, messages in English."""
    cache = str(zig_cache_dir())
    return {**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache, "LC_ALL": "C"}


# The first zig build of a core takes 5 s, under heavy load 16 s: what takes this long hangs.
LONGEST_RUN_S = 600


def run_compiler(
    compiler: Compiler, arguments: Sequence[str], folder: Path, limits: Limits | None = None
) -> None:
    """Run the compiler with ``folder`` as the working directory, so that no path of it gets into results.

    Raises BuildError with the compiler's or linker's complaint in one sentence; ``limits`` gives the
    figures of the memory regions.
    """
    try:
        done = subprocess.run(
            [*compiler.command, *arguments],
            cwd=folder,
            env=build_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=LONGEST_RUN_S,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(
            f"`{compiler.name}` did not end within {LONGEST_RUN_S} s",
            "run again on a machine with less to do, or with the other compiler",
        ) from error
    except OSError as error:
        raise ToolError(f"cannot start `{compiler.command[0]}`: {error.strerror}") from error
    if done.returncode != 0:
        raise build_error(done.stderr or done.stdout, done.returncode, limits)
