"""``model.c``: constant arrays, one function per operator, and the list of calls."""

from __future__ import annotations

from edgeflow.codegen.program import Program
from edgeflow.codegen.render import render
from edgeflow.memory.planner import ARENA_ALIGNMENT_BYTES


def model_c(program: Program) -> str:
    """The text of ``model.c``."""
    headers = sorted({call.kernel.header for step in program.steps for call in step.calls})
    return render(
        "model.c.j2",
        program=program,
        headers=headers,
        macro=program.prefix.upper(),
        table=_table(program),
        arena_alignment_bytes=ARENA_ALIGNMENT_BYTES,
    )


def _table(program: Program) -> list[tuple[str, str, str, str]]:
    """Table of contents: index, kind, shapes and name of every operator."""
    rows = []
    for step in program.steps:
        source = next((i for i in step.op.inputs if i is not None), None)
        shapes = [program.graph.tensors[i].shape for i in (source, *step.op.outputs[:1]) if i is not None]
        arrow = " -> ".join("x".join(map(str, shape)) or "scalar" for shape in shapes)
        name = program.graph.tensors[step.op.outputs[0]].name if step.op.outputs else ""
        rows.append((f"{step.op.index:02d}", step.op.kind, arrow, name))
    return rows
