"""A region as the generator prints it: its operators' calls, and what each turn reads, writes and carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edgeflow.ir.graph import Op
from edgeflow.memory.plan import MemoryPlan
from edgeflow.ops.spec import KernelCall

# The kind of the operator that stands for a region in the memory plan.
REGION_KIND = "STRIPES"


@dataclass(frozen=True, slots=True)
class StageTurn:
    """One operator in one turn. All offsets are bytes from a tensor's begin, or from its buffer's.

    ``call`` is the place of its kernel call among the stage's, None in a turn that writes nothing.
    ``carried_bytes`` move from ``carried_from`` to the begin of the output's buffer before it.
    """

    call: int | None
    offsets: Mapping[int, int]
    carried_from: int = 0
    carried_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One operator of a region, its distinct kernel calls, and its turns."""

    op: Op
    calls: tuple[KernelCall, ...]
    turns: tuple[StageTurn, ...]
    recomputed_macs: int


@dataclass(frozen=True, slots=True)
class Region:
    """Operators that run in turns of ``rows`` rows of the last one's output.

    ``inner`` is the plan of the region's scratch memory: the buffers of the tensors between the operators,
    and the scratch memory of each.
    """

    stages: tuple[Stage, ...]
    rows: int
    inner: MemoryPlan

    @property
    def turn_count(self) -> int:
        """How often each stage is entered."""
        return len(self.stages[0].turns)

    @property
    def recomputed_macs(self) -> int:
        """Multiply-accumulates that run more than once, all stages."""
        return sum(stage.recomputed_macs for stage in self.stages)


@dataclass(frozen=True, slots=True, eq=False)
class RegionCall(KernelCall):
    """What the memory planner and the choice of calls see of a region: scratch memory and overlaps."""

    region: Region = field(kw_only=True)
