"""What all destinations have in common: the public C of a model, its self-test and its papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from edgeflow.artifact import canonical_json, sha256_bytes
from edgeflow.export.bundle import Bundle
from edgeflow.export.golden import raw_picture
from edgeflow.resources import data_dir

_GENERATED = {
    f"{part}.{suffix}": f"{{prefix}}_{part}.{suffix}"
    for part in ("model", "preprocess")
    for suffix in ("c", "h")
}
TEMPLATES = "export"
# Bytes of an array on one line of C.
_BYTES_PER_LINE = 16
_IDENTIFIER = re.compile(rb"\bef_\w+")


def render(template: str, bundle: Bundle, **values: object) -> bytes:
    """A template of ``firmware_templates/export``; an undefined name is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(data_dir("firmware_templates") / TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  the results are C, CMake and Markdown, not HTML
    )
    environment.filters["c_bytes"] = c_bytes
    environment.filters["c_string"] = c_string
    environment.filters["c_type"] = c_type
    return environment.get_template(template).render(bundle=bundle, **values).encode()


def sources(bundle: Bundle) -> dict[str, bytes]:
    """The C of a model by flat file name, complete but for a ``main``.

    ``<prefix>.h`` is the header to include: the model, its preprocessing, labels and self-test. The generated
    ``model.c`` and ``model.h`` become ``<prefix>_model.c`` and ``.h``: two models can live side by side.
    """
    names = {old: new.format(prefix=bundle.prefix) for old, new in _GENERATED.items()}
    files = {names.get(name, name): _with_names(data, names) for name, data in bundle.sources.items()}
    raw = raw_picture(bundle)
    for part in ("labels", "selftest", *([] if bundle.has_static_arena else ["arena"])):
        for suffix in ("h", "c"):
            files[f"{bundle.prefix}_{part}.{suffix}"] = render(f"shared/{part}.{suffix}.j2", bundle, raw=raw)
    files[f"{bundle.prefix}.h"] = render("shared/model.h.j2", bundle)
    return dict(sorted(files.items()))


def _with_names(data: bytes, names: Mapping[str, str]) -> bytes:
    """C whose includes have the new names of headers."""
    for old, new in names.items():
        data = data.replace(f'#include "{old}"'.encode(), f'#include "{new}"'.encode())
    return data


def public_headers(bundle: Bundle) -> tuple[str, ...]:
    """Headers that a program may include, and those that these include."""
    files = sources(bundle)
    found: list[str] = []
    waiting = [f"{bundle.prefix}.h"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.append(name)
        waiting += [other for other in files if f'#include "{other}"'.encode() in files[name]]
    return tuple(sorted(found))


def preprocess_sources(bundle: Bundle) -> dict[str, bytes]:
    """The part of ``sources`` that makes the input of raw data; nothing for a model without preprocessing."""
    files = sources(bundle)
    found: dict[str, bytes] = {}
    waiting = [f"{bundle.prefix}_preprocess.c"] if bundle.has_preprocessing else []
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = files[name]
        named = set(_IDENTIFIER.findall(files[name])) if name.endswith(".c") else set()
        waiting += [other for other in files if f'#include "{other}"'.encode() in files[name]]
        waiting += [other for other in files if other.endswith(".c") and other[:-2].encode() in named]
    return dict(sorted(found.items()))


def public_and_private(bundle: Bundle) -> dict[str, bytes]:
    """``sources`` parted into ``include/`` with what a program may include and ``src/``."""
    public = public_headers(bundle)
    return {f"{'include' if n in public else 'src'}/{n}": data for n, data in sources(bundle).items()}


_C_TYPES = {"bool": "uint8_t", "float32": "float"}


def c_type(dtype: str) -> str:
    """The C type of a tensor's elements."""
    return _C_TYPES.get(dtype, f"{dtype}_t")


def device_sources(bundle: Bundle) -> dict[str, bytes]:
    """``<prefix>_device.c`` and ``.h``: the model behind the device protocol of ``protocol/``."""
    return {
        f"{bundle.prefix}_device.{suffix}": render(f"shared/device.{suffix}.j2", bundle)
        for suffix in ("c", "h")
    }


def sources_with_device(bundle: Bundle) -> dict[str, bytes]:
    """``sources`` with the device protocol and the model behind it, all in one folder."""
    return sources(bundle) | device_sources(bundle) | template_files("protocol")


def template_files(folder: str) -> dict[str, bytes]:
    """The C files of a folder of ``firmware_templates`` as they are."""
    paths = sorted(Path(data_dir("firmware_templates"), folder).iterdir())
    return {path.name: path.read_bytes() for path in paths if path.suffix in {".c", ".h"}}


def papers(bundle: Bundle, destination: str, readme: str, **values: object) -> dict[str, bytes]:
    """``README.md`` from a template, ``LICENSE``, ``labels.txt`` and ``PROVENANCE.json``, of C."""
    return papers_of(bundle, destination, readme, sources(bundle), values)


def papers_of(
    bundle: Bundle,
    destination: str,
    readme: str,
    described: Mapping[str, bytes],
    values: Mapping[str, object],
) -> dict[str, bytes]:
    """The same of an export whose sources are ``described``; ``values`` are the template's."""
    hashes = {name: sha256_bytes(data) for name, data in sorted(described.items())}
    provenance = {**bundle.provenance, "destination": destination, "sources_sha256": hashes}
    files = {
        "README.md": render(readme, bundle, **values),
        "LICENSE": _licence(),
        "PROVENANCE.json": (canonical_json(provenance) + "\n").encode(),
    }
    if bundle.model_card:
        files["MODEL_CARD.md"] = bundle.model_card
    if bundle.labels:
        files["labels.txt"] = labels_file(bundle)
    return files


def labels_file(bundle: Bundle) -> bytes:
    """Names of the classes, one a line."""
    return "".join(f"{label}\n" for label in bundle.labels).encode()


@cache
def _licence() -> bytes:
    return Path(data_dir("firmware_templates"), TEMPLATES, "shared", "LICENSE").read_bytes()


def c_bytes(data: bytes) -> str:
    """Bytes as the inside of a C array."""
    rows = (data[start : start + _BYTES_PER_LINE] for start in range(0, len(data), _BYTES_PER_LINE))
    return ",\n    ".join(", ".join(f"0x{byte:02x}" for byte in row) for row in rows)


def c_string(text: str) -> str:
    """A C string literal of any text, in UTF-8; every byte that is not plain is an octal escape."""
    plain = set(range(0x20, 0x7F)) - set(b'"\\?')
    escaped = "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in text.encode())
    return f'"{escaped}"'
