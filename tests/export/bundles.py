"""A bundle of any model, made as the export stage makes it."""

from pathlib import Path

import numpy as np

from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.export.bundle import GoldenCase, read_bundle
from edgeflow.target.descriptor import as_target, load

LABELS = ("null", "eins", 'Größe "2"')
CASES = 3


def bundle_of(model, folder, *, name="tiny-digits", target="cortex-m", labels=LABELS, **options):
    """Generate C for a model and read it back as a bundle, with golden cases of the reference."""
    board = as_target(load(target, Path()))
    generate(model, folder, name=name, options=CodegenOptions(**{"kernels": "dsp", **options}))
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
