"""``model.h``: what a caller needs to know of the network."""

from __future__ import annotations

from edgeflow.codegen.program import Program
from edgeflow.codegen.render import render
from edgeflow.memory.planner import ARENA_ALIGNMENT_BYTES


def model_h(program: Program) -> str:
    """The text of ``model.h``; valid C99 and C++."""
    ports = [(f"INPUT{i}", port.tensor) for i, port in enumerate(program.inputs)]
    ports += [(f"OUTPUT{i}", port.tensor) for i, port in enumerate(program.outputs)]
    return render(
        "model.h.j2",
        program=program,
        macro=program.prefix.upper(),
        ports=ports,
        arena_alignment_bytes=ARENA_ALIGNMENT_BYTES,
    )
