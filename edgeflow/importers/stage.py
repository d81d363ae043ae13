"""The import stage: a model of another tool in, a float ``.tflite`` out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from edgeflow.artifact import read_json
from edgeflow.errors import ModelError, UsageError
from edgeflow.importers.child import run_importer
from edgeflow.importers.fingerprint import model_sha256
from edgeflow.importers.finite import require_finite
from edgeflow.importers.formats import TITLES, Format
from edgeflow.importers.registry import IMPORTERS

FLOAT_MODEL = "model_float.tflite"


def run(
    model: Path,
    out_dir: Path,
    *,
    model_format: Format,
    shapes: Mapping[str, Sequence[int]],
    signature: str | None,
    progress: Callable[[str], None],
) -> None:
    """Write ``model_float.tflite`` (float32, batch 1) and ``import.json``.

    ``shapes`` fixes what inputs leave open, by their names in the source.

    Raises ModelError for a model that is damaged, unsupported or holds values that are not numbers,
    UsageError for shapes or a signature that it has not, ToolError when a package is missing.
    """
    if signature is not None and not IMPORTERS[model_format].has_signatures:
        raise UsageError(f"`{model.name}` is {TITLES[model_format]}, which has no signatures")
    progress(f"converting {TITLES[model_format]} to a float .tflite")
    job = {
        "task": "convert",
        "model": str(model.resolve()),
        "format": model_format,
        "sha256": model_sha256(model),
        "out_dir": str(out_dir.resolve()),
        "shapes": {name: list(shape) for name, shape in shapes.items()},
        "signature": signature,
    }
    run_importer(model, job, progress)
    if not (out_dir / FLOAT_MODEL).is_file():
        raise ModelError(f"the conversion of `{model.name}` left no model")
    require_finite(out_dir / FLOAT_MODEL, model.name)
    facts = read_json(out_dir / "import.json")
    check = facts["float_check"]
    if check is not None:
        progress(
            f"float model: output `{check['output']}` differs from {check['against']} by up to"
            f" {check['max_difference']:.2g}, its values reach {check['max_value']:.2g}"
        )
    size = (out_dir / FLOAT_MODEL).stat().st_size
    progress(f"float model: {size:,} bytes, converted in {facts['seconds']:.1f} s")
