"""Run a ``.tflite`` on TFLite Micro's interpreter, always in a process of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.emulate.network import check_inputs
from edgeflow.emulate.runtime import tensor_info
from edgeflow.emulate.worker_process import worker_answer
from edgeflow.errors import ModelError
from edgeflow.tflm.confirm import DISTRIBUTION, is_installed, require_runtime

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

__all__ = ["TflmRuntime", "is_installed", "tflm_form"]


def tflm_form(codegen_dir: Path, model: str) -> Path | None:
    """The file that a codegen stage has written for TFLite Micro; None where the source does as it is.

    TFLite Micro runs the first subgraph and trusts the shapes in the file.
    """
    path = codegen_dir / "tflm" / f"{model}_model.tflite"
    return path if path.is_file() else None


class TflmRuntime:
    """One model on TFLite Micro's reference kernels, with the shapes that stand in the file.

    Raises ToolError when the package is not installed and ModelError when the interpreter refuses the
    model or crashes on it.
    """

    def __init__(self, model: Path, *, subgraph: int = 0) -> None:
        require_runtime()
        if not model.is_file():
            raise ModelError(f"there is no model `{model}`")
        self.model = model
        self.subgraph = subgraph
        answer = self._ask(None)[0]
        self.inputs = tuple(tensor_info(entry) for entry in answer["inputs"])
        self.outputs = tuple(tensor_info(entry) for entry in answer["outputs"])

    @property
    def title(self) -> str:
        """Package and version."""
        return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"

    def run(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[Array]:
        """Outputs of all cases."""
        check_inputs(inputs, self.inputs)
        answered = self._ask(inputs, sequence=sequence)[1]
        return [answered[f"out{index}"] for index in range(len(self.outputs))]

    def _ask(
        self, inputs: Sequence[Array] | None, *, sequence: bool = False
    ) -> tuple[dict[str, Any], dict[str, Array]]:
        """One worker process from request to answer."""
        import numpy as np

        with tempfile.TemporaryDirectory(prefix="edgeflow-tflm-") as temporary:
            folder = Path(temporary)
            if inputs is not None:
                np.savez(folder / "inputs.npz", **{f"in{i}": array for i, array in enumerate(inputs)})
            request = {
                "model": str(self.model.absolute()),
                "subgraph": self.subgraph,
                "run": inputs is not None,
                "sequence": sequence,
            }
            (folder / "request.json").write_text(json.dumps(request))
            answer = worker_answer("edgeflow.emulate.tflm_worker", folder, self.model, "TFLite Micro")
            if inputs is None:
                return answer, {}
            with np.load(folder / "outputs.npz", allow_pickle=False) as archive:
                return answer, {name: archive[name] for name in archive.files}
