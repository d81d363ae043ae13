"""Time of one picture's resize beside Pillow's and its decoding: ``python benchmarks/preprocessing.py``.

Pillow's filters of these names are other arithmetic (BILINEAR averages when it shrinks): only time counts.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image

from edgeflow.data.picture import decode
from edgeflow.preprocess.options import Interpolation, PreprocessingOptions
from edgeflow.preprocess.picture import prepare
from edgeflow.preprocess.spec import picture_spec

# Width and height of pictures in colour, and the side of the square input.
SIZES = ((32, 32, 32), (64, 48, 32), (96, 96, 32), (640, 480, 96), (1920, 1080, 224), (4000, 3000, 224))
FILTERS: dict[Interpolation, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "area": Image.Resampling.BOX,
}


def microseconds(work: Callable[[], object]) -> float:
    """The least time of five rounds, each long enough for the clock."""
    timer = timeit.Timer(work)
    count, _ = timer.autorange()
    return min(timer.repeat(5, max(1, count // 5))) / max(1, count // 5) * 1e6


def main() -> None:
    """Print a table."""
    print("picture -> input          resize     us  Pillow us  ratio  JPEG decode us")
    for width, height, side in SIZES:
        pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
        stream = BytesIO()
        Image.fromarray(pixels).save(stream, "JPEG")
        data = stream.getvalue()
        decoding = microseconds(lambda data=data: decode(data, "rgb"))
        for interpolation, resampling in FILTERS.items():
            spec = picture_spec(
                PreprocessingOptions(input_size=side, color_mode="rgb", interpolation=interpolation)
            )
            ours = microseconds(lambda pixels=pixels, spec=spec: prepare(pixels, spec))
            pillow = microseconds(
                lambda pixels=pixels, side=side, resampling=resampling: np.asarray(
                    Image.fromarray(pixels).resize((side, side), resampling)
                )
            )
            name = f"{width}x{height} -> {side}x{side}"
            times = f"{ours:8.1f} {pillow:10.1f} {ours / pillow:6.2f} {decoding:15.1f}"
            print(f"{name:22s} {interpolation:9s} {times}")


if __name__ == "__main__":
    main()
