"""``preprocess.c`` and ``.h`` of sound: samples to the network's input, as they come. Data and calls only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.render import render
from edgeflow.ir.graph import Tensor
from edgeflow.ops.spec import KernelCall
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.audio_tables import SoundTables, sound_tables

# Of `ef_audio_state`, on a machine of 32 bits; preprocess.c asserts it there.
_STATE_BYTES = 20


@dataclass(frozen=True, slots=True)
class Sound:
    """What the templates print. ``table`` is None where a byte, less ``flip``, is the network's value."""

    prefix: str
    spec: SoundSpec
    tables: SoundTables
    value_type: str
    flip: int
    table: npt.NDArray[Any] | None

    @property
    def value_bytes(self) -> int:
        """Of the network's input, each."""
        return np.dtype(self.value_type).itemsize

    @property
    def arrays(self) -> list[tuple[str, str, npt.NDArray[Any]]]:
        """The constant arrays: name, C type, values."""
        tables = self.tables
        arrays: list[tuple[str, str, npt.NDArray[Any]]] = [
            ("window", "int16_t", tables.window),
            ("sine", "int32_t", tables.sine),
            ("edges", "uint16_t", tables.edges),
            ("rise", "uint16_t", tables.rise),
        ]
        if self.spec.coefficients:
            arrays.append(("cosine", "int16_t", tables.cosine.reshape(-1)))
        return arrays

    @property
    def state_bytes(self) -> int:
        """Of the caller's memory on a machine of 32 bits."""
        spec = self.spec
        pairs = spec.window_samples + spec.mel_bands
        return _STATE_BYTES + 4 * spec.fft_samples + 4 * ((pairs + 1) // 2)


def sound_files(
    spec: SoundSpec,
    tensor: Tensor,
    prefix: str,
    kernels_dir: Path,
    *,
    flip: int,
    table: npt.NDArray[Any] | None,
) -> dict[str, bytes]:
    """The C of a model's preprocessing by flat file name, for the network's input ``tensor``."""
    sound = Sound(prefix, spec, sound_tables(spec), tensor.dtype, flip, table)
    values = {"p": sound, "macro": prefix.upper()}
    own = {f"preprocess.{kind}": render(f"sound.{kind}.j2", **values).encode() for kind in ("h", "c")}
    return own | kernel_files([KernelCall("ef_audio_clip", "ef_audio.h", ())], kernels_dir / "preprocess")
