"""Gather the sources of a program: generated C, the shared main and a platform, flat in one folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from edgeflow.artifact import read_json, write_text
from edgeflow.errors import BuildError
from edgeflow.resources import data_dir

_SUFFIXES = (".c", ".h")
MINIMUM_STACK_BYTES = 2048


def model_name(codegen_dir: Path) -> str:
    """The C prefix of the generated model, which ``network.json`` states."""
    path = codegen_dir / "network.json"
    try:
        name = read_json(path)["model"]
    except FileNotFoundError as error:
        raise BuildError(f"there is no `{path}`", "run `edgeflow codegen` first") from error
    return str(name)


def gather(c_dir: Path, folder: Path, parts: tuple[str, ...], name: str) -> None:
    """Copy the generated C and the template folders ``parts`` into ``folder``; render ``ef_app_model.h``.

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
    write_text(folder / "ef_app_model.h", render("common/ef_app_model.h.j2", model=name))


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
