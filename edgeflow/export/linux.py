"""A Python package for Linux on a small computer: interpreter, numpy and Pillow, no edgeflow.

Its preprocessing is this package's own source, so that it cannot differ; only the imports are others.
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

from edgeflow.export.bundle import Bundle
from edgeflow.export.golden import golden_json, kind_of, model_json
from edgeflow.export.shared import TEMPLATES, papers_of, render
from edgeflow.resources import PACKAGE_DIR, data_dir

# Modules of edgeflow, and their names in the exported package.
_COPIED = {
    "preprocess.audio": "audio",
    "preprocess.audio_tables": "audio_tables",
    "preprocess.color": "color",
    "preprocess.geometry": "geometry",
    "preprocess.picture": "picture",
    "preprocess.resize": "resize",
    "preprocess.values": "values",
    "data.picture": "decode",
    "data.sound": "sound",
}
# What stands there in place of declarations that are read from project files.
_REPLACED = {
    "errors": "errors",
    "preprocess.audio_spec": "spec",
    "preprocess.declaration": "spec",
    "preprocess.options": "spec",
    "preprocess.spec": "spec",
}
_IMPORT = re.compile(r"^from edgeflow\.([a-z_.]+) import", re.MULTILINE)
_DEPENDENCIES = ("numpy", "pillow", "PIL", "tflite_runtime", "ai_edge_litert")
_EXAMPLES = {"picture": "picture.jpg", "sound": "sound.wav", "raw": "input0.bin"}


def files(bundle: Bundle) -> dict[str, bytes]:
    """``pyproject.toml``, the package, and a unit of systemd."""
    package, kind = package_name(bundle), kind_of(bundle)
    values = {"package": package, "kind": kind, "example": _EXAMPLES[kind]}
    inside = _modules() | {
        "model.tflite": bundle.tflite,
        "model.json": model_json(bundle),
        "golden.json": golden_json(bundle),
    }
    found = {f"{package}/{name}": data for name, data in inside.items()}
    found["pyproject.toml"] = render("linux/pyproject.toml.j2", bundle, **values)
    if kind != "raw":
        found[f"{bundle.name}.service"] = render("linux/service.j2", bundle, **values)
    return found | papers_of(bundle, "linux", "linux/README.md.j2", found, values)


def package_name(bundle: Bundle) -> str:
    """The bundle's prefix, unless Python or a dependency has that name already."""
    taken = {*keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names, *_DEPENDENCIES}
    return f"{bundle.prefix}_model" if bundle.prefix in taken else bundle.prefix


def _modules() -> dict[str, bytes]:
    folder = Path(data_dir("firmware_templates"), TEMPLATES, "linux", "package")
    own = {path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))}
    return own | {f"{new}.py": _copy(old) for old, new in _COPIED.items()}


def _copy(module: str) -> bytes:
    """A module's source with the imports of the exported package."""
    names = _COPIED | _REPLACED
    source = PACKAGE_DIR.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    return _IMPORT.sub(lambda found: f"from .{names[found[1]]} import", source).encode()
