"""How long a model takes at least on a phone or Linux board: the roofline of its cores and of its memory.

Each operator needs its multiply-accumulates (MACs, with those on padding, which kernels compute too) at
the peak of the cores. That is a lower bound: nothing is known here of caches, of how well kernels use
the pipelines, and of clocks under load. The time in which the memory delivers each byte once is given
beside it; it binds only what the caches do not hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgeflow.errors import TargetError
from edgeflow.frontend.tflite import read_operators
from edgeflow.ir.graph import Graph, Op
from edgeflow.mobile.delegation import operator_macs
from edgeflow.mobile.peaks import Peak, peak_of
from edgeflow.target.system import System

SCHEMA = 1
KIND = (
    "bound; not validated: not faster than this, at the peak of the cores and their highest clock;"
    " how much slower it is, only `edgeflow benchmark` says"
)
MEMORY_KIND = "each byte once at the memory's peak bandwidth; binds only what the caches do not hold"
Json = dict[str, Any]


class Cores:
    """The cores of a system with a known peak, the fastest first."""

    def __init__(self, system: System) -> None:
        self.groups = [(cpu, peak_of(cpu.core)) for cpu in system.cpu]
        if self.groups[0][1] is None:
            raise TargetError(
                f"`{system.name}`: it is not known here how many MACs a {system.cpu[0].core} does in a cycle",
                "`edgeflow benchmark` measures; `edgeflow delegates` says what delegates take",
            )

    def single(self) -> list[tuple[Peak, int]]:
        """Peak and clock of each single core of a known peak, in the order of the descriptor."""
        return [
            (peak, cpu.clock_hz) for cpu, peak in self.groups if peak is not None for _ in range(cpu.count)
        ]

    def macs_per_second(self, dtype: str, threads: int) -> int | None:
        """What that many threads do at most, each on a core of its own; None for other element types."""
        rates = [
            macs * clock_hz
            for peak, clock_hz in self.single()
            if (macs := peak.macs_per_cycle(dtype)) is not None
        ]
        return sum(sorted(rates, reverse=True)[:threads]) if rates else None


def bound(model: Path, system: System) -> Json:
    """Least time of each operator and of the model.

    Raises:
        ModelError: the file cannot be read.
        TargetError: there is no figure for the system's fastest core.
    """
    graph, cores = read_operators(model), Cores(system)
    bandwidth = system.memory_bandwidth_bytes_per_second
    operators = [_operator(graph, op, cores, bandwidth) for op in graph.ops]
    return {
        "schema": SCHEMA,
        "model": model.name,
        "target": system.name,
        "kind": KIND,
        "memory_kind": MEMORY_KIND if bandwidth else "not available: no bandwidth in the descriptor",
        "cores": [
            {
                "core": cpu.core,
                "count": cpu.count,
                "clock_hz": cpu.clock_hz,
                "int8_macs_per_cycle": peak.int8_macs_per_cycle if peak else None,
                "int8_instruction": peak.instruction if peak else None,
                "float32_macs_per_cycle": peak.float32_macs_per_cycle if peak else None,
                "source": peak.source if peak else "not known",
            }
            for cpu, peak in cores.groups
        ],
        "operators": operators,
        "totals": {
            "macs": sum(op["macs"] for op in operators),
            "macs_without_peak": sum(op["macs"] for op in operators if op["least_us"] is None),
            "moved_bytes": sum(op["moved_bytes"] for op in operators),
            "memory_us": _sum([op["memory_us"] for op in operators]),
            "threads": [
                {"threads": count, "least_us": _least_total(operators, cores, count)}
                for count in thread_counts(len(cores.single()))
            ],
        },
    }


def thread_counts(cores: int) -> list[int]:
    """1, 2, 4 and so on, and all cores."""
    doubled = [2**power for power in range(cores.bit_length()) if 2**power < cores]
    return [*doubled, cores]


def _operator(graph: Graph, op: Op, cores: Cores, bandwidth: int | None) -> Json:
    source = graph.optional_tensor(op, 0)
    dtype = source.dtype if source else "none"
    tensors = [graph.tensors[i] for i in op.inputs if i is not None]
    constant_bytes = sum(each.byte_count for each in tensors if each.is_constant)
    input_bytes = sum(each.byte_count for each in tensors if not each.is_constant)
    output_bytes = sum(graph.tensors[i].byte_count for i in op.outputs)
    macs, moved = operator_macs(graph, op), constant_bytes + input_bytes + output_bytes
    least_us = _least_us(macs, cores.macs_per_second(dtype, 1))
    memory_us = None if bandwidth is None else moved * 1e6 / bandwidth
    return {
        "index": op.index,
        "kind": op.kind,
        "label": graph.label(op),
        "dtype": dtype,
        "macs": macs,
        "constant_bytes": constant_bytes,
        "input_bytes": input_bytes,
        "output_bytes": output_bytes,
        "moved_bytes": moved,
        "macs_per_byte": round(macs / moved, 2) if moved else None,
        "least_us": least_us,
        "memory_us": memory_us,
    }


def _least_us(macs: int, rate: int | None) -> float | None:
    if macs == 0:
        return 0.0
    return None if rate is None else macs * 1e6 / rate


def _least_total(operators: Sequence[Json], cores: Cores, threads: int) -> float:
    """Operators without a known peak count nothing: still a lower bound."""
    times = (_least_us(op["macs"], cores.macs_per_second(op["dtype"], threads)) for op in operators)
    return math.fsum(time for time in times if time is not None)


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if len(known) == len(values) else None
