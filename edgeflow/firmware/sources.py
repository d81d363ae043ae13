"""Gather the sources of a program: generated C, the shared main and a platform, flat in one folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edgeflow.artifact import read_json, write_text
from edgeflow.errors import BuildError
from edgeflow.resources import data_dir

_SUFFIXES = (".c", ".h")
MINIMUM_STACK_BYTES = 2048


def read_network(codegen_dir: Path) -> dict[str, Any]:
    """The ``network.json`` of the generated model: its C prefix ``model``, the parts of its arena ..."""
    path = codegen_dir / "network.json"
    try:
        network: dict[str, Any] = read_json(path)
    except FileNotFoundError as error:
        raise BuildError(f"there is no `{path}`", "run `edgeflow codegen` first") from error
    return network


def gather(c_dir: Path, folder: Path, parts: tuple[str, ...], headers: Mapping[str, str]) -> None:
    """Copy the generated C and the template folders ``parts`` into ``folder``, with the ``headers``.

    Raises BuildError when the generated C is absent or two parts bring a file of one name.
    """
    if not (c_dir / "model.c").is_file():
        raise BuildError(f"there is no generated C in `{c_dir}`", "run `edgeflow codegen` first")
    folder.mkdir(parents=True, exist_ok=True)
    templates = data_dir("firmware_templates")
    for source_dir in (c_dir, *(templates / part for part in parts)):
        for source in sorted(p for p in source_dir.iterdir() if p.suffix in _SUFFIXES):
            if (folder / source.name).exists():
                raise BuildError(f"two parts of the program bring a file `{source.name}`")
            shutil.copyfile(source, folder / source.name)
    for name, text in headers.items():
        write_text(folder / name, text)


def app_model(name: str, arena: Sequence[str], sections: Sequence[str | None]) -> dict[str, str]:
    """``ef_app_model.h``: the arrays of the arena and the section of each, None for none."""
    arrays = list(zip(arena, sections, strict=True))
    return {"ef_app_model.h": render("common/ef_app_model.h.j2", model=name, arena=arrays)}


def app_frames(name: str, row_bytes: int) -> dict[str, str]:
    """``ef_app_frames.h``: the names of the model's preprocessing, and the longest row of a picture."""
    return {"ef_app_frames.h": render("frames/ef_app_frames.h.j2", model=name, row_bytes=row_bytes)}


def app_sounds(name: str) -> dict[str, str]:
    """``ef_app_sounds.h``: the names of the model's preprocessing of sound."""
    return {"ef_app_sounds.h": render("sounds/ef_app_sounds.h.j2", model=name)}


def takes_sounds(c_dir: Path) -> bool:
    """True if the generated C prepares sounds."""
    return (c_dir / "ef_audio_clip.c").is_file()


def takes_frames(c_dir: Path) -> bool:
    """True if the generated C prepares raw pictures; that of sound has files of the same names."""
    return (c_dir / "ef_picture_frame.c").is_file()


def render(template: str, **values: object) -> str:
    """The text of a template of ``firmware_templates``; an undefined name is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(data_dir("firmware_templates")),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  the results are C and linker scripts, not HTML
    )
    return environment.get_template(template).render(**values)


def source_names(folder: Path) -> list[str]:
    """The C files of a folder, sorted: the order they are linked in."""
    return sorted(path.name for path in folder.glob("*.c"))
