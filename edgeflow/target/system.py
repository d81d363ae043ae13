"""The descriptor of a phone or a Linux board: what estimates for LiteRT on it need to know."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edgeflow.strict_toml import closest
from edgeflow.target.application_core import APPLICATION_CORES, ApplicationCore
from edgeflow.target.schema import Fault, Kebab, PositiveInt, PositiveNumber, Text, about, uncovered

Figure = Literal["soc", "os", "cpu", "ram_bytes", "memory_bandwidth", "accelerator"]


class Cpu(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One group of equal cores; `[[cpu]]` is repeated, the fastest first."""

    core: Annotated[str, about("one of the application cores listed below")]
    count: Annotated[PositiveInt, about("how many of them")]
    clock_hz: Annotated[PositiveInt, about("highest clock in hertz")]

    @property
    def core_info(self) -> ApplicationCore:
        """The core's extensions."""
        return APPLICATION_CORES[self.core]


class Accelerator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A processor beside the cores that networks can run on; `[[accelerator]]` is repeated."""

    name: Annotated[Text, about("what its maker calls it")]
    kind: Annotated[Literal["gpu", "npu", "dsp"], about("`gpu`, `npu` or `dsp`")]
    int8_tops: Annotated[
        PositiveNumber | None, about("peak of its maker in 10^12 int8 operations a second")
    ] = None


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where figures of this file come from; `[[source]]` is repeated."""

    figures: Annotated[
        Annotated[tuple[Figure, ...], msgspec.Meta(min_length=1)],
        about("which of `soc`, `os`, `cpu`, `ram_bytes`, `memory_bandwidth`, `accelerator` it covers"),
    ]
    document: Annotated[Text, about("data sheet or page with its address, or project and path of a file")]


class System(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A phone or Linux board; all keys stand at the top of the file."""

    schema: Annotated[Literal[1], about("version of this format")]
    kind: Annotated[Literal["linux", "phone"], about("`linux` or `phone`")]
    name: Annotated[Kebab, about("equal to the file's stem")]
    title: Annotated[Text, about("one line for people: board or phone and its system on a chip")]
    soc: Annotated[Text, about("system on a chip")]
    os: Annotated[Text, about("operating system it comes with")]
    cpu: Annotated[Annotated[tuple[Cpu, ...], msgspec.Meta(min_length=1)], about("its cores")]
    source: Annotated[tuple[Source, ...], about("must cover each of the figures that the file gives")]
    ram_bytes: Annotated[PositiveInt | None, about("memory; of several models the smallest")] = None
    memory_bandwidth_bytes_per_second: Annotated[
        PositiveInt | None, about("peak of the memory: transfers a second times bytes of the bus")
    ] = None
    accelerator: Annotated[tuple[Accelerator, ...], about("GPU, NPU and DSP")] = ()

    @property
    def cores_text(self) -> str:
        """All cores in words."""
        return ", ".join(
            f"{cpu.count} x {cpu.core_info.title} at {cpu.clock_hz / 1e6:g} MHz" for cpu in self.cpu
        )


TABLES: dict[str, type[msgspec.Struct]] = {
    "": System,
    "cpu": Cpu,
    "accelerator": Accelerator,
    "source": Source,
}


def faults(system: System) -> list[Fault]:
    """What the schema cannot say, each as a sentence with a hint."""
    found: list[Fault] = [
        (
            f"cpu[{index}].core: unknown core `{cpu.core}`",
            closest(cpu.core, APPLICATION_CORES) or f"known: {', '.join(APPLICATION_CORES)}",
        )
        for index, cpu in enumerate(system.cpu)
        if cpu.core not in APPLICATION_CORES
    ]
    given = {
        "ram_bytes": system.ram_bytes,
        "memory_bandwidth": system.memory_bandwidth_bytes_per_second,
        "accelerator": system.accelerator,
    }
    needed = ["soc", "os", "cpu", *(figure for figure, value in given.items() if value)]
    return found + uncovered(needed, {figure for source in system.source for figure in source.figures})


def sourced_figures(system: System) -> int:
    """Facts with a source: chip, system, core, count and clock of each group, and what else is given."""
    numbers = (system.ram_bytes, system.memory_bandwidth_bytes_per_second)
    peaks = sum(each.int8_tops is not None for each in system.accelerator)
    return (
        2 + 3 * len(system.cpu) + sum(each is not None for each in numbers) + len(system.accelerator) + peaks
    )
