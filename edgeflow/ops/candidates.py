"""Every way to run an operator on a core: the calls of the core's own kernels and of simpler ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.registry import choices
from edgeflow.ops.spec import ConstArray, KernelCall, KernelSet, TensorArg

Calls = tuple[KernelCall, ...]
# A plain description: equal for calls that differ in nothing but places and values of data.
Form = list[list[object]]

# Sets whose kernels a core runs too: those for SIMD have a portable form, and all cores run plain C.
_SETS: Mapping[KernelSet, tuple[KernelSet, ...]] = MappingProxyType(
    {
        "plain": ("plain",),
        "scalar": ("scalar", "dsp", "plain"),
        "dsp": ("dsp", "scalar", "plain"),
        "mve": ("mve", "dsp", "scalar", "plain"),
    }
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Calls for an operator, with what tells them from others of the same operator."""

    calls: Calls
    form: Form

    @property
    def functions(self) -> tuple[str, ...]:
        """The kernels called."""
        return tuple(dict.fromkeys(call.function for call in self.calls))

    @property
    def scratch_bytes(self) -> int:
        """Of the call that needs the most."""
        return max(call.scratch_bytes for call in self.calls)


def candidates(graph: Graph, op: Op, kernels: KernelSet) -> tuple[Candidate, ...]:
    """All different calls, those of ``choices`` first and in its order."""
    found: dict[str, Candidate] = {}
    for each in _SETS[kernels]:
        for calls in choices(graph, op, each):
            form = call_form(graph, calls)
            found.setdefault(repr(form), Candidate(calls, form))
    return tuple(found.values())


def call_form(graph: Graph, calls: Calls) -> Form:
    """Functions, parameters and shapes, without the values of tensors and constant arrays.

    These decide what a call costs: the kernels' loops follow from sizes, not from data.
    """
    return [[call.function, call.scratch_bytes, *_parts(graph, call)] for call in calls]


def _parts(graph: Graph, call: KernelCall) -> Iterator[object]:
    for name, value in call.params:
        yield [name, _array(value) if isinstance(value, ConstArray) else _plain(value)]
    for arg in call.args:
        if isinstance(arg, TensorArg):
            tensor = graph.tensors[arg.tensor_id]
            yield [tensor.dtype, list(tensor.shape), tensor.is_constant]
        else:
            yield _array(arg) if isinstance(arg, ConstArray) else type(arg).__name__


def _plain(value: object) -> object:
    """A number or numbers of Python, whatever library's they are."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def _array(array: ConstArray) -> list[object]:
    return [array.role, str(array.values.dtype), list(array.values.shape)]
