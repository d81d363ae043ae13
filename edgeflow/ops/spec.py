"""What an operator file provides, and the kernel call it lowers to.

``OpSpec`` is the operator's entry in ``edgeflow.ops.registry``. ``KernelCall`` is pure data: the
generator in ``edgeflow.codegen`` renders it, the memory planner reads ``scratch_bytes`` and
``overlaps``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap

# Kernels by what they ask of a core: nothing, no SIMD (the fast ones for Cortex-M0+ and M3), the
# DSP extension, or that and Helium (MVE); all are plain C on any other core.
KernelSet = Literal["plain", "scalar", "dsp", "mve"]
KERNEL_SETS: tuple[KernelSet, ...] = get_args(KernelSet)

# A rule is a limit of the operator. It returns True when the operator keeps it; its docstring is
# the sentence the user reads when it does not, and the line in docs/operators.md.
Rule = Callable[[Graph, Op], bool]

Shape = tuple[int, ...]
# One for each output; None where they do not follow from the inputs.
Shapes = tuple[Shape, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class ConstArray:
    """A constant array of the generated C, emitted once per distinct content.

    ``role`` becomes part of the symbol name (``weights``, ``bias``, ``multiplier``, ``shift``,
    ``table``); all of them count as weights in the profile. ``values`` is C-contiguous and its
    dtype gives the C type (int8_t, int16_t, int32_t, float). A kernel that reads words needs an
    ``alignment_bytes`` of more than the type has.
    """

    role: str
    values: npt.NDArray[np.generic]
    alignment_bytes: int = 1


@dataclass(frozen=True, slots=True)
class TensorArg:
    """A pointer argument to a tensor: in the arena, or a constant's array.

    ``role`` names a constant's array as ``ConstArray.role`` does and is unused for activations.
    """

    tensor_id: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class ScratchArg:
    """A pointer argument to the call's scratch bytes in the arena."""


@dataclass(frozen=True, slots=True)
class NullArg:
    """A null pointer argument, for an absent optional tensor."""


Arg = TensorArg | ConstArray | ScratchArg | NullArg
ParamValue = int | float | tuple[int, ...] | ConstArray | None


@dataclass(frozen=True, slots=True)
class KernelCall:
    """One C call: ``function(&params, args...)``, or ``function(args...)`` when ``params_type`` is None.

    ``function`` is also the stem of its source in ``kernels/src`` and ``header`` a file in
    ``kernels/include``. A ``ParamValue`` of None renders as a null pointer, a tuple as a braced list.
    ``overlaps`` says where this call's output may share memory with its inputs: it follows from the
    order in which ``function`` reads and writes (``edgeflow.ops.overlap``), so another function for
    the same operator has its own.
    """

    function: str
    header: str
    args: tuple[Arg, ...]
    params_type: str | None = None
    params: tuple[tuple[str, ParamValue], ...] = ()
    scratch_bytes: int = 0
    overlaps: tuple[Overlap, ...] = ()


@dataclass(frozen=True, slots=True)
class OpSpec:
    """Everything the compiler knows about one TFLite builtin operator.

    ``output_shapes`` are those that follow from inputs and options (``edgeflow.ops.shapes``).
    ``lower`` gives one call, or several that run in sequence (an operator with several outputs).
    ``is_alias``: output bytes equal input bytes, so the call is left out when both have one address.
    """

    kind: str
    max_version: int
    rules: tuple[Rule, ...]
    output_shapes: Callable[[Graph, Op], Shapes]
    macs: Callable[[Graph, Op], int]
    lower: Callable[[Graph, Op], KernelCall | tuple[KernelCall, ...]]
    is_alias: bool = False
