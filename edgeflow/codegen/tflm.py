"""The TFLite Micro form: the flatbuffer as a C array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from edgeflow.codegen.identifiers import c_prefix, is_identifier
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.render import render
from edgeflow.errors import UsageError
from edgeflow.tflm.confirm import measure_arena
from edgeflow.tflm.estimate import (
    ArenaEstimate,
    computed_by_recorder,
    estimate_arena,
    estimate_to_json,
    planned_ahead,
)


@dataclass(frozen=True, slots=True)
class TflmForm:
    """The files by name, and what the interpreter's arena needs, for JSON."""

    files: dict[str, bytes]
    arena: dict[str, Any]


def tflm_form(
    flatbuffer: bytes, origin: str, *, name: str, symbol: str | None, options: CodegenOptions
) -> TflmForm:
    """The TFLite Micro form of a ``.tflite``; ``origin`` names it in messages.

    Raises:
        ModelError: the file is corrupt, or a plan or a measurement is asked for that it does not allow.
        UsageError: ``symbol`` is no C identifier.
        ToolError: the arena is to be measured, but the runtime is not installed.
    """
    plan = None
    if options.tflm_offline_plan:
        flatbuffer, plan = planned_ahead(flatbuffer, origin)
    measurement = None
    if options.confirm_tflm:
        computed = computed_by_recorder(flatbuffer, origin)
        measurement = measure_arena(flatbuffer, origin, computed.arena_bytes if computed else None)
    arena = replace(estimate_arena(flatbuffer, origin), measurement=measurement, plan=plan)
    texts = model_data(flatbuffer, name=name, symbol=symbol, arena=arena)
    files = {file_name: text.encode() for file_name, text in texts.items()}
    if plan is not None:
        files[f"{c_prefix(name)}_model.tflite"] = flatbuffer
    return TflmForm(files, estimate_to_json(arena))


def model_data(
    flatbuffer: bytes, *, name: str, symbol: str | None = None, arena: ArenaEstimate | None = None
) -> dict[str, str]:
    """The texts of ``<name>_model_data.cc`` and ``.h`` by file name.

    The array is ``g_<name>_model_data`` with ``g_<name>_model_data_size``; with ``symbol`` it is
    ``<symbol>`` with ``<symbol>_len``, as in the tutorials that have ``g_model`` and ``g_model_len``.
    With ``arena`` the header has ``kTensorArenaSize``, or says why it is not known.

    Raises:
        UsageError: ``symbol`` is no C identifier.
    """
    prefix = c_prefix(name)
    if symbol is not None and not is_identifier(symbol):
        raise UsageError(f"`{symbol}` is no C identifier", "use letters, digits and underscores: g_model")
    array = symbol or f"g_{prefix}_model_data"
    values = {
        "stem": f"{prefix}_model_data",
        "array": array,
        "size": f"{array}_len" if symbol else f"{array}_size",
        "data": flatbuffer,
        "arena": arena,
    }
    return {
        f"{prefix}_model_data.cc": render("model_data.cc.j2", **values),
        f"{prefix}_model_data.h": render("model_data.h.j2", **values),
    }
