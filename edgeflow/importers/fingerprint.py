"""What names a model's content, of a file or of a SavedModel's folder."""

from __future__ import annotations

from pathlib import Path

from edgeflow.artifact import sha256_file, sha256_tree


def model_sha256(model: Path) -> str:
    """The sha256 of the file, or of names and contents of all files in the folder."""
    return sha256_tree(model) if model.is_dir() else sha256_file(model)
