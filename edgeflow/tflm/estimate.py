"""The arena for each kind of machine, with a margin, and what of it was confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from edgeflow.tflm.arena import ArenaNeed, arena_need, unknown_kinds
from edgeflow.tflm.cmsis_nn import CMSIS_NN_KERNELS, CMSIS_NN_MVE_KERNELS, UNCOUNTED_KINDS
from edgeflow.tflm.confirm import Measurement
from edgeflow.tflm.greedy import BUFFER_ALIGNMENT_BYTES
from edgeflow.tflm.head import all_tensors
from edgeflow.tflm.kernels import REFERENCE_KERNELS, SHAPE_ERRORS, Kernel
from edgeflow.tflm.layout import align_up
from edgeflow.tflm.offline import OfflinePlan, plan_into_file
from edgeflow.tflm.source import ModelFacts, read_facts

SCHEMA = 1

# Machines by the name used in JSON: bytes of a pointer and the kernels.
MACHINES: Mapping[str, tuple[str, int, Mapping[str, Kernel]]] = MappingProxyType(
    {
        "reference": ("32-bit, reference kernels", 4, REFERENCE_KERNELS),
        "cmsis_nn": ("32-bit, CMSIS-NN", 4, CMSIS_NN_KERNELS),
        "cmsis_nn_mve": ("32-bit, CMSIS-NN with MVE", 4, CMSIS_NN_MVE_KERNELS),
        "host": ("64-bit, reference kernels", 8, REFERENCE_KERNELS),
    }
)
# For a TFLite Micro of another date: its structs and the options of its build differ by some fields.
_MARGIN_TAIL_DIVISOR = 8
_MARGIN_MIN_BYTES = 128


@dataclass(frozen=True, slots=True)
class MachineNeed:
    """The computed need on one kind of machine and the margin that the header's constant adds."""

    machine: str
    title: str
    need: ArenaNeed
    margin_bytes: int

    @property
    def size_bytes(self) -> int:
        """What to give the interpreter."""
        return self.need.arena_bytes + self.margin_bytes


@dataclass(frozen=True, slots=True)
class ArenaEstimate:
    """The need on every kind of machine, or none and the ``reason`` why it is not known.

    ``uncounted`` are the model's operators whose buffers on CMSIS-NN are not part of it.
    """

    machines: tuple[MachineNeed, ...]
    reason: str = ""
    uncounted: tuple[str, ...] = ()
    measurement: Measurement | None = None
    plan: OfflinePlan | None = None

    def size_bytes(self, *machines: str) -> int:
        """The largest size of these machines."""
        return max(entry.size_bytes for entry in self.machines if entry.machine in machines)


def estimate_arena(data: bytes, origin: str) -> ArenaEstimate:
    """The arena of the bytes of a ``.tflite``; ``origin`` names them in messages.

    Raises:
        ModelError: the bytes are corrupt.
    """
    model = read_facts(data, origin)
    unknown = unknown_kinds(model)
    if unknown:
        reason = f"what TFLite Micro needs for {', '.join(unknown)} is not known to edgeflow"
        return ArenaEstimate((), reason)
    if model.offline_offsets is not None and len(model.offline_offsets) != len(all_tensors(model)):
        return ArenaEstimate((), "the offline memory plan in the file is for another count of tensors")
    try:
        machines = _machines(model)
    except SHAPE_ERRORS:
        return ArenaEstimate((), "the file does not give every shape that TFLite Micro reads")
    present = {node.kind for graph in model.subgraphs for node in graph.nodes}
    uncounted = tuple(kind for kind in UNCOUNTED_KINDS if kind in present)
    return ArenaEstimate(machines, "", uncounted)


def _machines(model: ModelFacts) -> tuple[MachineNeed, ...]:
    needs = (
        (name, title, arena_need(model, pointer_bytes, kernels))
        for name, (title, pointer_bytes, kernels) in MACHINES.items()
    )
    return tuple(MachineNeed(name, title, need, _margin(need)) for name, title, need in needs)


def _margin(need: ArenaNeed) -> int:
    return align_up(_MARGIN_MIN_BYTES + need.tail_bytes // _MARGIN_TAIL_DIVISOR, BUFFER_ALIGNMENT_BYTES)


def computed_by_recorder(data: bytes, origin: str) -> ArenaNeed | None:
    """The need in the Python package, whose allocator records; None where it is not known.

    Raises:
        ModelError: the bytes are corrupt.
    """
    model = read_facts(data, origin)
    return None if estimate_arena(data, origin).reason else arena_need(model, 8, recording=True)


def estimate_to_json(estimate: ArenaEstimate) -> dict[str, Any]:
    """The content of ``tflm_arena.json``."""
    return {
        "schema": SCHEMA,
        "machines": [
            {
                "machine": entry.machine,
                "title": entry.title,
                **asdict(entry.need),
                "margin_bytes": entry.margin_bytes,
                "size_bytes": entry.size_bytes,
            }
            for entry in estimate.machines
        ],
        "unknown_because": estimate.reason or None,
        "uncounted_on_cmsis_nn": list(estimate.uncounted),
        "offline_plan": None if estimate.plan is None else _plan_to_json(estimate.plan),
        "measured": None if estimate.measurement is None else asdict(estimate.measurement),
    }


def _plan_to_json(plan: OfflinePlan) -> dict[str, Any]:
    return {
        "moved_operators": sum(old != new for new, old in enumerate(plan.order)),
        "online_head_bytes": dict(zip(MACHINES, plan.online_head_bytes, strict=True)),
    }


def planned_ahead(data: bytes, origin: str) -> tuple[bytes, OfflinePlan | None]:
    """A ``.tflite`` with an offline plan that is better on every machine; unchanged where there is none.

    Raises:
        ModelError: the bytes are corrupt, or the model is none that can be planned ahead.
    """
    return plan_into_file(data, origin, [kernels for _, _, kernels in MACHINES.values()])
