"""Generate and compile a model under every warning, and run it beside the interpreter."""

import numpy as np
from c_build import Library

from edgeflow.artifact import read_json
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run
from edgeflow.emulate.cases import seeded_cases
from edgeflow.emulate.desktop import DesktopRuntime

CASES = 5


def generated(folder, data, **options):
    """The folder of the C of a model; `network.json` lies in it."""
    path = folder / "net.tflite"
    path.write_bytes(data)
    run(path, folder / "out", name="net", options=CodegenOptions(**options))
    return folder / "out"


def compare(folder, data, reference=None, **options):
    """Every output of the C equals the interpreter's; gives network.json.

    ``reference`` is what the interpreter runs in place of the model: subgraph and input shapes.
    """
    out = generated(folder, data, **options)
    network = read_json(out / "network.json")
    library = Library(out / "c", network, network["arena_bytes"])
    desktop = DesktopRuntime(folder / "net.tflite", **(reference or {}))
    assert [list(info.shape) for info in desktop.inputs] == [port["shape"] for port in network["inputs"]]
    inputs = seeded_cases(network, CASES)
    expected = desktop.run(inputs)
    for case in range(CASES):
        found = library.invoke(*(array[case] for array in inputs))
        for output, reference_output in zip(found, expected, strict=True):
            np.testing.assert_array_equal(output, reference_output[case])
    return network
