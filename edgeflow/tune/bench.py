"""Where candidates are measured: the network built with given calls, on a core with plenty of memory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from edgeflow.artifact import read_json
from edgeflow.codegen.offer import Offer
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate.cases import seeded_cases
from edgeflow.emulate.execution import run as execute
from edgeflow.firmware.stage import run as link
from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.candidates import Calls, candidates
from edgeflow.ops.spec import KernelSet
from edgeflow.profile.stage import run as profile
from edgeflow.target.descriptor import Memory, Target

_MEMORY_BYTES = 64 << 20
# Instructions do not depend on where memory lies: one map for all targets of a core, without wait states.
_MEMORY = (
    Memory(name="flash", kind="flash", origin=0x0800_0000, size_bytes=_MEMORY_BYTES),
    Memory(name="ram", kind="ram", origin=0x2000_0000, size_bytes=_MEMORY_BYTES),
)
Json = dict[str, Any]
# Case 0 is all zero points, 1 and 2 are the limits, this one is seeded uniform noise.
_CASE = 3
INPUTS = "inputs of seeded uniform noise"


@dataclass(frozen=True, slots=True)
class Bench:
    """A model, and what builds and runs it. ``options`` names the kernels, no ``auto``."""

    model: Path
    name: str
    options: CodegenOptions
    target: Target
    compiler: str
    emulator: str

    @property
    def kernels(self) -> KernelSet:
        """The core's set of kernels."""
        return "plain" if self.options.kernels == "auto" else self.options.kernels

    def profile(self, numbers: Mapping[int, int]) -> Json:
        """``profile.json`` of a run with the calls of these numbers among each operator's ``candidates``.

        No operator runs in stripes.

        Raises BuildError or BudgetError when the core of a QEMU machine has too little memory, and
        ToolError for a missing compiler or emulator.
        """

        def offer(graph: Graph, op: Op) -> tuple[Calls]:
            return (candidates(graph, op, self.kernels)[numbers[op.index]].calls,)

        return self._profile(offer, run=True)

    def code_bytes(self, offer: Offer | None) -> int:
        """What is linked besides weights in an image with the offered kernels, None: the usual ones.

        Operators run in stripes where the project's options say so.
        """
        code_bytes: int = self._profile(offer, run=False)["totals"]["code_bytes"]
        return code_bytes

    def _profile(self, offer: Offer | None, *, run: bool) -> Json:
        with tempfile.TemporaryDirectory(prefix="edgeflow-tune-") as temporary:
            folder = Path(temporary)
            code, image, execution = folder / "codegen", folder / "firmware", folder / "execution.json"
            target = msgspec.structs.replace(
                self.target, memory=_MEMORY, reserved=(), flash_timing=None, power=None
            )
            options = self._options(run=run)
            generate(self.model, code, name=self.name, options=options, offer=offer)
            link(code, image, target=target, compiler=self.compiler, emulator=self.emulator)
            if run:
                cases = seeded_cases(read_json(code / "network.json"), _CASE + 1)
                execute(code, image, [case[_CASE:] for case in cases], folder)
            profile(code, image, execution if run else None, folder, target=target)
            return read_json(folder / "profile.json")

    def _options(self, *, run: bool) -> CodegenOptions:
        """Without memory regions and what is only of interest beside the image.

        What is run to be measured has every operator by itself; what is only linked has the build's stripes.
        """
        return msgspec.structs.replace(
            self.options,
            stripes="off" if run else self.options.stripes,
            regions=(),
            emit_ir=False,
            confirm_tflm=False,
            tflm_offline_plan=False,
        )
