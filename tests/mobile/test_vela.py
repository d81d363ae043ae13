"""Ethos-U by Vela: the real program where it is installed, and what is said where it is not."""

import json
import os
import shutil

import pytest

from edgeflow.errors import ModelError, TargetError, ToolError
from edgeflow.mobile import vela

needs_vela = pytest.mark.skipif(
    shutil.which(os.environ.get(vela.VARIABLE) or "vela") is None,
    reason="Vela is not installed: pip install ethos-u-vela apart from edgeflow, and set EDGEFLOW_VELA",
)


def shared_model(shared_dir, name):
    return shared_dir / "models" / "models" / f"{name}.tflite"


@needs_vela
def test_a_network_that_fits_wholly(shared_dir):
    small, large = (
        vela.profile(shared_model(shared_dir, "mlperf_ic_resnet8"), f"ethos-u55-{macs}") for macs in (32, 256)
    )
    assert small["cpu_operators"] == large["cpu_operators"] == []
    assert small["totals"]["macs"] == large["totals"]["macs"] > 12_000_000
    assert small["totals"]["npu_cycles"] > 2 * large["totals"]["npu_cycles"]
    for result in (small, large):
        assert sum(op["cycles"] for op in result["operators"]) == result["totals"]["npu_cycles"]
        assert result["totals"]["npu_cycles"] * 32 * 8 >= result["totals"]["macs"]
        assert result["kind"].startswith("estimated by Vela ")
        assert 30_000 < result["totals"]["sram_bytes"] < 200_000
        assert 50_000 < result["totals"]["flash_bytes"] < 200_000


@needs_vela
def test_operators_left_to_the_cpu_are_named(run_cli, shared_dir):
    model = shared_model(shared_dir, "stretch_kws_svdf_int8")
    done = run_cli("profile", model, "--target", "ethos-u55-128", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [op["kind"] for op in result["cpu_operators"]].count("Svdf") == 7
    assert "SVDF: Unsupported opType" in result["cpu_reasons"]
    text = run_cli("profile", model, "--target", "ethos-u65-512").stdout
    assert "on the CPU: Svdf" in text
    assert "all figures: estimated by Vela" in text


@needs_vela
def test_a_broken_file_is_refused_in_velas_words(tmp_path, fc_model):
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(fc_model.read_bytes()[:120])
    with pytest.raises(ModelError, match=r"Vela .* refuses `broken.tflite`"):
        vela.profile(broken, "ethos-u55-128")


def test_reasons_from_velas_warnings():
    text = """
Warning (supported operators) operator: QUANTIZE, ofm: 'a'
Reason: Unsupported dataType Int32
32-bit feature-maps are not supported.

Warning (supported operators) operator: SVDF, ofm: 'b'
Reason: Unsupported opType

Warning (supported operators) operator: SVDF, ofm: 'c'
Reason: Unsupported opType

"""
    assert vela.cpu_reasons(text) == [
        "QUANTIZE: Unsupported dataType Int32 32-bit feature-maps are not supported",
        "SVDF: Unsupported opType",
    ]


def test_without_vela_the_hint_says_how_to_get_it(run_cli, fc_model):
    environment = {vela.VARIABLE: "/nonexistent/vela"}
    done = run_cli("profile", fc_model, "--target", "ethos-u55-128", **environment)
    assert done.returncode == 1
    assert "`EDGEFLOW_VELA` names `/nonexistent/vela`, which is no program" in done.stderr
    assert "pip install ethos-u-vela" in done.stderr


def test_missing_programs_targets_and_files(monkeypatch, fc_model, tmp_path):
    monkeypatch.delenv(vela.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="Vela is not installed"):
        vela.profile(fc_model, "ethos-u55-128")
    with pytest.raises(TargetError, match="ethos-u55-129") as caught:
        vela.profile(fc_model, "ethos-u55-129")
    assert "ethos-u55-128" in caught.value.hint
    with pytest.raises(ModelError, match="no model file"):
        vela.profile(tmp_path / "none.tflite", "ethos-u55-128")
