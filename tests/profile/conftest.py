"""Real images to measure: small C and assembly with known symbols, linked by zig and by gcc."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent / "images"
COMMON = [
    "-O2",
    "-g",
    "-ffreestanding",
    "-nostdlib",
    "-fomit-frame-pointer",
    "-ffunction-sections",
    "-Wl,-e,Reset_Handler",
]
COMPILERS = {
    "zig": [
        sys.executable,
        "-m",
        "ziglang",
        "cc",
        "-target",
        "thumb-freestanding-eabihf",
        "-mcpu=cortex_m4+vfp4d16sp",
    ],
    "gcc": ["arm-none-eabi-gcc", "-mthumb", "-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"],
}


@pytest.fixture(scope="session")
def link(tmp_path_factory):
    """``link(compiler, source)``: the ELF of a file (of ``images/`` if relative); skips without gcc."""
    folder = tmp_path_factory.mktemp("images")

    def build(compiler, source):
        elf = folder / f"{Path(source).stem}-{compiler}.elf"
        if compiler == "gcc" and shutil.which("arm-none-eabi-gcc") is None:
            pytest.skip("arm-none-eabi-gcc is not installed")
        if not elf.exists():
            caches = {f"ZIG_{kind}_CACHE_DIR": str(folder / kind) for kind in ("GLOBAL", "LOCAL")}
            command = [*COMPILERS[compiler], *COMMON, "-T", str(SOURCES / "link.ld"), str(SOURCES / source)]
            subprocess.run([*command, "-o", str(elf)], check=True, env=os.environ | caches)
        return elf

    return build


@pytest.fixture(params=sorted(COMPILERS))
def compiler(request):
    """Each compiler in turn."""
    return request.param
