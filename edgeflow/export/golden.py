"""What exports in Python and JavaScript read: facts of the model, and golden cases, as JSON."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import canonical_json, sha256_bytes
from edgeflow.errors import InternalError
from edgeflow.export.bundle import Bundle
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.declaration import Declaration
from edgeflow.preprocess.spec import PictureSpec
from edgeflow.preprocess.values import RAW_TYPES, apply_table, raw_table, real_table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# Width, height and channels of noise: larger and smaller than an input, both ratios, a sliver.
_PICTURES = ((64, 48, 3), (6, 31, 1), (2, 1, 3), (50, 50, 1))
_CLIPS = 2
# Width and height, in RGB: small, as it is a constant in flash.
_SELF_TEST_PICTURE = (19, 14)


def kind_of(bundle: Bundle) -> str:
    """What the network takes: ``picture``, ``sound``, or ``raw`` tensors."""
    if bundle.preprocessing is None:
        return "raw"
    return "picture" if isinstance(bundle.preprocessing, PictureSpec) else "sound"


def model_json(bundle: Bundle) -> bytes:
    """Name, labels, inputs, outputs and preprocessing, with the numbers that follow from it."""
    ports = {
        key: [
            {name: port[name] for name in ("name", "dtype", "shape", "scale", "zero_point")}
            for port in bundle.network[key]
        ]
        for key in ("inputs", "outputs")
    }
    spec = _spec(bundle.preprocessing) if bundle.preprocessing is not None else None
    facts = {"schema": 1, "name": bundle.name, "labels": list(bundle.labels), **ports, "preprocessing": spec}
    return (canonical_json(facts) + "\n").encode()


def _spec(spec: Declaration) -> dict[str, Any]:
    facts = spec.as_json()
    if isinstance(spec, SoundSpec):
        derived = ("fft_samples", "frames", "width", "scale", "offset")
        facts |= {name: getattr(spec, name) for name in derived} | {"shape": list(spec.shape)}
    return facts


def golden_json(bundle: Bundle) -> bytes:
    """``raw`` pictures or clips with their input tensor's hash; ``network`` inputs with their outputs."""
    cases = {
        "schema": 1,
        "raw": _raw(bundle),
        "network": [
            {"inputs": [*map(_text, case.inputs)], "outputs": [*map(_text, case.outputs)]}
            for case in bundle.golden
        ],
    }
    return (canonical_json(cases) + "\n").encode()


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _noise(name: str, size: int) -> bytes:
    """Bytes that look random and are always the same."""
    return hashlib.shake_128(name.encode()).digest(size)


def _raw(bundle: Bundle) -> list[dict[str, Any]]:
    import numpy as np

    from edgeflow.preprocess.audio import sound_features
    from edgeflow.preprocess.picture import prepare

    spec = bundle.preprocessing
    if isinstance(spec, SoundSpec):
        clips = [
            np.frombuffer(_noise(f"clip {clip}", 2 * spec.clip_samples), "<i2").astype(np.int16) >> (6 * clip)
            for clip in range(_CLIPS)
        ]
        return [
            {
                "data": _text(clip.astype("<i2").tobytes()),
                **_hash(bundle, sound_features(clip[None], spec)[0]),
            }
            for clip in clips
        ]
    if spec is None:
        return []
    cases = []
    for width, height, channels in _PICTURES:
        data = _noise(f"picture {width}", width * height * channels)
        pixels = prepare(np.frombuffer(data, np.uint8).reshape(height, width, channels), spec)
        size = {"width": width, "height": height, "channels": channels}
        cases.append({**size, "data": _text(data), **_hash(bundle, pixels)})
    return cases


def _hash(bundle: Bundle, pixels: npt.NDArray[np.uint8]) -> dict[str, str]:
    return {"input_sha256": sha256_bytes(_input(bundle, pixels))}


def _input(bundle: Bundle, pixels: npt.NDArray[np.uint8]) -> bytes:
    """The input tensor that these pixels or features become."""
    spec, port = bundle.preprocessing, bundle.network["inputs"][0]
    if spec is None or (port["dtype"] not in RAW_TYPES and port["dtype"] != "float32"):
        raise InternalError(f"an input of {port['dtype']} takes no pixels")
    if port["dtype"] == "float32":
        table = real_table(spec).astype("float32")
    else:
        table = raw_table(spec, port["scale"], port["zero_point"], port["dtype"])
    return apply_table(table, pixels).tobytes()


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A picture in RGB888, and a hash (FNV-1a, 32 bits) of the input tensor that it must become."""

    width: int
    height: int
    pixels: bytes
    input_hash: int


def raw_picture(bundle: Bundle) -> RawPicture | None:
    """The picture of a self-test in C; None where the C prepares no pictures."""
    import numpy as np

    from edgeflow.preprocess.picture import prepare

    spec = bundle.preprocessing
    if not (isinstance(spec, PictureSpec) and bundle.prepares_pictures):
        return None
    width, height = _SELF_TEST_PICTURE
    data = _noise("self-test", width * height * 3)
    pixels = prepare(np.frombuffer(data, np.uint8).reshape(height, width, 3), spec)
    digest = 0x811C9DC5
    for byte in _input(bundle, pixels):
        digest = (digest ^ byte) * 0x01000193 & 0xFFFFFFFF
    return RawPicture(width, height, data, digest)
