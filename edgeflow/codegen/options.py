"""The ``[codegen]`` table of a project."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal, get_args

import msgspec

from edgeflow.errors import UsageError

# Where operators run in stripes of rows (docs/stripes.md).
StripeMode = Literal["auto", "off", "smallest"]
STRIPE_MODES: tuple[StripeMode, ...] = get_args(StripeMode)

Share = Annotated[float, msgspec.Meta(ge=0.0, le=10.0)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]


class CodegenOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the C is generated; equal options and an equal model give equal files."""

    # Passes to leave out, by name; for finding out what a pass does.
    disabled_passes: tuple[str, ...] = ()
    # Also write the graph before and after the passes, as text.
    emit_ir: bool = False
    # The generated C holds its arena as `<model>_arena`, instead of the caller.
    static_arena: bool = False
    # "plain", "scalar" for cores without SIMD (Cortex-M0+, M3, RISC-V), "dsp" for cores with the DSP
    # extension (M4, M7, M33), or "mve" for Helium (M55);
    # these are C on any other core. "auto" is what suits the target of a build, plain without one.
    kernels: Literal["auto", "plain", "scalar", "dsp", "mve"] = "auto"
    # Measure on the emulated core which kernel is the fastest for each operator, and take that.
    tune: bool = False
    # When tuning: bytes that code and read-only tables, without weights, may take; the kernels that gain
    # the least per byte are given up.
    code_budget_bytes: PositiveInt | None = None
    # Measure TFLite Micro's arena with its Python package, which must be installed.
    confirm_tflm: bool = False
    # Write a memory plan into the TFLite Micro form where it is better than the one made at run time.
    tflm_offline_plan: bool = False
    # Shapes of inputs whose size the model leaves open, by the input's name in the model or its signature.
    shapes: dict[str, tuple[int, ...]] = msgspec.field(default_factory=dict)
    # Which of several signatures is compiled.
    signature: str | None = None
    # Inputs and outputs of float32, or of uint8 where that is int8 plus 128, become the int8 tensors behind
    # them; the caller converts. Left open, `edgeflow build` does so where neither shapes nor a signature are
    # chosen, and `edgeflow codegen` does not.
    integer_edges: bool | None = None
    # Bytes of the memory regions that the arena may take, in order of preference; empty: one without
    # limit. A build takes those of its target where it has several.
    regions: tuple[PositiveInt, ...] = ()
    # Operators in stripes of rows, so that tensors between them are never stored whole: "auto" where the
    # arena falls by a tenth or more, or does not fit otherwise, "smallest" where it falls at all, "off".
    stripes: StripeMode = "auto"
    # The share of the network's multiply-accumulates that stripes may compute again to need less memory.
    max_recompute: Share = 0.0


DEFAULT_OPTIONS = CodegenOptions()


_UNITS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20}


def parse_regions(texts: Sequence[str]) -> tuple[int, ...]:
    """The bytes of ``128KiB`` texts.

    Raises:
        UsageError: a text is not of this form.
    """
    return tuple(map(_region_bytes, texts))


def _region_bytes(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,9}) ?(B|KiB|MiB|)", text)
    if not found:
        raise UsageError(f"`{text}` is no size of a memory region", "for example --region 128KiB")
    return int(found[1]) * _UNITS[found[2]]


def parse_shapes(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes of ``NAME=1,96,96,3`` texts.

    Raises:
        UsageError: a text is not of this form, or two name one input.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, separator, dims = text.rpartition("=")
        if not (separator and name and re.fullmatch(r"[0-9]{1,10}(,[0-9]{1,10})*", dims)):
            raise UsageError(
                f"`{text}` is not of the form NAME=1,96,96,3", "for example --shape input=1,96,96,3"
            )
        if name in shapes:
            raise UsageError(f"`{name}` has two shapes")
        shapes[name] = tuple(map(int, dims.split(",")))
    return shapes
