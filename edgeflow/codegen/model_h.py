"""``model.h``: what a caller needs to know of the network."""

from __future__ import annotations

from edgeflow.codegen.program import Program
from edgeflow.codegen.render import render
from edgeflow.memory.planner import ARENA_ALIGNMENT_BYTES

# The header of the kernels that `model.h` includes.
CALLER_HEADER = "ef_real.h"

# What a value of a quantized port is limited to.
_LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}


def model_h(program: Program) -> str:
    """The text of ``model.h``; valid C99 and C++."""
    ports = [(f"INPUT{i}", port.tensor) for i, port in enumerate(program.inputs)]
    ports += [(f"OUTPUT{i}", port.tensor) for i, port in enumerate(program.outputs)]
    return render(
        "model.h.j2",
        program=program,
        macro=program.prefix.upper(),
        ports=ports,
        limits=_LIMITS,
        arena_alignment_bytes=ARENA_ALIGNMENT_BYTES,
    )
