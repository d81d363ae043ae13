"""Build the generated C for this machine: a shared library with every tensor traced, or a program."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path

from edgeflow.firmware.arena import arena_parts
from edgeflow.firmware.compiler import COMMON_FLAGS, Compiler, find_host_gcc, find_zig, run_compiler
from edgeflow.firmware.sources import (
    app_frames,
    app_model,
    app_sounds,
    gather,
    read_network,
    source_names,
    takes_frames,
    takes_sounds,
)

LIBRARY_NAME = "model.so"
PROGRAM_NAME = "model"
LIBRARY_FRAMES = "library_frames.c"
LIBRARY_SOUNDS = "library_sounds.c"

_OF_LIBRARY = ("library.c", LIBRARY_FRAMES, LIBRARY_SOUNDS)

# Debug information of zig's parts holds paths of this machine.
_STRIP = ["-s"]
# The process that loads the library has the mem* functions: it needs no C library of its own, and
# zig no seconds to prepare one.
_NO_C_LIBRARY = ["-nostdlib"]


def build_library(c_dir: Path, out_dir: Path, *, sanitize: bool = False, compiler: str = "zig") -> Path:
    """Compile the shared library that ``edgeflow.emulate.host`` loads; returns its path.

    ``c_dir`` is the ``c`` folder of the codegen stage. ``sanitize`` makes undefined behaviour end the
    process. Raises ToolError for a missing compiler and BuildError when it refuses the sources.
    """
    flags = ["-shared", "-fPIC", "-fvisibility=hidden", "-DEF_TRACE_ENABLED"]
    flags += ["-fsanitize=undefined", "-fno-sanitize-recover=all"] if sanitize else [*_STRIP, *_NO_C_LIBRARY]
    return _build(c_dir, out_dir / LIBRARY_NAME, compiler, flags, leave_out=("main.c", "platform_stdio.c"))


def build_program(c_dir: Path, out_dir: Path, *, sanitize: bool = False, compiler: str = "zig") -> Path:
    """Compile the program of the shared main that reads cases on stdin and writes results to stdout.

    ``sanitize`` adds the undefined-behaviour sanitizer, with gcc the address sanitizer too.
    """
    flags = _STRIP
    if sanitize:
        kinds = "undefined" if compiler == "zig" else "address,undefined"
        flags = [f"-fsanitize={kinds}", "-fno-sanitize-recover=all", "-g"]
    return _build(c_dir, out_dir / PROGRAM_NAME, compiler, flags, leave_out=_OF_LIBRARY)


def _build(
    c_dir: Path, result: Path, compiler: str, flags: Sequence[str], *, leave_out: tuple[str, ...]
) -> Path:
    tool = _host_compiler(compiler)
    result.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="edgeflow-host-") as temporary:
        folder = Path(temporary)
        network = read_network(c_dir.parent)
        arrays = [part.symbol for part in arena_parts(network)]
        model = app_model(network["model"], arrays, [None] * len(arrays))
        parts = ["common", "host"]
        if takes_frames(c_dir) and LIBRARY_FRAMES not in leave_out:
            model |= app_frames(network["model"], row_bytes=1)  # rows lie in the caller's memory
            parts.append("host_frames")
        if takes_sounds(c_dir) and LIBRARY_SOUNDS not in leave_out:
            model |= app_sounds(network["model"])
            parts.append("host_sounds")
        gather(c_dir, folder, tuple(parts), model)
        sources = [name for name in source_names(folder) if name not in leave_out]
        base = (*host_flags(tool, needs_library="-nostdlib" not in flags), *COMMON_FLAGS, "-I.")
        run_compiler(tool, [*base, *flags, *sources, "-o", str(result.absolute())], folder)
    return result


def host_flags(tool: Compiler, *, needs_library: bool) -> tuple[str, ...]:
    """What names this machine to the compiler.

    Without ``-mcpu`` zig tunes for this very processor, and results differ between machines; without
    ``-target`` it wants the system's C headers, which a machine need not have.
    """
    if tool.name != "zig":
        return ()
    target = ("-target", f"{platform.machine()}-linux-gnu") if needs_library else ()
    return (*target, "-mcpu=baseline")


def _host_compiler(name: str) -> Compiler:
    return find_host_gcc() if name == "gcc" else find_zig()
