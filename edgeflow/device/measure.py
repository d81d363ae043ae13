"""Run cases on a board, compare every output with TFLite's reference kernels, and time it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import sha256_file
from edgeflow.device.client import Device
from edgeflow.device.port import SerialPort
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ParityError, ToolError, UsageError

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array, TensorInfo

SCHEMA = 1
Json = dict[str, Any]
# The protocol's results have three decimals.
_RESULT_STEP = 0.001


@dataclass(frozen=True, slots=True)
class Schedule:
    """Each of ``repeats`` times so many timed inferences, after so many that are not."""

    inferences: int
    warm_up: int
    repeats: int


def benchmark(
    model: Path,
    port_name: str,
    *,
    baud: int,
    target: str,
    cases: Callable[[Sequence[TensorInfo]], list[Array]],
    schedule: Schedule,
    progress: Callable[[str], None],
) -> Json:
    """A row of what was measured on the board at a serial port; see docs/device.md.

    Raises ToolError when the board does not answer as it should, UsageError when it runs another model,
    and ParityError when an output differs from TFLite's reference kernels.
    """
    reference = DesktopRuntime(model)
    inputs = cases(reference.inputs)
    expected = reference.run(inputs)
    with SerialPort(port_name, baud) as port:
        device = Device(port)
        progress(f"`{device.name}` runs `{device.model}`")
        compared = _Compared(reference.outputs)
        for case in range(len(inputs[0])):
            _load(device, b"".join(array[case].tobytes() for array in inputs), model)
            run = device.infer(1, 0)
            compared.add(case, [array[case] for array in expected], run.results, device.raw())
        progress(f"{compared.cases} cases are equal; timing {schedule.repeats} times {schedule.inferences}")
        runs = [device.infer(schedule.inferences, schedule.warm_up) for _ in range(schedule.repeats)]
    latencies = [run.latency_us for run in runs]
    return {
        "schema": SCHEMA,
        "model": model.name,
        "model_sha256": sha256_file(model),
        "target": target,
        "board": device.name,
        "firmware": device.model,
        "port": port_name,
        "baud": baud,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cases": compared.cases,
        "compared": compared.what,
        "compared_bytes": compared.bytes,
        "differing_bytes": 0,
        "inferences": schedule.inferences * schedule.repeats,
        "latency_us": statistics.median(latencies),
        "latencies_us": latencies,
        "kind": f"measured on `{device.name}` by its own counter, {port_name}",
    }


def _load(device: Device, data: bytes, model: Path) -> None:
    try:
        device.load(data)
    except ToolError as error:
        if "The input has" in error.message:
            raise UsageError(
                f"`{device.name}` runs another model than `{model.name}`, whose input has {len(data)} bytes",
                "flash the firmware that was built from this model",
            ) from error
        raise


class _Compared:
    """Counts what is equal; raises at the first difference."""

    def __init__(self, outputs: Sequence[TensorInfo]) -> None:
        self._outputs = outputs
        self.cases = 0
        self.bytes = 0
        self.what = "bytes of all outputs"

    def add(self, case: int, expected: Sequence[Array], results: Sequence[float], raw: bytes | None) -> None:
        """Compare one case by the bytes where the firmware gives them, else by the printed decimals."""
        self.cases += 1
        wanted = b"".join(array.tobytes() for array in expected)
        if raw is None:
            self.what = "printed results"
            self._printed(case, expected, results)
            return
        self.bytes += len(wanted)
        if raw != wanted:
            count = sum(a != b for a, b in zip(raw, wanted, strict=False)) + abs(len(raw) - len(wanted))
            raise ParityError(
                f"the board's outputs differ from TFLite's in case {case}: {count} of {len(wanted)} bytes",
                "was the firmware built from this very model?",
            )

    def _printed(self, case: int, expected: Sequence[Array], results: Sequence[float]) -> None:
        import numpy as np

        real = np.concatenate(
            [_real(array, info).ravel() for array, info in zip(expected, self._outputs, strict=True)]
        )
        if len(real) != len(results) or np.abs(real - np.array(results)).max(initial=0) > _RESULT_STEP:
            raise ParityError(
                f"the board's results differ from TFLite's in case {case}",
                "was the firmware built from this very model?",
            )


def _real(array: Array, info: TensorInfo) -> Array:
    import numpy as np

    if info.scale is None or info.zero_point is None:
        return array.astype(np.float64)
    real: Array = (array.astype(np.float64) - info.zero_point) * info.scale
    return real
