"""One model on several runtimes at once: the same cases, bytes compared with the first of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.errors import UsageError, UserError
from edgeflow.pipeline import Build, Progress
from edgeflow.runtimes import RUNTIMES, open_runtime

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array, Runtime, TensorInfo

ALL = "all"


@dataclass(frozen=True, slots=True)
class Result:
    """What a runtime answered. ``seconds`` are wall-clock, with the start of its process, of all cases.

    ``differing_bytes`` is against the first runtime; ``instructions`` are those of the first case, on a core.
    """

    name: str
    title: str
    outputs: list[Array]
    seconds: float
    differing_bytes: int
    instructions: int | None

    def as_json(self) -> dict[str, Any]:
        """Without the outputs."""
        return {
            "runtime": self.name,
            "title": self.title,
            "differing_bytes": self.differing_bytes,
            "seconds": round(self.seconds, 3),
            "instructions": self.instructions,
        }


@dataclass
class SideBySide:
    """A runtime that is several: ``run`` returns the first one's outputs and keeps the results of all.

    ``absent`` says of those that cannot run the model why.
    """

    runtimes: Mapping[str, Runtime]
    absent: Mapping[str, str]
    results: list[Result] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The first one's."""
        return next(iter(self.runtimes.values())).title

    def run(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[Array]:
        """Outputs of all cases on the first runtime, after all have run."""
        self.results = []
        for name, runtime in self.runtimes.items():
            start = time.perf_counter()
            outputs = runtime.run(inputs, sequence=sequence)
            seconds = time.perf_counter() - start
            first = self.results[0].outputs if self.results else outputs
            instructions = _instructions(runtime, inputs)
            differing = _differing_bytes(first, outputs)
            self.results.append(Result(name, runtime.title, outputs, seconds, differing, instructions))
        return self.results[0].outputs


def runtime_names(text: str) -> tuple[str, ...]:
    """The names in ``reference,host``; of ``all``, all. Raises UsageError for an unknown or double one."""
    names = RUNTIMES if text == ALL else tuple(name.strip() for name in text.split(","))
    for place, name in enumerate(names):
        if name not in RUNTIMES:
            raise UsageError(
                f"there is no runtime `{name}`", f"runtimes: {', '.join(RUNTIMES)}; {ALL} or a list a,b"
            )
        if name in names[:place]:
            raise UsageError(f"the runtime `{name}` is named twice")
    return names


def open_runtimes(
    names: Sequence[str], model: Path, build: Build, progress: Progress, *, may_lack: bool
) -> tuple[Runtime, tuple[TensorInfo, ...]]:
    """These runtimes with a model, and its inputs; a single one as it is.

    With ``may_lack`` those that are not installed or do not take the model are left out with the reason;
    only the first must be there. Raises what ``open_runtime`` raises.
    """
    if len(names) == 1:
        return open_runtime(names[0], model, build, progress)
    opened: dict[str, Runtime] = {}
    absent: dict[str, str] = {}
    inputs: tuple[TensorInfo, ...] = ()
    for name in names:
        try:
            opened[name], infos = open_runtime(name, model, build, progress)
        except UserError as error:
            if not may_lack or not opened:
                raise
            absent[name] = error.message
            continue
        inputs = inputs or infos
    return SideBySide(opened, absent), inputs


def _differing_bytes(first: Sequence[Array], outputs: Sequence[Array]) -> int:
    from edgeflow.emulate.comparison import differing_byte_count

    pairs = zip(first, outputs, strict=True)
    return sum(differing_byte_count(left.tobytes(), right.tobytes()) for left, right in pairs)


def _instructions(runtime: Runtime, inputs: Sequence[Array]) -> int | None:
    """Of one inference, the first case, without what runs around it."""
    from edgeflow.emulate.block_counter import OUTSIDE
    from edgeflow.emulate.core import CoreRuntime
    from edgeflow.emulate.qemu import QemuRuntime
    from edgeflow.profile.image import read_image
    from edgeflow.profile.instructions import Block, instructions_by_slot

    if not isinstance(runtime, CoreRuntime | QemuRuntime):
        return None
    _result, ran = runtime.execute_counted([array[:1] for array in inputs])
    blocks = [Block(b.slot, b.address, b.byte_count, b.executions, b.taken) for b in ran if b.slot != OUTSIDE]
    return sum(instructions_by_slot(read_image(runtime.firmware.elf), blocks).values())
