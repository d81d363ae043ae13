"""A CMSIS pack: package description, component, archive, and a layer of a csolution that takes it."""

from __future__ import annotations

from edgeflow.export.archive import zip_of
from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers, public_headers, render, sources

_VENDOR = "edgeflow"
_VERSION = "0.1.0"


def files(bundle: Bundle) -> dict[str, bytes]:
    """The pack's folder (description, ``include/``, ``src/``), the same as ``.pack``, and the layer."""
    stem = f"{_VENDOR}.{bundle.name}"
    archive = f"{stem}.{_VERSION}.pack"
    public = public_headers(bundle)
    packed = {
        f"{'include' if name in public else 'src'}/{name}": data for name, data in sources(bundle).items()
    }
    values = {"vendor": _VENDOR, "version": _VERSION, "archive": archive, "names": sorted(packed)}
    packed |= papers(bundle, "cmsis-pack", "cmsis_pack/README.md.j2", **values)
    packed[f"{stem}.pdsc"] = render("cmsis_pack/package.pdsc.j2", bundle, **values)
    layer = render("cmsis_pack/layer.clayer.yml.j2", bundle, **values)
    return packed | {archive: zip_of("", packed), f"{bundle.name}.clayer.yml": layer}
