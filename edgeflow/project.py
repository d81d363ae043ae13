"""``edgeflow.toml``: the schema of a project and its strict loader.

The tables that belong to a stage are declared beside that stage; this module puts them together.
Values given on the command line (``preprocessing.input_size=24``) pass through the same checks.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from edgeflow.agreement.options import ParityOptions
from edgeflow.codegen.options import CodegenOptions
from edgeflow.data.options import DataOptions
from edgeflow.errors import ProjectError
from edgeflow.export.options import ExportOptions
from edgeflow.plan.priorities import Priorities
from edgeflow.preprocess.audio_options import OPTIONS, Options
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.quantize.options import QuantizeOptions
from edgeflow.resources import PACKAGE_DIR
from edgeflow.strict_toml import closest, convert_strict, parse_toml
from edgeflow.train.options import EnergyOptions, ModelOptions, TrainOptions

FILE_NAME = "edgeflow.toml"
# Keys that stood in [data] once.
MOVED_TO_PREPROCESSING = ("input_size", "color_mode", "interpolation")
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
PositiveFloat = Annotated[float, msgspec.Meta(gt=0.0)]


class ProjectOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[project]`` table."""

    # Folder name of the build and prefix of all generated C symbols.
    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)] = "digits"
    # Split, initial weights, order of the pictures and calibration follow from it.
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 1


class BuildOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[build]`` table."""

    # Name of a target, or path of a descriptor; a relative one starts at the project file's folder.
    target: str = "cortex-m"
    # "auto" is zig when it is installed, otherwise the gcc of the core.
    compiler: Literal["auto", "zig", "gcc"] = "auto"
    # "auto" is unicorn for the cores it has, otherwise qemu.
    emulator: Literal["auto", "unicorn", "qemu"] = "auto"
    # Test pictures whose outputs and every intermediate tensor are compared on the host.
    parity_pictures: PositiveInt = 32
    # Of these, how many also run on the emulated core.
    core_pictures: PositiveInt = 8


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[budget]`` table: what the build may use at most, and the accuracy it must reach."""

    # Arena, static data and stack.
    ram_bytes: PositiveInt | None = None
    # Everything linked.
    flash_bytes: PositiveInt | None = None
    # Of one inference, in milliseconds; estimated, or measured where a board was.
    latency_ms: PositiveFloat | None = None
    # Of one inference, in microjoules.
    energy_uj: PositiveFloat | None = None
    # Of the int8 model on the test part, at least.
    accuracy: Annotated[float, msgspec.Meta(gt=0.0, le=1.0)] | None = None


class Project(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole project file; every table and key has a default."""

    project: ProjectOptions = ProjectOptions()
    data: DataOptions = DataOptions()
    preprocessing: Options = PreprocessingOptions()
    model: ModelOptions = ModelOptions()
    train: TrainOptions = TrainOptions()
    energy: EnergyOptions = EnergyOptions()
    quantize: QuantizeOptions = QuantizeOptions()
    codegen: CodegenOptions = CodegenOptions()
    build: BuildOptions = BuildOptions()
    parity: ParityOptions = ParityOptions()
    budget: Budget = Budget()
    priorities: Priorities = Priorities()
    export: ExportOptions = ExportOptions()


TABLES: dict[str, type[msgspec.Struct]] = {
    "": Project,
    **{name: type(getattr(Project(), name)) for name in Project.__struct_fields__},
}


def template() -> str:
    """The commented project file that ``edgeflow init`` writes; its values are the defaults."""
    return (PACKAGE_DIR / "project_template.toml").read_text(encoding="utf-8")


def load_project(path: Path | None, overrides: tuple[str, ...] = ()) -> Project:
    """The project of a file, or the default project when ``path`` is None.

    ``overrides`` are ``table.key=value`` texts with TOML values. Raises ProjectError with the file,
    the key and, for a misspelt key, the closest known one.
    """
    raw: dict[str, Any] = {} if path is None else _parse(path)
    for text in overrides:
        _apply(raw, text)
    origin = "the command line" if path is None else f"`{path}`"
    _refuse_moved(raw, origin)
    kind = _preprocessing_kind(raw, origin)
    tables = TABLES | {"preprocessing": OPTIONS[kind]}
    return convert_strict(raw, Project, tables, origin, ProjectError)


def _preprocessing_kind(raw: dict[str, Any], origin: str) -> str:
    """The kind of the table [preprocessing], which decides its keys; written into it where it is left out."""
    table = raw.get("preprocessing")
    if not isinstance(table, dict):
        return "picture"
    kind = table.setdefault("kind", "picture")
    if kind not in OPTIONS:
        hint = closest(str(kind), OPTIONS) or f"kinds: {', '.join(OPTIONS)}"
        raise ProjectError(f"{origin}: preprocessing.kind: there is no kind {kind!r}", hint)
    return str(kind)


def _refuse_moved(raw: dict[str, Any], origin: str) -> None:
    table = raw.get("data")
    keys = table if isinstance(table, dict) else {}
    for key in MOVED_TO_PREPROCESSING:
        if key in keys:
            raise ProjectError(
                f"{origin}: data.{key}: this key is now in the table [preprocessing]",
                f"move it there; on the command line it is `--set preprocessing.{key}=...`",
            )


def setting(key: str, text: str) -> str:
    """An override of ``table.key`` whose value stays text: models are called ``inf``, folders ``2024``."""
    return f"{key}={json.dumps(text, ensure_ascii=False)}"


def find_project(directory: Path) -> Path | None:
    """The project file of a folder, if it has one."""
    path = directory / FILE_NAME
    return path if path.is_file() else None


def _parse(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise ProjectError(f"there is no project file `{path}`", "`edgeflow init` writes one")
    return parse_toml(path, "project file", ProjectError)


def _apply(raw: dict[str, Any], text: str) -> None:
    match = re.fullmatch(r"([a-z_]+)\.([a-z0-9_]+)=(.*)", text, re.DOTALL)
    if match is None:
        raise ProjectError(
            f"`{text}` is not of the form table.key=value", "for example preprocessing.input_size=24"
        )
    table, key, value = match.groups()
    try:
        parsed = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        parsed = value  # a bare word is a string
    section = raw.setdefault(table, {})
    if not isinstance(section, dict):
        raise ProjectError(f"`{table}` must be a table")
    section[key] = parsed
