"""What the commands answer that build nothing: text for people, one JSON object for programs."""

import json

import pytest

from edgeflow.ops.float_edges import FLOAT32
from edgeflow.ops.registry import REGISTRY
from edgeflow.target.descriptor import target_names


def answer(process):
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_help_lists_every_command(run_cli):
    text = answer(run_cli("--help"))
    for command in ("init", "build", "emulate", "profile", "codegen", "targets", "datasets", "ops", "doctor"):
        assert f"\n  {command} " in text


@pytest.mark.parametrize("command", ["build", "emulate", "profile", "codegen", "targets list", "data scan"])
def test_every_command_has_help(run_cli, command):
    assert "Usage:" in answer(run_cli(*command.split(), "--help"))


def test_version(run_cli):
    assert answer(run_cli("--version")).startswith("edgeflow 0.")


def test_targets(run_cli):
    listed = json.loads(answer(run_cli("targets", "list", "--json")))["targets"]
    assert [row["name"] for row in listed] == target_names()
    board = next(row for row in listed if row["name"] == "nucleo-l476rg")
    assert (board["kind"], board["core"], board["builds"]) == ("mcu", "cortex-m4f", True)
    assert (board["ram_bytes"], board["flash_bytes"]) == (131_072, 1_048_576)
    assert board["sourced_figures"] >= 8
    text = answer(run_cli("targets", "list"))
    assert all(name in text for name in target_names())
    shown = answer(run_cli("targets", "show", "nucleo-l4r5zi"))
    assert "655,360" in shown
    assert "sources" in shown
    assert json.loads(answer(run_cli("targets", "show", "cortex-m", "--json")))["clock_hz"] == 80_000_000


def test_own_target_by_path(run_cli, tmp_path):
    raw = json.loads(answer(run_cli("targets", "show", "cortex-m", "--json")))
    lines = [f"{key} = {json.dumps(raw[key])}" for key in ("schema", "title", "core", "clock_hz", "generic")]
    lines += ['name = "mine"']
    for table in ("memory", "source"):
        for entry in raw[table]:
            lines += [f"[[{table}]]", *(f"{key} = {json.dumps(value)}" for key, value in entry.items())]
    (tmp_path / "mine.toml").write_text("\n".join(lines))
    assert "mine:" in answer(run_cli("targets", "show", "./mine.toml"))
    assert "valid" in answer(run_cli("targets", "check", "mine.toml"))
    assert json.loads(answer(run_cli("targets", "check", "mine.toml", "--json")))["ok"] is True


FAULTY = """\
schema = 1
name = "other"
title = "Mine"
core = "cortex-m4"
clock_hz = 64_000_000
memory = [
    { name = "flash", kind = "flash", origin = 0, size_bytes = 65_536 },
    { name = "sram", kind = "ram", origin = 4096, size_bytes = 65_536 },
]
source = [{ figures = ["core", "memory"], document = "a manual" }]
"""


def test_check_names_every_fault_of_a_target(run_cli, tmp_path):
    (tmp_path / "mine.toml").write_text(FAULTY)
    done = run_cli("targets", "check", "mine.toml")
    assert (done.returncode, done.stdout) == (1, "")
    for words in (
        "`other` but the file is",
        "unknown core `cortex-m4`",
        "overlaps `sram`",
        "covers `clock_hz`",
    ):
        assert "error: target file `mine.toml`: " in done.stderr
        assert words in done.stderr
    answered = run_cli("targets", "check", "mine.toml", "--json")
    assert answered.returncode == 1
    faults = json.loads(answered.stdout)["faults"]
    assert len(faults) == 4
    assert faults[1]["hint"] == "did you mean `cortex-m4f`?"


def test_check_names_every_key_that_the_schema_refuses(run_cli, tmp_path):
    text = FAULTY.replace("clock_hz", "clock_khz").replace('title = "Mine"', "title = 5")
    (tmp_path / "mine.toml").write_text(text.replace('kind = "ram"', 'kind = "rom"'))
    done = run_cli("targets", "check", "mine.toml")
    assert done.returncode == 1
    for words in ("title: Expected", "field `clock_khz`", "field `clock_hz`", "memory[1].kind: Invalid"):
        assert words in done.stderr
    assert done.stderr.count("error: ") == 4


def test_check_of_what_is_no_file_or_no_toml(run_cli, tmp_path):
    assert run_cli("targets", "check", "none.toml").returncode == 1
    done = run_cli("targets", "check", "nucleo-l4r5zi")
    assert done.returncode == 2
    assert "`edgeflow targets show` takes names" in done.stderr


def test_datasets(run_cli):
    assert json.loads(answer(run_cli("datasets", "list", "--json")))["datasets"] == [
        "cifar10",
        "digits",
        "fsdd",
    ]
    assert "citation" in answer(run_cli("datasets", "show", "digits"))


def test_ops(run_cli):
    listed = json.loads(answer(run_cli("ops", "--json")))["operators"]
    assert [row["kind"] for row in listed] == sorted({*REGISTRY, *FLOAT32})
    assert "float32 at the edges" in answer(run_cli("ops"))
    assert "float32 at the edges" in answer(run_cli("ops", "div"))
    assert "- The weights' zero points are 0." in answer(run_cli("ops", "conv_2d"))
    unknown = run_cli("ops", "CONV_3")
    assert unknown.returncode == 2
    assert "did you mean" in unknown.stderr


def test_doctor(run_cli, tmp_path):
    parts = {part["name"]: part for part in json.loads(answer(run_cli("doctor", "--json")))["parts"]}
    assert parts["ziglang"]["version"] is not None
    assert "CONV" not in answer(run_cli("doctor"))
    bare = {
        p["name"]: p for p in json.loads(answer(run_cli("doctor", "--json", PATH=str(tmp_path))))["parts"]
    }
    assert bare["qemu-system-arm"]["version"] is None
    assert "apt install" in bare["qemu-system-arm"]["remedy"]


def test_dry_run_runs_nothing(run_cli, tmp_path):
    assert "would run" in answer(run_cli("build", "--dry-run"))
    assert list(tmp_path.iterdir()) == []


def test_clean_of_nothing(run_cli):
    assert "nothing to remove" in answer(run_cli("clean"))


@pytest.mark.slow
def test_codegen_says_what_elimination_removed(run_cli, shared_dir, tmp_path):
    model = shared_dir / "models" / "models" / "tflm_hello_world_int8.tflite"
    text = answer(run_cli("codegen", str(model), "-o", str(tmp_path / "c")))
    assert "constant-channel elimination: 68 of 288 MACs removed (channels 33 -> 29)" in text
    whole = answer(
        run_cli("codegen", str(model), "-o", str(tmp_path / "d"), "--disable-pass", "eliminate_channels")
    )
    assert "elimination" not in whole


@pytest.mark.slow
def test_codegen_says_what_tflite_micro_needs(run_cli, shared_dir, tmp_path):
    models = shared_dir / "models"
    text = answer(
        run_cli(
            "codegen",
            str(models / "models/tflm_hello_world_floatio.tflite"),
            "-o",
            str(tmp_path / "c"),
            "--offline-plan",
        )
    )
    assert "64-bit, reference kernels 32 1,424 832 2,096 2,416 48" in " ".join(text.split())
    assert max(map(len, text.splitlines()[1:])) <= 100
    arena = json.loads((tmp_path / "c/tflm/tflm_arena.json").read_text())
    assert arena["offline_plan"]["online_head_bytes"]["host"] == 48
    assert (tmp_path / "c/tflm/tflm_hello_world_floatio_model.tflite").is_file()
    text = answer(run_cli("codegen", str(models / "synth/gelu.tflite"), "-o", str(tmp_path / "d")))
    assert "TFLite Micro's arena: what TFLite Micro needs for GELU is not known to edgeflow" in text
