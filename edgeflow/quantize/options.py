"""What a project says about quantization; no heavy import, read at start-up."""

from __future__ import annotations

from typing import Annotated

import msgspec


class QuantizeOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[quantize]`` table of the project file."""

    # Training pictures per class that set the ranges of the activations.
    calibration_per_class: Annotated[int, msgspec.Meta(ge=1)] = 20
