"""``edgeflow clean``."""

from __future__ import annotations

from edgeflow import console
from edgeflow.cli.options import DEFAULT_BUILD_DIR, BuildDir


def clean(build_dir: BuildDir = DEFAULT_BUILD_DIR) -> None:
    """Remove the cache and all results that edgeflow wrote below the build folder."""
    from edgeflow.pipeline import clean as clean_folder

    removed = clean_folder(build_dir)
    if not removed:
        console.answer(f"nothing to remove in {build_dir}")
    for path in removed:
        console.answer(f"removed {path}")
