"""Whether weights and activations of an int8 graph can fit a target at all, before anything is compiled."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from edgeflow.ir.graph import Graph, Op
from edgeflow.target.descriptor import Target

# One byte an element: what int8 makes of activations and weights.
_WIDER = {"int16": 2, "int32": 4, "int64": 8}


@dataclass(frozen=True, slots=True)
class Fit:
    """Least bytes that a model needs beside code, and what the target has for it.

    ``activation_bytes`` is the arena of the memory plan where the whole model compiles (``is_planned``),
    else what the fullest operator needs for its inputs and outputs: no plan needs less, but with stripes
    an operator need not have them whole.
    """

    weights_bytes: int
    activation_bytes: int
    is_planned: bool
    fullest_layer: str
    flash_bytes: int
    ram_bytes: int

    @property
    def fits(self) -> bool | None:
        """False: it cannot; True: weights and plan fit, code and stack come on top; None: not known."""
        if self.weights_bytes > self.flash_bytes or (
            self.is_planned and self.activation_bytes > self.ram_bytes
        ):
            return False
        return True if self.is_planned else None

    def as_json(self) -> dict[str, object]:
        """As ``check-model --json`` prints it."""
        return {**asdict(self), "fits": self.fits}


def constant_bytes(graph: Graph) -> int:
    """Bytes of all constants, as int8 where they are still float."""
    used = {i for op in graph.ops for i in op.inputs if i is not None and graph.tensors[i].is_constant}
    return sum(_byte_count(graph, tensor_id) for tensor_id in used)


def fullest(graph: Graph) -> tuple[int, Op | None]:
    """The most bytes that one operator has as inputs and outputs, in int8, and that operator."""
    sizes = [(_live_bytes(graph, op), op) for op in graph.ops]
    return max(sizes, key=lambda pair: pair[0], default=(0, None))


def _live_bytes(graph: Graph, op: Op) -> int:
    named = {i for i in (*op.inputs, *op.outputs) if i is not None}
    return sum(_byte_count(graph, i) for i in named if not graph.tensors[i].is_constant)


def _byte_count(graph: Graph, tensor_id: int) -> int:
    tensor = graph.tensors[tensor_id]
    return tensor.element_count * _WIDER.get(tensor.dtype, 1)


def room(target: Target) -> tuple[int, int]:
    """Bytes of flash and RAM that a program may take of all regions of a target."""
    flash = sum(region.size_bytes for region in target.flashes) - target.reserved_bytes("flash")
    ram = sum(region.size_bytes for region in target.rams) - target.reserved_bytes("ram")
    return flash, ram
