"""The desktop interpreter in its own process."""

import json
import random
import struct
import zlib
from importlib import metadata

import numpy as np
import pytest
import tflite
from tflite_builder import Node, T, build_model

from edgeflow.emulate import desktop
from edgeflow.emulate.desktop import DesktopRuntime, deviation
from edgeflow.emulate.parity import require_reference
from edgeflow.errors import ModelError, ToolError, UsageError
from edgeflow.tflite_edit import with_version_at_most


@pytest.fixture
def pictures():
    return np.random.default_rng(1).integers(-128, 128, (9, 1, 2, 4, 1)).astype(np.int8)


@pytest.mark.parametrize("kernels", ["reference", "default"])
def test_interpreter_computes_the_model(kernels, fc_model, pictures, fc_oracle):
    runtime = DesktopRuntime(fc_model, kernels)
    assert runtime.inputs[0].shape == (1, 2, 4, 1)
    assert (runtime.inputs[0].dtype, runtime.inputs[0].scale, runtime.inputs[0].zero_point) == (
        "int8",
        1 / 128,
        0,
    )
    (scores,) = runtime.run([pictures])
    assert scores.dtype == np.int8
    assert np.array_equal(scores.reshape(9, 3), fc_oracle(pictures))
    assert kernels in runtime.title


def test_default_kernels_stand_in_where_there_is_no_reference(tmp_path):
    """And the title says so: tflite-runtime has one kernel of ELU, which its reference list leaves out."""
    shape = (1, 256)
    tensors = [T("x", shape, "int8", 1 / 32, 0), T("real", shape, "float32")]
    tensors += [T("elu", shape, "float32"), T("y", shape, "int8", 1 / 32, 0)]
    nodes = [Node("DEQUANTIZE", [0], [1], "DequantizeOptions", {}, 2), Node("ELU", [1], [2], "")]
    nodes.append(Node("QUANTIZE", [2], [3], "QuantizeOptions"))
    (tmp_path / "elu.tflite").write_bytes(build_model(tensors, nodes, [0], [3]))
    runtime = DesktopRuntime(tmp_path / "elu.tflite")
    if desktop.find_interpreter()[:2] == ("tflite-runtime", "2.14.0"):
        assert runtime.title == "tflite-runtime 2.14.0, default kernels (no reference kernel of ELU)"
        with pytest.raises(ModelError, match="no reference kernel of ELU: nothing can tell"):
            require_reference(runtime)
    values = np.arange(-128, 128)
    (found,) = runtime.run([values.astype(np.int8).reshape(1, 1, 256)])
    wanted = np.where(values > 0, values, np.rint(32 * np.expm1(values / 32)))
    assert np.array_equal(found.reshape(256), wanted)


def test_xnnpack_is_named_only_where_it_runs(fc_model, fc_float_model):
    """tflite-runtime 2.14 leaves int8 models to its own kernels."""
    if desktop.find_interpreter()[0] == "tflite-runtime":
        assert "XNNPACK" not in DesktopRuntime(fc_model, "default").title
        assert "XNNPACK" in DesktopRuntime(fc_float_model, "default").title
    assert "XNNPACK" not in DesktopRuntime(fc_model, "reference").title


def test_files_of_the_user_s_folder_are_not_python_s(fc_model, pictures, tmp_path, monkeypatch):
    for name in ("json", "struct", "numpy", "tflite"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    assert DesktopRuntime(fc_model).run([pictures])[0].shape == (9, 1, 3)


@pytest.mark.slow
def test_two_processes_give_the_same_in_order(fc_model, pictures):
    (one,) = DesktopRuntime(fc_model).run([pictures])
    (two,) = DesktopRuntime(fc_model, processes=2).run([pictures])
    (many,) = DesktopRuntime(fc_model, processes=4).run([pictures[:1]])
    assert np.array_equal(one, two)
    assert np.array_equal(one[:1], many)


def test_float_model(fc_float_model, pictures, fc_oracle):
    runtime = DesktopRuntime(fc_float_model, "default", threads=2)
    assert (runtime.inputs[0].dtype, runtime.inputs[0].scale) == ("float32", None)
    (scores,) = runtime.run([pictures / np.float32(128)])
    in_range = np.abs(fc_oracle(pictures).astype(int)) < 127
    assert in_range.any()
    np.testing.assert_allclose(scores.reshape(9, 3)[in_range] * 16, fc_oracle(pictures)[in_range], atol=1e-3)


def test_wrong_input_is_refused_before_the_interpreter(fc_model, pictures):
    with pytest.raises(UsageError, match=r"must be int8 of shape \[cases, 1, 2, 4, 1\]"):
        DesktopRuntime(fc_model).run([pictures[:, 0]])


def test_intermediate_tensors_are_the_operators_own(shared_dir):
    """ADD may write over its input in the interpreter: the golden checksums tell."""
    golden = np.load(shared_dir / "models" / "goldens" / "mlperf_ic_resnet8.npz")
    layers = json.loads((shared_dir / "models" / "goldens" / "mlperf_ic_resnet8.layers.json").read_text())[
        "layers"
    ]
    runtime = DesktopRuntime(shared_dir / "models" / "models" / "mlperf_ic_resnet8.tflite")
    outputs, tensors = runtime.run_with_tensors(
        [golden["in0_0"][None]], [layer["tensor"] for layer in layers]
    )
    assert np.array_equal(outputs[0][0], golden["out0_0"])
    assert {i: zlib.crc32(t.tobytes()) for i, t in tensors.items()} == {
        layer["tensor"]: layer["crc32"] for layer in layers
    }


def test_absent_model(tmp_path):
    with pytest.raises(ModelError, match=r"absent\.tflite"):
        DesktopRuntime(tmp_path / "absent.tflite")


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(64), b"\xff" * 4096])
def test_file_that_is_no_model(content, tmp_path):
    path = tmp_path / "bad.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.tflite"):
        DesktopRuntime(path)


def test_hostile_models_cannot_take_this_process_down(fc_model, tmp_path):
    """Bytes are changed at random: the interpreter runs, refuses or crashes, and it is always said."""
    generator = random.Random(5)  # noqa: S311  not a secret
    sound = fc_model.read_bytes()
    messages = []
    path = tmp_path / "hostile.tflite"
    for _ in range(6):
        content = bytearray(sound)
        for _ in range(8):
            content[generator.randrange(8, len(content))] = generator.randrange(256)
        path.write_bytes(content)
        try:
            DesktopRuntime(path)
        except ModelError as error:
            messages.append(error.message)
    assert len(messages) >= 3
    assert all("hostile.tflite" in message and "\n" not in message for message in messages)


def test_crash_is_told_from_refusal(fc_model, tmp_path):
    """Root table far outside of the file: the interpreter reads there and dies."""
    path = tmp_path / "crash.tflite"
    path.write_bytes((0x7FFFFFF0).to_bytes(4, "little") + fc_model.read_bytes()[4:])
    with pytest.raises(ModelError, match=r"crashed on .*SIG(SEGV|BUS)|refuses"):
        DesktopRuntime(path)


def test_missing_interpreter_says_what_to_install(monkeypatch, fc_model):
    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(desktop.metadata, "version", absent)
    with pytest.raises(ToolError) as raised:
        DesktopRuntime(fc_model)
    assert "pip install tflite-runtime" in raised.value.hint


@pytest.mark.parametrize(
    ("distribution", "version", "deviates"),
    [
        ("tflite-runtime", "2.14.0", False),
        ("ai-edge-litert", "2.0.3", False),
        ("ai-edge-litert", "2.1.0", True),
    ],
)
def test_deviating_interpreters_are_named(monkeypatch, distribution, version, deviates):
    monkeypatch.setattr(desktop, "find_interpreter", lambda: (distribution, version, "module"))
    sentence = deviation()
    assert (sentence is not None) == deviates
    assert sentence is None or (version in sentence and "FULLY_CONNECTED" in sentence)


def test_later_transposed_convolutions_run_on_reference_kernels(shared_dir, tmp_path):
    """Version 4, which today's converters write: the kernel knows it, its list does not."""
    models = shared_dir / "models"
    golden = np.load(models / "goldens" / "tconv_3x3_s2_same.npz")
    data = bytearray((models / "synth" / "tconv_3x3_s2_same.tflite").read_bytes())
    code = tflite.Model.GetRootAs(data, 0).OperatorCodes(0)
    assert code.Version() < 4
    struct.pack_into("<i", data, code._tab.Pos + code._tab.Offset(8), 4)
    later = tmp_path / "later.tflite"
    later.write_bytes(data)
    (found,) = DesktopRuntime(later).run([golden["in0_0"][None]])
    assert np.array_equal(found[0], golden["out0_0"])


def test_versions_are_lowered_in_place(fc_model):
    model = fc_model.read_bytes()
    kind = tflite.BuiltinOperator.FULLY_CONNECTED
    lowered = with_version_at_most(model, kind, 2)
    assert tflite.Model.GetRootAs(lowered, 0).OperatorCodes(0).Version() == 2
    assert sum(a != b for a, b in zip(model, lowered, strict=True)) == 1
    assert with_version_at_most(model, kind, 4) == model
    assert with_version_at_most(model, tflite.BuiltinOperator.ADD, 1) == model
