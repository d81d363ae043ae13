"""The cycle model: an in-order pipeline with a table of costs per core, without wait states.

Each distinct basic block is walked once and weighed by how often it ran; every taken branch adds the
refill of the pipeline. Nothing is carried from one block into the next, flash and caches answer at
once, and an instruction whose IT condition failed costs as if it had run. It is an estimate.

Sources: Arm Cortex-M0+ Technical Reference Manual (DDI 0484), table 3-1; Cortex-M3 TRM (DDI 0337)
table 3-1; Cortex-M4 TRM (100166), tables 3-1 and 7-1; for the Cortex-M33 and M7 the processor models
of SLOTHY (Abdulrahman et al., TCHES 2024) and LLVM's scheduling descriptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from edgeflow.profile.classify import UNKNOWN, Decoder, Instruction
from edgeflow.profile.image import Image
from edgeflow.profile.instructions import Block


@dataclass(frozen=True, slots=True)
class Cost:
    """Cycles that an instruction holds the pipeline, and when its result is ready.

    A transfer of N registers holds it ``cycles + N * halves_per_register / 2``, rounded up, and at
    least ``minimum``. ``latency`` counts from issue. ``per_cycle`` is how many of its kind may issue
    in one cycle on a core that is wide enough.
    """

    cycles: int = 1
    latency: int = 1
    halves_per_register: int = 0
    minimum: int = 0
    per_cycle: int = 1

    def held(self, register_count: int) -> int:
        """Cycles for that many registers."""
        return max(self.minimum, self.cycles + (register_count * self.halves_per_register + 1) // 2)


@dataclass(frozen=True, slots=True)
class CoreModel:
    """One column of the table. ``refill`` is what a taken branch adds."""

    core: str
    costs: Mapping[str, Cost]
    refill: int
    width: int = 1
    pairs_loads: bool = False
    return_extra: int = 0
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class CycleEstimate:
    """Cycles of every slot; ``unknown`` names executed instructions that cost one cycle for want of a row."""

    by_slot: dict[int, int]
    unknown: tuple[str, ...]


def _table(**changed: Cost) -> dict[str, Cost]:
    one = Cost()
    kinds = ("nothing", "it", "system", "call", "branch", "multiply", "multiply_add", "alu", "store")
    return dict.fromkeys(kinds, one) | changed


def _float(latency: int) -> dict[str, Cost]:
    """Cortex-M4 TRM, table 7-1; the same cycles are assumed for the M33 and the M7."""
    return {
        "float": Cost(latency=latency),
        "float_multiply_add": Cost(3, latency=3),
        "float_divide": Cost(14, latency=14),
        "float_load": Cost(2, latency=2),
        "float_store": Cost(2),
        "float_load_multiple": _ONE_PLUS_N,
        "float_store_multiple": _ONE_PLUS_N,
    }


_ONE_PLUS_N = Cost(1, halves_per_register=2)
_LATE = Cost(1, latency=2)
_TWO = Cost(2, latency=2)

_M0PLUS = _table(
    system=Cost(3),
    call=_TWO,
    load=_TWO,
    store=_TWO,
    load_multiple=_ONE_PLUS_N,
    store_multiple=_ONE_PLUS_N,
)
_M3 = _table(
    multiply_add=_TWO,
    long_multiply=Cost(4, latency=4),
    long_multiply_add=Cost(6, latency=6),
    divide=Cost(7, latency=7),
    load=_TWO,
    load_pair=_ONE_PLUS_N,
    store_pair=_ONE_PLUS_N,
    load_multiple=_ONE_PLUS_N,
    store_multiple=_ONE_PLUS_N,
    table_branch=_TWO,
)
_M4 = _M3 | _float(1) | {
    "multiply_add": Cost(),
    "long_multiply": Cost(),
    "long_multiply_add": Cost(),
    "dsp_multiply": Cost(),
    "simd": Cost(),
}  # fmt: skip
_N_AT_LEAST_TWO = Cost(0, latency=2, halves_per_register=2, minimum=2)
_M33 = _table(
    multiply=_LATE,
    multiply_add=_LATE,
    long_multiply=_LATE,
    long_multiply_add=_LATE,
    dsp_multiply=_LATE,
    simd=Cost(),
    divide=Cost(6, latency=6),
    load=_LATE,
    load_pair=_N_AT_LEAST_TWO,
    store_pair=_N_AT_LEAST_TWO,
    load_multiple=_N_AT_LEAST_TWO,
    store_multiple=_N_AT_LEAST_TWO,
    table_branch=_TWO,
) | _float(1)
_HALF_N = Cost(0, latency=2, halves_per_register=1, minimum=1)
_M7 = _table(
    nothing=Cost(per_cycle=2),
    it=Cost(0),
    alu=Cost(per_cycle=2),
    simd=Cost(),
    multiply=_LATE,
    multiply_add=_LATE,
    long_multiply=_LATE,
    long_multiply_add=_LATE,
    dsp_multiply=_LATE,
    divide=Cost(8, latency=8),
    load=Cost(1, latency=2, per_cycle=2),
    load_pair=_HALF_N,
    store_pair=_HALF_N,
    load_multiple=_HALF_N,
    store_multiple=_HALF_N,
    table_branch=_TWO,
) | _float(1)

CORE_MODELS: dict[str, CoreModel] = {
    model.core: model
    for model in (
        CoreModel("cortex-m0plus", _M0PLUS, refill=1, return_extra=1,
                  assumption="assumes the single-cycle multiplier"),
        CoreModel("cortex-m3", _M3, refill=2, pairs_loads=True),
        CoreModel("cortex-m4f", _M4, refill=2, pairs_loads=True),
        CoreModel("cortex-m33", _M33, refill=2),
        CoreModel("cortex-m7", _M7, refill=1, width=2),
    )
}  # fmt: skip


@dataclass(slots=True)
class _Pipeline:
    """The cycle being filled, what it already holds, and when registers are ready."""

    width: int
    now: int = 0
    issued: dict[str, int] = field(default_factory=dict)
    ready: dict[str, int] = field(default_factory=dict)

    def advance_to(self, cycle: int) -> None:
        if cycle > self.now:
            self.now = cycle
            self.issued.clear()

    def place(self, instruction: Instruction, cost: Cost, held: int) -> None:
        self.advance_to(max((self.ready.get(r, 0) for r in instruction.reads), default=0))
        alone = held > 1 or instruction.register_count > 0
        full = sum(self.issued.values()) >= self.width
        if full or self.issued.get(instruction.kind, 0) >= cost.per_cycle or (alone and self.issued):
            self.advance_to(self.now + 1)
        for register in instruction.writes:
            self.ready[register] = self.now + max(held, cost.latency)
        for register in instruction.updated:
            self.ready[register] = self.now + 1
        self.issued[instruction.kind] = self.issued.get(instruction.kind, 0) + 1
        if alone:
            self.advance_to(self.now + held)

    @property
    def end(self) -> int:
        return self.now + bool(self.issued)


def block_cycles(instructions: Iterable[Instruction], model: CoreModel) -> int:
    """Cycles of one pass through a block, its last branch not taken."""
    pipeline = _Pipeline(model.width)
    follows_load = False
    for instruction in instructions:
        cost = model.costs.get(instruction.kind, Cost())
        held = cost.held(instruction.register_count) + model.return_extra * instruction.is_return
        is_load = instruction.kind == "load"
        if model.pairs_loads and is_load and follows_load:
            held = 1
        follows_load = is_load
        if held:
            pipeline.place(instruction, cost, held)
    return pipeline.end


def cycles_by_slot(image: Image, blocks: Iterable[Block], model: CoreModel) -> CycleEstimate:
    """Estimated cycles of every slot of a run."""
    decoder = Decoder()
    known: dict[tuple[int, int], int] = {}
    unknown: set[str] = set()
    totals: dict[int, int] = {}
    for block in blocks:
        key = (block.address, block.byte_count)
        if key not in known:
            instructions = decoder.decode(image.code(*key), block.address)
            unknown |= {i.name for i in instructions if i.kind == UNKNOWN or i.kind not in model.costs}
            known[key] = block_cycles(instructions, model)
        spent = known[key] * block.executions + model.refill * block.taken
        totals[block.slot] = totals.get(block.slot, 0) + spent
    return CycleEstimate(totals, tuple(sorted(unknown)))
