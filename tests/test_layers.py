"""Who may import whom: the table of layers, explained in CONTRIBUTING.md. A new layer needs a line here."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import edgeflow

PACKAGE = Path(edgeflow.__file__).parent
OPTIONS = {
    "data.options",
    "preprocess.audio_options",
    "preprocess.options",
    "train.options",
    "quantize.options",
    "plan.priorities",
    "agreement.options",
    "export.options",
}
DEVICE = {
    "ir",
    "frontend",
    "ops",
    "passes",
    "memory",
    "codegen",
    "firmware",
    "emulate",
    "profile",
    "tflm",
    "tune",
    "mobile",
    "device",
    "flash",
    "export",
}
MODEL = {"data", "train", "quantize", "importers"}

# layer -> layers it may import besides itself
ALLOWED = {
    "__init__": set(),
    "__main__": {"cli"},
    "errors": set(),
    "console": {"errors"},
    "artifact": {"errors"},
    "resources": {"errors"},
    "strict_toml": {"errors"},
    "archives": set(),
    "array_archive": {"archives"},
    "flatbuffer": {"errors"},
    "tflite_edit": set(),
    "preprocess": {"errors", "strict_toml"},
    "target": {"errors", "resources", "strict_toml"},
    "ir": {"errors", "resources"},
    "memory": {"errors", "ir"},
    "ops": {"errors", "ir"},
    "frontend": {"errors", "flatbuffer", "ir", "ops"},
    "passes": {"errors", "ir", "ops"},
    "tflm": {"errors", "flatbuffer", "resources", "frontend", "memory"},
    "codegen": {"__init__", "errors", "ir", "ops", "memory", "tflm", "artifact", "resources", "tflite_edit"}
    | {"preprocess"},
    "firmware": {"errors", "target", "artifact", "resources"},
    "emulate": {
        "errors",
        "archives",
        "array_archive",
        "preprocess",
        "target",
        "artifact",
        "resources",
        "tflite_edit",
        "tflm",
    },
    "profile": {"errors", "ir", "ops", "memory", "target", "artifact"},
    "tune": {
        "errors",
        "ir",
        "ops",
        "codegen",
        "firmware",
        "emulate",
        "profile",
        "target",
        "artifact",
        "resources",
    },
    "mobile": {"errors", "strict_toml", "ir", "ops", "frontend", "target", "emulate"},
    "device": {"errors", "artifact", "emulate"},
    "flash": {"errors", "target"},
    "report": {"__init__", "errors", "artifact", "target", "resources", "memory"},
    "export": {"__init__", "errors", "artifact", "resources", "target", "firmware", "preprocess", "tflm"},
    "data": {"errors", "archives", "array_archive", "artifact", "resources", "strict_toml", "preprocess"},
    "train": {"errors", "artifact", "resources", "preprocess", "data"},
    "quantize": {"errors", "artifact", "resources", "preprocess", "data", "train"},
    "agreement": {"errors", "artifact", "tflite_edit", "emulate", "preprocess", "data", "train", "quantize"},
    "importers": {
        "errors",
        "archives",
        "flatbuffer",
        "artifact",
        "resources",
        "tflite_edit",
        "data",
        "train",
        "quantize",
    },
    "doctor": {"errors", "importers", "flash"},
    "project": {"errors", "resources", "strict_toml", "codegen", "data", "train", "quantize", "plan"}
    | {"agreement", "preprocess", "export"},
    "project_document": {"preprocess", "project"},
    "pipeline": {"errors", "artifact", "resources", "project", "target"},
    "model_stages": {"artifact", "errors", "pipeline", "preprocess"} | MODEL | {"emulate", "agreement"},
    "device_stages": {"__init__", "model_stages", "errors", "artifact", "pipeline", "resources"}
    | {"preprocess", "importers"}
    | DEVICE,
    "check_stages": {"device_stages", "model_stages", "artifact", "pipeline", "preprocess"} | DEVICE,
    "report_stages": {"__init__", "check_stages", "device_stages", "model_stages", "artifact", "pipeline"}
    | {"importers", "profile", "report", "train"},
    "export_stages": {"__init__", "check_stages", "device_stages", "report_stages", "artifact", "pipeline"}
    | {"resources", "emulate", "export"},
    "stages": {"check_stages", "device_stages", "export_stages", "model_stages", "report_stages"}
    | {"errors", "artifact", "pipeline", "profile"},
    "plan": {
        "errors",
        "artifact",
        "pipeline",
        "device_stages",
        "stages",
        "profile",
        "preprocess",
        "data",
        "train",
        "quantize",
    },
    "advise": {
        "errors",
        "artifact",
        "tflite_edit",
        "pipeline",
        "device_stages",
        "stages",
        "profile",
        "plan",
        "preprocess",
        "data",
        "train",
        "quantize",
    },
    "camera": {"errors"},
    "runtimes": {
        "camera",
        "errors",
        "pipeline",
        "device_stages",
        "stages",
        "project",
        "data",
        "emulate",
        "frontend",
    }
    | {"preprocess"},
    "side_by_side": {"errors", "pipeline", "runtimes", "emulate", "profile"},
    "preflight": {
        "errors",
        "ir",
        "ops",
        "frontend",
        "passes",
        "codegen",
        "target",
        "quantize",
        "model_stages",
    }
    | {"device_stages", "pipeline", "stages"},
    "cli": {"__init__", "errors", "console", "artifact", "project", "pipeline", "stages", "runtimes"}
    | {"doctor", "target", "strict_toml", "plan", "advise", "side_by_side", "preflight", "preprocess"}
    | {"report"}
    | DEVICE
    | MODEL,
}
# Where a layer's entry point puts other layers together.
EXCEPTIONS = {"codegen/stage.py": {"frontend", "passes"}}
# Layers that only read the options of stages, never their code.
OPTIONS_ONLY = {"project"}


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def layer_of(path):
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


@cache
def nodes(path):
    """Every node of a module's syntax tree."""
    return list(ast.walk(ast.parse(path.read_text())))


def imports(path):
    """Names imported from edgeflow, as dotted paths below the package."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            assert node.level == 0, f"relative import in {path}"
        else:
            continue
        yield from (name.removeprefix("edgeflow.") for name in names if name.startswith("edgeflow."))


@pytest.mark.parametrize("layer", sorted({layer_of(path) for path in modules()}))
def test_modules_import_only_what_their_layer_may(layer):
    for path in (path for path in modules() if layer_of(path) == layer):
        allowed = ALLOWED[layer] | {layer} | EXCEPTIONS.get(path.relative_to(PACKAGE).as_posix(), set())
        for name in imports(path):
            imported = name.split(".", maxsplit=1)[0]
            if imported == "__version__":
                imported = "__init__"
            assert imported in allowed, f"{path.name} ({layer}) imports edgeflow.{name}"
            if layer in OPTIONS_ONLY and imported in MODEL | {"plan", "agreement", "preprocess"}:
                assert ".".join(name.split(".")[:2]) in OPTIONS, path


def test_every_layer_has_a_line():
    assert {layer_of(path) for path in modules()} <= set(ALLOWED)


def test_halves_never_meet():
    for layer in DEVICE:
        assert not ALLOWED[layer] & MODEL
    for layer in MODEL:
        assert not ALLOWED[layer] & DEVICE


def test_only_the_console_prints():
    for path in (path for path in modules() if path.name != "console.py"):
        calls = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
        assert not [c for c in calls if isinstance(c, ast.Name) and c.id == "print"], path


def test_command_line_starts_light():
    script = "import sys, edgeflow.cli.app; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"tensorflow", "keras", "numpy", "PIL", "sklearn", "rich", "jinja2", "unicorn", "capstone"}
    assert not heavy & set(loaded)
