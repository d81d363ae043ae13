"""A Zephyr module with Kconfig and two samples."""

from __future__ import annotations

from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import device_sources, papers, public_and_private, render, template_files

_FILES = (
    "zephyr/module.yml",
    "zephyr/CMakeLists.txt",
    "zephyr/Kconfig",
    *(
        f"samples/{sample}/{name}"
        for sample in ("classify", "benchmark")
        for name in ("CMakeLists.txt", "prj.conf", "sample.yaml", "src/main.c")
    ),
)


def files(bundle: Bundle) -> dict[str, bytes]:
    """The module and the samples ``classify`` and ``benchmark`` (the device protocol)."""
    found = public_and_private(bundle)
    model = [name for name in found if name.endswith(".c")]
    selftest = f"src/{bundle.prefix}_selftest.c"
    device = []
    for name, data in (device_sources(bundle) | template_files("protocol")).items():
        is_public = name in {f"{bundle.prefix}_device.h", "ef_protocol.h"}
        path = f"{'include' if is_public else 'src'}/{name}"
        found[path] = data
        device += [path] if name.endswith(".c") else []
    for path in _FILES:
        found[path] = render(
            f"zephyr/{path}.j2",
            bundle,
            model=[name for name in model if name != selftest],
            selftest=selftest,
            device=device,
        )
    return found | papers(bundle, "zephyr", "zephyr/README.md.j2")
