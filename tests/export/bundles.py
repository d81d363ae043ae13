"""A bundle of any model, made as the export stage makes it."""

from pathlib import Path

import numpy as np

from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.export.bundle import GoldenCase, read_bundle
from edgeflow.preprocess.picture import prepare_frame
from edgeflow.preprocess.spec import PictureSpec
from edgeflow.target.descriptor import as_target, load

LABELS = ("null", "eins", 'Größe "2"')
CASES = 3
PICTURES = PictureSpec(
    height=8,
    width=8,
    channels=1,
    color_mode="grayscale",
    interpolation="bilinear",
    aspect_ratio="crop",
    pad_value=128,
    scale=(1 / 128,),
    offset=(-1.0,),
)


def label_of_the_ramp(model):
    """The class of the frame of the exported examples, by Python's preprocessing and the reference."""
    ramp = bytes(x * 8 for x in range(32)) * 24
    pixels = prepare_frame(ramp, 32, 24, "gray8", PICTURES)
    (scores,) = DesktopRuntime(model).run([(pixels.astype(np.int16) - 128).astype(np.int8)[None, None]])
    return LABELS[int(scores.argmax())]


def bundle_of(
    model, folder, *, name="tiny-digits", target="cortex-m", labels=LABELS, preprocessing=None, **options
):
    """Generate C for a model and read it back as a bundle, with golden cases of the reference."""
    board = as_target(load(target, Path()))
    options = CodegenOptions(**{"kernels": "dsp", **options})
    generate(model, folder, name=name, options=options, preprocessing=preprocessing)
    reference = DesktopRuntime(model)
    random = np.random.default_rng(5)
    inputs = [random.integers(-128, 128, (CASES, *i.shape)).astype(i.dtype) for i in reference.inputs]
    outputs = reference.run(inputs)
    golden = [
        GoldenCase(tuple(a[c].tobytes() for a in inputs), tuple(a[c].tobytes() for a in outputs))
        for c in range(CASES)
    ]
    versions = {"numpy": np.__version__}
    return read_bundle(
        folder, model, name=name, labels=labels, golden=golden, target=board, versions=versions
    )
