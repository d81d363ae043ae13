"""Text from the templates beside this module."""

from __future__ import annotations

from pathlib import Path

from edgeflow import __version__
from edgeflow.codegen import literals

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> str:
    """The template of that name with the values filled in; an unknown name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        array_body=literals.array_body,
        braced=literals.braced,
        c_type=literals.c_type,
        comment=literals.comment_text,
        float_literal=literals.float_literal,
        hex_body=literals.hex_body,
        int_literal=literals.int_literal,
        shape=literals.shape_text,
    )
    return environment.get_template(template).render(version=__version__, **values)
