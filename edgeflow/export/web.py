"""A page that classifies pictures: the exported C as WebAssembly, with nothing to install."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from edgeflow.artifact import write_bytes
from edgeflow.errors import UserError
from edgeflow.export.bundle import Bundle
from edgeflow.export.golden import model_json
from edgeflow.export.shared import TEMPLATES, papers_of, render, sources
from edgeflow.firmware.compiler import COMMON_FLAGS, find_zig, run_compiler
from edgeflow.resources import data_dir

_WASM = "model.wasm"
_FLAGS = ("-target", "wasm32-freestanding", "-Wl,--no-entry", "-Wl,--strip-all")
# The only header of a C library that the C includes, and that the compiler does not bring along.
_HEADER = "string.h"


def files(bundle: Bundle) -> dict[str, bytes]:
    """The page, ``model.wasm`` and ``src/``. Raises UserError for a model that takes no pictures."""
    if "ef_picture.h" not in bundle.sources:
        raise UserError(
            f"`{bundle.name}` takes no pictures, and the page of `web` gives nothing else",
            "export sounds and raw values `--to linux`",
        )
    code = sources(bundle) | {"web.c": render("web/web.c.j2", bundle), _HEADER: _template("common", _HEADER)}
    wasm = _compiled(code)
    found = {name: _template(TEMPLATES, "web", name) for name in ("model.js", "page.js")}
    found |= {
        _WASM: wasm,
        "model.json": model_json(bundle),
        "index.html": render("web/index.html.j2", bundle),
    }
    found |= {f"src/{name}": data for name, data in code.items()}
    return found | papers_of(bundle, "web", "web/README.md.j2", found, {"wasm_bytes": len(wasm)})


def _template(*parts: str) -> bytes:
    return Path(data_dir("firmware_templates"), *parts).read_bytes()


def _compiled(code: Mapping[str, bytes]) -> bytes:
    """The sources as one WebAssembly module. Raises ToolError without the compiler."""
    with tempfile.TemporaryDirectory(prefix="edgeflow-web-") as name:
        folder = Path(name)
        for path, data in code.items():
            write_bytes(folder / path, data)
        units = sorted(path for path in code if path.endswith(".c"))
        run_compiler(find_zig(), [*COMMON_FLAGS, *_FLAGS, "-I.", *units, "-o", _WASM], folder)
        return (folder / _WASM).read_bytes()
