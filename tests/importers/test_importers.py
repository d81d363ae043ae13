"""Real nets of every form become a float .tflite that computes what the original does."""

import json
import re

import numpy as np
import pytest
from nets import FORMS, OPEN_SHAPE, expected

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ModelError, UsageError
from edgeflow.importers.finite import require_finite
from edgeflow.importers.formats import model_format
from edgeflow.importers.original import original_outputs
from edgeflow.importers.stage import run
from edgeflow.quantize.audit import require_no_loops

pytestmark = pytest.mark.slow


def arrays(path):
    with np.load(path) as archive:
        return [archive[name] for name in sorted(archive.files)]


def refusal(folder):
    return json.loads((folder / "error.json").read_text())


def assert_same(found, wanted):
    """The same arrays, in whichever order a format has put them."""
    assert sorted(a.shape for a in found) == sorted(a.shape for a in wanted)
    by_shape = {array.shape: array for array in wanted}
    for array in found:
        np.testing.assert_allclose(array, by_shape[array.shape], atol=2e-6)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("net", ["plain", "two_ports"])
def test_every_form_computes_what_keras_does(nets, net, form):
    folder = nets / net / f"{form}.imported"
    record = json.loads((folder / "import.json").read_text())
    runtime = DesktopRuntime(folder / "model_float.tflite", "reference")
    assert [list(info.shape) for info in runtime.inputs] == [port["shape"] for port in record["inputs"]]
    assert [list(info.shape) for info in runtime.outputs] == [port["shape"] for port in record["outputs"]]
    found = runtime.run(arrays(folder / "inputs.npz"))
    assert_same(found, expected(nets / net)[1])
    for ours, original in zip(found, arrays(folder / "outputs.npz"), strict=True):
        np.testing.assert_allclose(ours, original, atol=2e-6)
    assert record["format"] == FORMS[form] == model_format(nets / net / form)
    assert all(port["transposed"] is None for port in record["inputs"])
    assert record["inputs"][0]["source_shape"][0] is None


@pytest.mark.parametrize("form", FORMS)
def test_open_sizes_must_be_said(nets, form):
    source = nets / "open_size"
    error = refusal(source / f"{form}.imported")
    assert "is [?, ?, ?, 1]: a device needs every size" in error["message"]
    assert "--shape" in error["hint"]
    record = json.loads((source / f"{form}.given" / "import.json").read_text())
    assert tuple(record["inputs"][0]["shape"]) == OPEN_SHAPE
    inputs, outputs = expected(source)
    runtime = DesktopRuntime(source / f"{form}.given" / "model_float.tflite", "reference")
    assert_same(runtime.run(inputs), outputs)
    assert "has no input `photo`" in refusal(source / f"{form}.other")["message"]
    assert "is [?, ?, ?, 1], not [1, 12, 12, 3]" in refusal(source / f"{form}.wrong")["message"]


def test_weights_that_are_no_numbers_are_named(nets):
    assert (
        "in `nan.keras` holds values that are not finite"
        in refusal(nets / "hostile/nan.keras.imported")["message"]
    )
    with pytest.raises(ModelError, match="in `net` holds values that are not finite"):
        require_finite(nets / "hostile" / "nan.tflite", "net")


@pytest.mark.parametrize("form", ["lambda.keras", "lambda.h5"])
def test_code_in_a_file_is_refused(nets, form):
    error = refusal(nets / "hostile" / f"{form}.imported")
    assert error["kind"] == "ModelError"
    assert "holds a Lambda layer, which is Python code" in error["message"]


def test_an_operator_that_tflite_has_not_is_named(nets):
    message = refusal(nets / "hostile" / "erf.keras.imported")["message"]
    assert "operators that TensorFlow Lite does not know: tf.Erf" in message


def test_recurrent_layers_are_refused_by_what_they_need(nets):
    message = refusal(nets / "hostile" / "state.keras.imported")["message"]
    assert re.search("keeps a state from call to call: `.*rnn.*Assign.*` writes a variable", message)
    with pytest.raises(ModelError, match=r"the model has a loop \(WHILE `.*rnn.*`\)"):
        require_no_loops(nets / "hostile" / "loop.keras.imported" / "model_float.tflite")


def test_a_signature_that_is_not_there_is_refused(nets, tmp_path):
    error = refusal(nets / "plain" / "signature")
    assert (error["kind"], "has no signature `encode`" in error["message"]) == ("UsageError", True)
    assert "serving_default" in error["hint"]
    with pytest.raises(UsageError, match="Keras, which has no signatures"):
        imported(nets / "plain" / "net.keras", tmp_path, signature="encode")


@pytest.mark.parametrize("form", ["half.keras", "half.h5", "half"])
def test_a_truncated_model_gives_a_sentence(nets, form):
    assert refusal(nets / "hostile" / f"{form}.imported")["kind"] == "ModelError"


def imported(model, folder, *, signature=None):
    run(
        model,
        folder,
        model_format=model_format(model),
        shapes={},
        signature=signature,
        progress=lambda _line: None,
    )


def test_the_stage_in_its_own_process(nets, tmp_path):
    """The same files; a SavedModel with weights that are no numbers is refused, and nothing crashes."""
    source = nets / "two_ports"
    imported(source / "net.keras", tmp_path)
    made = source / "net.keras.imported" / "model_float.tflite"
    assert (tmp_path / "model_float.tflite").read_bytes() == made.read_bytes()
    inputs = arrays(source / "net.keras.imported" / "inputs.npz")
    found = original_outputs(source / "net.keras", "keras", inputs, lambda _line: None)
    assert_same(found, expected(source)[1])
    with pytest.raises(ModelError, match="in `nan` holds values that are not finite numbers"):
        imported(nets / "hostile" / "nan", tmp_path)
