"""Sliding windows: the output size and the padding of TFLite's SAME and VALID, and of a folded PAD."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeflow.ir.graph import Op
from edgeflow.ops.overlap import NO_PLACE, Places


@dataclass(frozen=True, slots=True)
class Window:
    """One spatial dimension of a convolution or pooling.

    ``explicit`` is the padding before and after the input where ``padding`` is "EXPLICIT", which no
    file says but a pass that folded a PAD.
    """

    kernel: int
    stride: int
    dilation: int
    padding: str
    explicit: tuple[int, int] = (0, 0)

    @property
    def reach(self) -> int:
        """Input elements from the first tap to the last."""
        return (self.kernel - 1) * self.dilation + 1

    def output_size(self, size: int) -> int:
        """Output positions over an input of that size; below 1 when the window does not fit."""
        room = size if self.padding == "SAME" else size + sum(self.explicit) - self.reach + 1
        return -(-room // self.stride)

    def pads(self, size: int) -> tuple[int, int]:
        """Padding before and after the input; of an odd total the smaller half is before."""
        if self.padding != "SAME":
            return self.explicit
        needed = (self.output_size(size) - 1) * self.stride + self.reach - size
        before = max(0, needed) // 2
        return before, max(0, needed) - before

    def pad_before(self, size: int) -> int:
        """Padding before the input."""
        return self.pads(size)[0]

    def first_reads(self, size: int) -> Places:
        """For each output position the first input position that it reads."""
        origins = np.arange(self.output_size(size), dtype=np.int64) * self.stride - self.pad_before(size)
        skipped = np.maximum(0, -(origins // self.dilation))
        first = origins + skipped * self.dilation
        return np.where((skipped < self.kernel) & (first < size), first, NO_PLACE)


def reach_the_input(both: tuple[Window, Window]) -> bool:
    """Whether explicit padding is so narrow that every window spans a place of the input.

    Wider padding would let the kernels form addresses far outside of it.
    """
    return all(0 <= pad < window.reach for window in both for pad in window.explicit)


def int_attr(op: Op, name: str, default: int | None = None) -> int:
    """An integer option of the operator.

    Raises:
        KeyError: it is absent and has no default. TypeError: it is no integer.
    """
    value = op.attrs[name] if default is None else op.attrs.get(name, default)
    if not isinstance(value, int):
        raise TypeError(f"{op.kind} option {name} is {value!r}, not an integer")
    return int(value)


def windows(op: Op, kernel_h: int, kernel_w: int) -> tuple[Window, Window]:
    """The windows along height and width, from the operator's strides, dilations and padding."""
    padding = str(op.attrs["padding"])
    return (
        Window(
            kernel_h,
            int_attr(op, "stride_h"),
            int_attr(op, "dilation_h_factor", 1),
            padding,
            (int_attr(op, "pad_top", 0), int_attr(op, "pad_bottom", 0)),
        ),
        Window(
            kernel_w,
            int_attr(op, "stride_w"),
            int_attr(op, "dilation_w_factor", 1),
            padding,
            (int_attr(op, "pad_left", 0), int_attr(op, "pad_right", 0)),
        ),
    )
