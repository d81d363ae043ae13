"""What names a model's content: a file, a SavedModel's folder, an ONNX file with its weights beside it."""

from __future__ import annotations

from pathlib import Path

from edgeflow.artifact import sha256_bytes, sha256_file, sha256_tree
from edgeflow.importers.formats import model_format


def model_sha256(model: Path) -> str:
    """The sha256 of the file, or of names and contents of all files that the model is in.

    Raises ModelError for what is no model.
    """
    if model.is_dir():
        return sha256_tree(model)
    own = sha256_file(model)
    if model_format(model) != "onnx":
        return own
    from edgeflow.importers.inspection.onnx import weight_files

    others = [(file.name, sha256_file(file)) for file in weight_files(model)]
    return sha256_bytes(repr((own, others)).encode()) if others else own
