"""Clips of sound through the whole chain: prepared and classified by Python, host and core."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from edgeflow.emulate.cases import picture_values, read_npz
from edgeflow.emulate.network import Network
from edgeflow.emulate.raw_pictures import missing_image
from edgeflow.preprocess.audio_spec import SoundSpec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.host import HostRuntime
    from edgeflow.emulate.runtime import Array

# Of the data stage.
SOUNDS_NAME = "raw_sounds.npz"


@dataclass(frozen=True, slots=True)
class RawSounds:
    """A few test sounds as int16 clips, their preparation, and the image for them or why there is none."""

    what: ClassVar[str] = "raw sounds"
    clips: npt.NDArray[np.int16]
    spec: SoundSpec
    firmware_dir: Path | None

    @property
    def missing_image(self) -> str | None:
        """Why the core has no image for them; None where it has."""
        return missing_image(self.firmware_dir)

    def __len__(self) -> int:
        """The number of clips."""
        return len(self.clips)

    def prepared(self, network: Network) -> Array:
        """The network's inputs [N, ...] by Python, which training and calibration go by."""
        from edgeflow.preprocess.audio import sound_features

        return picture_values(sound_features(self.clips, self.spec), network.inputs[0], self.spec)

    def by_host(self, host: HostRuntime) -> Array:
        """The same by the generated C."""
        return host.prepare_sounds(self.clips)

    def packed(self) -> list[bytes]:
        """As the program for them reads each (firmware_templates/sounds)."""
        return [struct.pack("<I", len(clip)) + clip.astype("<i2").tobytes() for clip in self.clips]


def load_raw_sounds(data_dir: Path, spec: SoundSpec, firmware_dir: Path | None) -> RawSounds:
    """Those that the data stage kept, cut and filled to clips."""
    import numpy as np

    arrays = read_npz(data_dir / SOUNDS_NAME)
    clips = np.zeros((len(arrays), spec.clip_samples), np.int16)
    for clip, name in zip(clips, sorted(arrays), strict=True):
        samples = arrays[name][: spec.clip_samples]
        clip[: len(samples)] = samples.astype(np.int16, casting="safe")
    return RawSounds(clips, spec, firmware_dir)
