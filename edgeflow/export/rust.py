"""A Rust crate without the standard library that compiles the C and has a safe API over it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from types import MappingProxyType
from typing import Any

from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers, render, sources
from edgeflow.firmware.compiler import CORE_FLAGS
from edgeflow.target.core import CORES

_FILES = (
    "Cargo.toml",
    "build.rs",
    "examples/selftest.rs",
    "src/ffi.rs",
    "src/lib.rs",
    "tests/selftest.rs",
)
# The target whose floating-point arguments lie where gcc's flags of the core put them.
_RUST_TARGETS: Mapping[str, str] = MappingProxyType(
    {
        "cortex-m0plus": "thumbv6m-none-eabi",
        "cortex-m3": "thumbv7m-none-eabi",
        "cortex-m4f": "thumbv7em-none-eabihf",
        "cortex-m7": "thumbv7em-none-eabihf",
        "cortex-m33": "thumbv8m.main-none-eabihf",
        "cortex-m55": "thumbv8m.main-none-eabihf",
        "rv32imc": "riscv32imc-unknown-none-elf",
    }
)
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "int8": "i8",
        "uint8": "u8",
        "int16": "i16",
        "int32": "i32",
        "uint32": "u32",
        "int64": "i64",
        "float32": "f32",
        "bool": "u8",
    }
)
_ALIGNMENT = re.compile(rb"_ARENA_ALIGNMENT (\d+)")
_STATE_BYTES = re.compile(rb"_PREPROCESS_STATE_BYTES (\d+)")


def files(bundle: Bundle) -> dict[str, bytes]:
    """``c/`` with the C, ``build.rs`` that compiles it, ``src/`` with bindings and the safe API, tests."""
    core = CORES.get(bundle.target.core)
    header = bundle.sources.get("preprocess.h", b"")
    found = _STATE_BYTES.search(header)
    alignment = _ALIGNMENT.search(bundle.sources["model.h"])
    values = {
        "core": core,
        "core_flags": CORE_FLAGS[core.name].gcc if core else (),
        "rust_target": _RUST_TARGETS.get(bundle.target.core),
        "parts": _parts(bundle),
        "alignment": alignment[1].decode() if alignment else None,
        "ports": [*_ports(bundle, "input"), *_ports(bundle, "output")],
        "labels": [rust_string(label) for label in bundle.labels],
        "preprocessing": found and ("sound" if b'"ef_audio.h"' in header else "picture"),
        "state_bytes": int(found[1]) if found else 0,
    }
    exported = {f"c/{name}": data for name, data in sources(bundle).items()}
    names = [*_FILES, *(["src/preprocess.rs"] if found else [])]
    exported |= {name: render(f"rust/{name}.j2", bundle, **values) for name in names}
    return exported | papers(bundle, "rust", "rust/README.md.j2", **values)


def _parts(bundle: Bundle) -> list[dict[str, Any]]:
    parts = bundle.network["arena_parts"]
    numbers = [str(index) if bundle.has_split_arena else "" for index in range(len(parts))]
    sizes = [part["byte_count"] for part in parts] if bundle.has_split_arena else [bundle.arena_bytes]
    return [
        {"type": f"Arena{number}", "variable": f"arena{number}", "bytes": size}
        for number, size in zip(numbers, sizes, strict=True)
    ]


def _ports(bundle: Bundle, kind: str) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{kind}{index}",
            "index": index,
            "is_input": kind == "input",
            "type": _TYPES[port["dtype"]],
            "elements": prod(port["shape"]),
            "shape": port["shape"],
            "scale": port["scale"],
            "zero_point": port["zero_point"],
        }
        for index, port in enumerate(bundle.network[f"{kind}s"])
    ]


def rust_string(text: str) -> str:
    """A Rust string literal of any text."""
    plain = set(map(chr, range(0x20, 0x7F))) - {'"', "\\"}
    return '"' + "".join(c if c in plain else f"\\u{{{ord(c):x}}}" for c in text) + '"'
