"""A CMake package: works through ``add_subdirectory``, ``FetchContent`` and ``find_package``."""

from __future__ import annotations

from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers, public_and_private, render
from edgeflow.firmware.compiler import CORE_FLAGS
from edgeflow.target.core import CORES

_FILES = ("CMakeLists.txt", "cmake/config.cmake.in", "selftest/main.c")


def files(bundle: Bundle) -> dict[str, bytes]:
    """``include/`` with the public headers, ``src/`` with the rest, the build files and a self-test program.

    For a core that edgeflow has a gcc for there is also a toolchain file.
    """
    found = public_and_private(bundle)
    names = sorted(found)
    for path in _FILES:
        found[path] = render(f"cmake/{path}.j2", bundle, names=names)
    core = CORES.get(bundle.target.core)
    if core is not None:
        flags = " ".join(CORE_FLAGS[core.name].gcc)
        found["cmake/toolchain.cmake"] = render(
            "cmake/cmake/toolchain.cmake.j2", bundle, core=core, flags=flags, gcc=core.architecture.gcc
        )
    return found | papers(bundle, "cmake", "cmake/README.md.j2")
