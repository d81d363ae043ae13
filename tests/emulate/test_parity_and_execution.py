"""The stages that compare all runs and record what the core executed."""

import json
import shutil

import numpy as np
import pytest

from edgeflow.artifact import sha256_file
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate import execution, parity
from edgeflow.emulate.cases import seeded_cases
from edgeflow.emulate.comparison import Comparison, differing_byte_count
from edgeflow.errors import ParityError
from edgeflow.firmware.host import build_library
from edgeflow.firmware.stage import run as build
from edgeflow.target.microcontroller import FlashTiming
from edgeflow.tflm import confirm


@pytest.fixture(scope="module")
def fc_build(fc_model, tmp_path_factory, core_targets):
    """Everything of the small model, built once."""
    folder = tmp_path_factory.mktemp("fc")
    generate(fc_model, folder / "codegen", name="fc")
    build(folder / "codegen", folder / "firmware", target=core_targets["cortex-m4f"])
    build_library(folder / "codegen" / "c", folder / "host")
    return folder


def check(model, folder, out_dir, *, count=5, core_cases=2, emulator="unicorn", tflm=False):
    network = json.loads((folder / "codegen" / "network.json").read_text())
    said = []
    try:
        parity.run(
            model,
            folder / "codegen",
            folder / "host",
            folder / "firmware",
            seeded_cases(network, count),
            out_dir,
            core_cases=core_cases,
            emulator=emulator,
            tflm=tflm,
            progress=said.append,
        )
    finally:
        result = json.loads((out_dir / "parity.json").read_text())
    assert said
    return result


def test_equal_runs(fc_model, fc_build, tmp_path):
    result = check(fc_model, fc_build, tmp_path)
    assert (result["schema"], result["differing_bytes"], result["first_divergence"]) == (1, 0, None)
    assert result["comparisons"] == [
        {
            "between": ["reference", "host"],
            "kind": "outputs",
            "cases": 5,
            "tensors": 1,
            "bytes": 15,
            "differing_bytes": 0,
        },
        {
            "between": ["reference", "host"],
            "kind": "tensors",
            "cases": 5,
            "tensors": 1,
            "bytes": 15,
            "differing_bytes": 0,
        },
        {
            "between": ["host", "core"],
            "kind": "outputs",
            "cases": 2,
            "tensors": 1,
            "bytes": 6,
            "differing_bytes": 0,
        },
    ]
    assert set(result["runtimes"]) == {"reference", "host", "core"}
    assert result["notes"] == ["not compared with TFLite Micro: [parity] tflm = false leaves it out"]


def test_without_tflm_a_note_says_so(fc_model, fc_build, tmp_path, monkeypatch):
    monkeypatch.setattr(confirm, "DISTRIBUTION", "no_such_distribution")
    (note,) = check(fc_model, fc_build, tmp_path, tflm=True)["notes"]
    assert "`tflite_micro` is not installed" in note


@pytest.mark.skipif(not confirm.is_installed(), reason="tflite_micro is not installed")
def test_tflm_is_compared_and_a_wrong_one_is_named(fc_model, fc_build, tmp_path):
    result = check(fc_model, fc_build, tmp_path, tflm=True)
    row = {"kind": "outputs", "cases": 5, "tensors": 1, "bytes": 15, "differing_bytes": 0}
    assert result["comparisons"][-1] == {"between": ["reference", "tflm"], **row}
    assert result["notes"] == []
    folder = tmp_path / "wrong"
    shutil.copytree(fc_build, folder)
    bias = np.array([64, -320, 1600], np.int32).tobytes()
    assert fc_model.read_bytes().count(bias) == 1
    other = np.array([64, -320, 1568], np.int32).tobytes()
    (folder / "codegen" / "tflm" / "fc_model.tflite").write_bytes(fc_model.read_bytes().replace(bias, other))
    with pytest.raises(ParityError, match="reference and tflm differ first at an output") as caught:
        check(fc_model, folder, tmp_path / "out", tflm=True)
    assert "[parity] tflm = false" in caught.value.hint


def changed(fc_build, folder, old, new):
    """The generated model with a change that leaves it running but wrong."""
    shutil.copytree(fc_build, folder)
    source = folder / "codegen" / "c" / "model.c"
    text = source.read_text()
    assert text.count(old) == 1
    source.write_text(text.replace(old, new))
    return folder


def test_wrong_host_is_named_after_the_report_is_written(fc_model, fc_build, tmp_path):
    text = (fc_build / "codegen" / "c" / "model.c").read_text()
    assert "64, -320, 1600" in text
    folder = changed(fc_build, tmp_path / "wrong", "64, -320, 1600", "64, -320, 1568")
    (folder / "host" / "model.so").unlink()
    build_library(folder / "codegen" / "c", folder / "host")
    with pytest.raises(
        ParityError, match=r"reference and host differ first at operator FULLY_CONNECTED #0 .*by up to 2"
    ):
        check(fc_model, folder, tmp_path / "out")
    result = json.loads((tmp_path / "out" / "parity.json").read_text())
    assert result["differing_bytes"] > 0
    assert result["first_divergence"]["operator"].startswith("FULLY_CONNECTED #0")
    assert result["first_divergence"]["largest_difference"] == 2
    by_kind = {(c["between"][1], c["kind"]): c["differing_bytes"] for c in result["comparisons"]}
    assert by_kind["host", "outputs"] == by_kind["host", "tensors"] > 0


def test_wrong_core_is_told_from_a_wrong_host(fc_model, fc_build, tmp_path, core_targets):
    folder = changed(fc_build, tmp_path / "wrong", "64, -320, 1600", "64, -320, 1568")
    shutil.rmtree(folder / "firmware")
    build(folder / "codegen", folder / "firmware", target=core_targets["cortex-m4f"])
    with pytest.raises(ParityError, match="host and core differ first at an output"):
        check(fc_model, folder, tmp_path / "out")
    result = json.loads((tmp_path / "out" / "parity.json").read_text())
    assert [c["differing_bytes"] > 0 for c in result["comparisons"]] == [False, False, True]
    assert result["first_divergence"]["between"] == ["host", "core"]


@pytest.mark.parametrize(
    ("left", "right", "count"),
    [(b"", b"", 0), (b"abc", b"abc", 0), (b"abc", b"axc", 1), (b"abc", b"ab", 1), (b"a", b"xyz", 3)],
)
def test_differing_bytes(left, right, count):
    assert differing_byte_count(left, right) == count
    comparison = Comparison(("host", "core"), "outputs")
    assert comparison.add(left, right) == count
    assert (comparison.byte_count, comparison.differing_bytes) == (max(len(left), len(right)), count)


def test_groups_of_cases_cover_all(fc_model, fc_build, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "_LARGEST_GROUP", 2)
    result = check(fc_model, fc_build, tmp_path, count=5, core_cases=1)
    assert [c["cases"] for c in result["comparisons"]] == [5, 5, 1]


def test_execution_is_of_one_case_and_of_this_image(tiny_codegen, tiny_firmware, tiny_cases, tmp_path, read):
    firmware = tiny_firmware()
    execution.run(tiny_codegen, firmware, [tiny_cases], tmp_path / "a")
    execution.run(tiny_codegen, firmware, [tiny_cases[:1]], tmp_path / "b")
    first, second = read(tmp_path / "a" / "execution.json"), read(tmp_path / "b" / "execution.json")
    assert first == second
    assert first["elf_sha256"] == sha256_file(firmware / "firmware" / "tiny.elf")
    assert first["slots"] == [
        {"slot": 1, "function": "tiny_op00_add"},
        {"slot": 2, "function": "tiny_op01_fully_connected"},
        {"slot": 3, "function": "tiny_invoke"},
    ]
    assert {row[0] for row in first["blocks"]} == {1, 2, 3}
    assert first["blocks"] == sorted(first["blocks"])
    assert all(0 <= taken <= executions for *_place, executions, taken in first["blocks"])
    assert 24 <= first["stack_bytes"] <= 256
    assert (first["schema"], first["misses"]) == (2, None)


def test_execution_has_the_misses_of_a_flash_with_wait_states(
    tiny_codegen, tiny_firmware, tiny_cases, tmp_path, read
):
    flash = FlashTiming(5, line_bytes=8, instruction_cache_bytes=1024, data_cache_bytes=256)
    execution.run(tiny_codegen, tiny_firmware(), [tiny_cases], tmp_path, flash=flash)
    rows = read(tmp_path / "execution.json")["misses"]
    assert [slot for slot, *_ in rows] == [1, 2, 3]
    assert all(instructions > 0 for _, instructions, _ in rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("mlperf_ic_resnet8", "cortex-m4f"),
        ("mlperf_kws_dscnn", "cortex-m0plus"),
        ("mlperf_kws_dscnn", "cortex-m3"),
        ("mlperf_ad_autoencoder", "cortex-m33"),
        ("mlperf_vww_mbv1", "cortex-m7"),
    ],
)
def test_real_networks_have_no_differing_byte(name, core, shared_dir, tmp_path, core_targets):
    model = shared_dir / "models" / "models" / f"{name}.tflite"
    generate(model, tmp_path / "codegen", name=name)
    build(tmp_path / "codegen", tmp_path / "firmware", target=core_targets[core])
    build_library(tmp_path / "codegen" / "c", tmp_path / "host")
    result = check(model, tmp_path, tmp_path / "out", count=6, core_cases=3)
    assert result["differing_bytes"] == 0
    operators = json.loads((tmp_path / "codegen" / "network.json").read_text())["operators"]
    traced = [tensor_id for op in operators for tensor_id in op["outputs"] if tensor_id >= 0]
    assert result["comparisons"][1]["tensors"] == len(traced) >= 8


def test_first_divergence_is_the_earliest_operator_then_case():
    found = [
        parity.Divergence(order, case, order, "x", 1.0, ("reference", "host"))
        for order, case in ((2, 0), (1, 3), (1, 2), (3, 1))
    ]
    assert (min(found).order, min(found).case) == (1, 2)
    assert np.float32(found[0].as_json()["largest_difference"]) == 1
