"""The TFLite Micro form: the flatbuffer as a C array."""

from __future__ import annotations

from edgeflow.codegen.identifiers import c_prefix, is_identifier
from edgeflow.codegen.render import render
from edgeflow.errors import UsageError
from edgeflow.tflm.estimate import ArenaEstimate


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
