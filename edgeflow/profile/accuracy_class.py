"""How far an estimate of cycles may be off: the one table, by core, that every printed estimate quotes."""

from __future__ import annotations

from dataclasses import dataclass

_REBUILT = "of other engines, rebuilt from public sources, with the model's parameters chosen in view of them"


@dataclass(frozen=True, slots=True)
class AccuracyClass:
    """The error of estimated cycles of a core, or only of the named targets with their flash simulated.

    ``error_percent`` is None where nothing was compared with silicon; ``basis`` says what was compared.
    """

    core: str
    targets: tuple[str, ...]
    error_percent: int | None
    basis: str

    @property
    def short(self) -> str:
        """The error alone, or that nobody knows it."""
        return self.basis if self.error_percent is None else f"±{self.error_percent} %"

    def __str__(self) -> str:
        return self.short if self.error_percent is None else f"{self.short}, {self.basis}"


# The first row that matches counts.
ACCURACY_CLASSES: tuple[AccuracyClass, ...] = (
    AccuracyClass(
        "cortex-m4f", ("nucleo-l4r5zi",), 10, f"checked on this part with eight published programs {_REBUILT}"
    ),
    AccuracyClass(
        "cortex-m33", ("nrf5340-dk",), 10, f"checked on this part with four published programs {_REBUILT}"
    ),
    AccuracyClass("cortex-m4f", (), 15, "the core was checked on one part, the STM32L4R5"),
    AccuracyClass("cortex-m33", (), 15, "the core was checked on one part, the nRF5340"),
    AccuracyClass("cortex-m7", (), 25, "a coarse model of a core that issues two instructions at a time"),
    AccuracyClass("cortex-m0plus", (), None, "not validated on silicon"),
    AccuracyClass("cortex-m3", (), None, "not validated on silicon"),
    AccuracyClass("cortex-m55", (), None, "not validated on silicon"),
    AccuracyClass("rv32imc", (), None, "not validated on silicon"),
)


def accuracy_class(core: str, target: str, *, has_flash: bool) -> AccuracyClass:
    """The class of an estimate; ``has_flash`` says whether waiting for the flash is part of it."""
    return next(
        row
        for row in ACCURACY_CLASSES
        if row.core == core and (not row.targets or (has_flash and target in row.targets))
    )
