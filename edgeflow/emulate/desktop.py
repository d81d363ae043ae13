"""Run a ``.tflite`` in the desktop's TFLite interpreter, always in a process of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from edgeflow.emulate.network import check_inputs
from edgeflow.emulate.runtime import tensor_info
from edgeflow.emulate.worker_process import worker_answer
from edgeflow.errors import ModelError, ToolError

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

Kernels = Literal["reference", "default"]

# Distribution and module, in order of preference. tflite-runtime's reference kernels are those of
# TFLite Micro bit for bit; LiteRT's are, but for the fully connected layer.
_PACKAGES = (
    ("tflite-runtime", "tflite_runtime.interpreter"),
    ("ai-edge-litert", "ai_edge_litert.interpreter"),
)
_FIRST_DEVIATING_LITERT = (2, 1)
_CASES_OF_A_PROCESS = 8


def find_interpreter(wanted: str | None = None) -> tuple[str, str, str]:
    """Distribution, version and module of the interpreter that is used here, or of the ``wanted`` one.

    Raises ToolError without it.
    """
    for distribution, module in _PACKAGES:
        if wanted not in {None, distribution}:
            continue
        try:
            return distribution, metadata.version(distribution), module
        except metadata.PackageNotFoundError:
            continue
    if wanted is not None:
        raise ToolError(f"`{wanted}` is not installed", f"pip install {wanted}")
    raise ToolError("no TFLite interpreter is installed", "pip install tflite-runtime, or ai-edge-litert")


def deviation() -> str | None:
    """A sentence when this interpreter's reference kernels are not the ones that edgeflow reproduces."""
    distribution, version, _module = find_interpreter()
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if distribution != "ai-edge-litert" or numbers < _FIRST_DEVIATING_LITERT:
        return None
    return (
        f"the reference FULLY_CONNECTED of {distribution} {version} rounds once where TFLite Micro"
        " rounds twice: its results may differ by one step"
    )


class DesktopRuntime:
    """One model on reference or default kernels.

    ``processes`` workers share the cases, each with ``threads`` threads (reference kernels use one).
    ``package`` is the interpreter's distribution where it shall be a certain one.
    ``subgraph`` is what runs, with inputs of these ``shapes`` by tensor id, other ones as in the file.
    ``lacking`` is an operator without a reference kernel, for which the default ones run where reference
    kernels were asked for. Raises ModelError when the interpreter refuses the model or crashes on it.
    """

    def __init__(
        self,
        model: Path,
        kernels: Kernels = "reference",
        *,
        processes: int = 1,
        threads: int = 1,
        subgraph: int = 0,
        shapes: Mapping[int, Sequence[int]] | None = None,
        package: str | None = None,
    ) -> None:
        if not model.is_file():
            raise ModelError(f"there is no model `{model}`")
        with model.open("rb") as file:
            if file.read(8)[4:] != b"TFL3":
                raise ModelError(
                    f"`{model}` is no .tflite model", f"`edgeflow convert {model} --data FOLDER` makes one"
                )
        self.model = model
        self.kernels = kernels
        self.processes = processes
        self.threads = threads
        self.subgraph = subgraph
        self.shapes = dict(shapes or {})
        self.package = package
        answer = self._ask(None, ())[0]
        self.is_delegated = bool(answer["delegated_parts"])
        self.lacking: str | None = answer["lacking"]
        self.inputs = tuple(tensor_info(entry) for entry in answer["inputs"])
        self.outputs = tuple(tensor_info(entry) for entry in answer["outputs"])

    @property
    def title(self) -> str:
        """Interpreter, version and kernels; of XNNPACK where it took a part of the model."""
        distribution, version, _module = find_interpreter(self.package)
        if self.lacking:
            return f"{distribution} {version}, default kernels (no reference kernel of {self.lacking})"
        delegate = " with XNNPACK" if self.is_delegated else ""
        return f"{distribution} {version}, {self.kernels} kernels{delegate}"

    def run(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[Array]:
        """Outputs of all cases."""
        return self.run_with_tensors(inputs, (), sequence=sequence)[0]

    def run_with_tensors(
        self, inputs: Sequence[Array], tensor_ids: Sequence[int], *, sequence: bool = False
    ) -> tuple[list[Array], dict[int, Array]]:
        """Outputs of all cases, and the tensors of these ids, each with a leading axis of cases."""
        import numpy as np

        check_inputs(inputs, self.inputs)
        shares = [list(inputs)] if sequence else self._shares(inputs)
        with ThreadPoolExecutor(len(shares)) as pool:
            answers = list(pool.map(lambda share: self._ask(share, tensor_ids, sequence=sequence)[1], shares))
        joined: dict[str, Array] = {
            key: np.concatenate([answer[key] for answer in answers]) for key in answers[0]
        }
        outputs = [joined[f"out{index}"] for index in range(len(self.outputs))]
        return outputs, {tensor_id: joined[f"tensor{tensor_id}"] for tensor_id in tensor_ids}

    def _shares(self, inputs: Sequence[Array]) -> list[list[Array]]:
        import numpy as np

        # Starting a process takes as long as many cases of a small network.
        count = max(1, min(self.processes, len(inputs[0]) // _CASES_OF_A_PROCESS))
        splits = [np.array_split(array, count) for array in inputs]
        return [[split[share] for split in splits] for share in range(count)]

    def _ask(
        self,
        inputs: Sequence[Array] | None,
        tensor_ids: Sequence[int],
        *,
        sequence: bool = False,
    ) -> tuple[dict[str, Any], dict[str, Array]]:
        """One worker process from request to answer."""
        import numpy as np

        with tempfile.TemporaryDirectory(prefix="edgeflow-desktop-") as temporary:
            folder = Path(temporary)
            if inputs is not None:
                np.savez(folder / "inputs.npz", **{f"in{i}": array for i, array in enumerate(inputs)})
            request = {
                "model": str(self.model.absolute()),
                "module": find_interpreter(self.package)[2],
                "kernels": self.kernels,
                "threads": self.threads,
                "tensor_ids": list(tensor_ids),
                "subgraph": self.subgraph,
                "shapes": self.shapes,
                "run": inputs is not None,
                "sequence": sequence,
            }
            (folder / "request.json").write_text(json.dumps(request))
            answer = worker_answer("edgeflow.emulate.desktop_worker", folder, self.model)
            if inputs is None:
                return answer, {}
            with np.load(folder / "outputs.npz", allow_pickle=False) as archive:
                return answer, {name: archive[name] for name in archive.files}
