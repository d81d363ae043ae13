"""The ``[codegen]`` table of a project."""

from __future__ import annotations

import msgspec


class CodegenOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the C is generated; equal options and an equal model give equal files."""

    # Passes to leave out, by name; for finding out what a pass does.
    disabled_passes: tuple[str, ...] = ()
    # Also write the graph before and after the passes, as text.
    emit_ir: bool = False
    # The generated C holds its arena as `<model>_arena`, instead of the caller.
    static_arena: bool = False
    # Measure TFLite Micro's arena with its Python package, which must be installed.
    confirm_tflm: bool = False


DEFAULT_OPTIONS = CodegenOptions()
