"""What a model computed before it was converted: the reference of the import's parity."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.importers.child import run_importer
from edgeflow.importers.formats import Format

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
) -> list[Array]:
    """Outputs of the model in its own framework, in a process of its own.

    Arrays are in the layout of the float ``.tflite``, with a leading axis of cases: ``[cases, 1, H, W, C]``.

    Raises ModelError when the model cannot be opened or run, ToolError when a package is missing.
    """
    import numpy as np

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
        }
        run_importer(model, job, progress)
        with np.load(folder / "outputs.npz", allow_pickle=False) as archive:
            return [archive[f"out{index}"] for index in range(len(archive.files))]
