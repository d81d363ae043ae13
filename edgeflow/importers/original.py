"""What a model computed before it was converted: the reference of the import's parity."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.errors import InternalError
from edgeflow.importers.child import run_importer
from edgeflow.importers.formats import Format
from edgeflow.importers.registry import IMPORTERS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]


def original_outputs(
    model: Path,
    model_format: Format,
    inputs: Sequence[Array],
    progress: Callable[[str], None],
    *,
    signature: str | None = None,
    record: Mapping[str, Any] | None = None,
) -> list[Array]:
    """Outputs of the model in its own framework, in a process of its own.

    Arrays are in the layout of the float ``.tflite``, with a leading axis of cases: ``[cases, 1, H, W, C]``.
    ``record`` is the import.json of the import; ONNX needs it.

    Raises ModelError when the model cannot be opened or run, ToolError when a package is missing.
    """
    import numpy as np

    if record is None and IMPORTERS[model_format].has_own_packages:
        raise InternalError(f"the outputs of `{model.name}` cannot be had without the record of its import")
    with tempfile.TemporaryDirectory(prefix="edgeflow-original-") as temporary:
        folder = Path(temporary)
        np.savez(folder / "inputs.npz", **{f"in{i}": array for i, array in enumerate(inputs)})
        job = {
            "task": "run",
            "model": str(model.resolve()),
            "format": model_format,
            "inputs": str(folder / "inputs.npz"),
            "outputs": str(folder / "outputs.npz"),
            "signature": signature,
            "record": record,
        }
        run_importer(model, job, progress)
        with np.load(folder / "outputs.npz", allow_pickle=False) as archive:
            return [archive[f"out{index}"] for index in range(len(archive.files))]
