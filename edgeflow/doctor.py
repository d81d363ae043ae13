"""What this machine has of the programs and packages that the stages use."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from edgeflow.errors import UsageError


@dataclass(frozen=True)
class Finding:
    """One part: its version, or None when it is missing, what it is for and how to get it."""

    name: str
    version: str | None
    purpose: str
    remedy: str


# name shown, distributions of which one is enough, purpose, remedy
_PACKAGES = (
    ("tensorflow", ("tensorflow-cpu", "tensorflow"), "training, conversion", "pip install 'edgeflow[train]'"),
    ("keras", ("keras",), "training", "pip install 'edgeflow[train]'"),
    ("pillow", ("pillow",), "reading pictures", "pip install 'edgeflow[train]'"),
    ("scikit-learn", ("scikit-learn",), "the digits data set, splits", "pip install 'edgeflow[train]'"),
    (
        "TFLite interpreter",
        ("tflite-runtime", "ai-edge-litert"),
        "the reference of every parity check",
        "pip install edgeflow",
    ),
    ("ziglang", ("ziglang",), "default compiler, host and core", "pip install edgeflow"),
    ("unicorn", ("unicorn",), "default emulated core", "pip install 'edgeflow[emulator]'"),
    ("capstone", ("capstone",), "instruction counts", "pip install edgeflow"),
    (
        "opencv",
        ("opencv-python-headless", "opencv-python"),
        "cameras (emulate --camera)",
        "pip install 'edgeflow[camera]'",
    ),
    ("pyserial", ("pyserial",), "boards (benchmark --serial)", "pip install 'edgeflow[serial]'"),
    (
        "tflite_micro",
        ("tflite_micro",),
        "TFLite Micro: a line of every parity check, its arena (--confirm-tflm)",
        "pip install 'edgeflow[tflm]'",
    ),
)

_PROGRAMS = (
    (
        "arm-none-eabi-gcc",
        ("-dumpversion",),
        "second compiler for Cortex-M (--compiler gcc)",
        "apt install gcc-arm-none-eabi libnewlib-arm-none-eabi",
    ),
    (
        "riscv64-unknown-elf-gcc",
        ("-dumpversion",),
        "second compiler for RISC-V (--compiler gcc)",
        "apt install gcc-riscv64-unknown-elf",
    ),
    (
        "vela",
        ("--version",),
        "Ethos-U (profile --target ethos-u55-128)",
        "docs/mobile.md: apart, EDGEFLOW_VELA",
    ),
    ("adb", ("--version",), "latency on a phone (benchmark --adb)", "apt install adb"),
    ("qemu-system-arm", ("--version",), "second emulator, Cortex-M55", "apt install qemu-system-arm"),
    ("qemu-system-riscv32", ("--version",), "second emulator, RISC-V", "apt install qemu-system-misc"),
)


def examine() -> list[Finding]:
    """All parts with their versions, in the order of the chain."""
    python = Finding("python", sys.version.split()[0], "everything", "")
    packages = [
        Finding(name, _package_version(names), purpose, fix) for name, names, purpose, fix in _PACKAGES
    ]
    programs = [
        Finding(name, _program_version(name, arguments), purpose, fix)
        for name, arguments, purpose, fix in _PROGRAMS
    ]
    return [python, *packages, _onnx_converter(), *programs, *_flash_tools()]


def _flash_tools() -> list[Finding]:
    from edgeflow.flash.payload import TITLES
    from edgeflow.flash.tools import TOOLS

    return [
        Finding(
            tool.name,
            _program_version(tool.name, tool.version_arguments),
            f"{TITLES[tool.kind]} to a board (flash)",
            tool.install,
        )
        for tool in TOOLS.values()
    ]


def set_up_part(name: str, progress: Callable[[str], None]) -> None:
    """Get a part that edgeflow installs itself; only ``onnx`` is one. Raises UsageError and ToolError."""
    from edgeflow.importers.environment import onnx_environment

    if name != "onnx":
        raise UsageError(f"there is no part `{name}` to set up", "`--set-up onnx`")
    folder = onnx_environment(progress)
    progress(f"the ONNX converter is in {folder}")


def _onnx_converter() -> Finding:
    from edgeflow.importers.environment import installed_onnx_environment, pins

    version = f"onnx2tf {pins()['onnx2tf']}" if installed_onnx_environment() else None
    remedy = "set up on first use, or by `edgeflow doctor --set-up onnx`"
    return Finding("ONNX converter", version, "models in ONNX, from PyTorch", remedy)


def _package_version(distributions: tuple[str, ...]) -> str | None:
    for distribution in distributions:
        try:
            return f"{distribution} {metadata.version(distribution)}"
        except metadata.PackageNotFoundError:
            continue
    return None


def _program_version(name: str, arguments: tuple[str, ...]) -> str | None:
    path = shutil.which(name)
    if path is None:
        return None
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    lines = (done.stdout or done.stderr).splitlines()  # OpenOCD says its version on stderr
    return lines[0].strip() if lines else "found, but it does not say its version"
