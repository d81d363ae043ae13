"""Lower bounds of the latency on phones and Linux boards, against figures worked out by hand."""

import json

import pytest

from edgeflow.cli.linux_profile import answered_without_c
from edgeflow.errors import ModelError, TargetError, UsageError
from edgeflow.mobile.bound import Cores, bound, thread_counts
from edgeflow.mobile.peaks import peak_of
from edgeflow.target.application_core import APPLICATION_CORES
from edgeflow.target.descriptor import System, load, target_names

SYSTEMS = [each for each in map(load, target_names()) if isinstance(each, System)]


@pytest.mark.parametrize(
    ("core", "int8", "instruction", "float32"),
    [
        ("cortex-a53", 8, "SMLAL", 4),
        ("cortex-a55", 16, "SDOT", 4),
        ("cortex-a72", 16, "SMLAL", 8),
        ("cortex-a76", 32, "SDOT", 8),
        ("cortex-x1", 64, "SDOT", 16),
        ("cortex-a720", 64, "SMMLA", 8),
        ("cortex-x4", 128, "SMMLA", 16),
    ],
)
def test_peak_is_instruction_times_issue(core, int8, instruction, float32):
    peak = peak_of(core)
    assert (peak.int8_macs_per_cycle, peak.instruction) == (int8, instruction)
    assert peak.float32_macs_per_cycle == float32
    assert peak.macs_per_cycle("uint8") == int8
    assert peak.macs_per_cycle("int16") is None
    assert len(peak.source) > 30


def test_every_arm_core_has_a_peak_with_its_source():
    known = {name for name in APPLICATION_CORES if peak_of(name)}
    assert set(APPLICATION_CORES) - known == {"sifive-u74"}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda each: each.name)
def test_every_shipped_system_has_a_bound(system, fc_model):
    totals = bound(fc_model, system)["totals"]
    assert totals["macs"] == 24
    times = [row["least_us"] for row in totals["threads"]]
    assert times == sorted(times, reverse=True)
    assert times[-1] > 0


def test_threads_take_the_fastest_cores_first():
    cores = Cores(load("pixel-6"))
    big, middle, little = 64 * 2_800_000_000, 32 * 2_250_000_000, 16 * 1_800_000_000
    assert cores.macs_per_second("int8", 1) == big
    assert cores.macs_per_second("int8", 3) == 2 * big + middle
    assert cores.macs_per_second("int8", 8) == 2 * big + 2 * middle + 4 * little
    assert cores.macs_per_second("int16", 1) is None
    assert thread_counts(1) == [1]
    assert thread_counts(4) == [1, 2, 4]
    assert thread_counts(6) == [1, 2, 4, 6]


def test_figures_of_one_layer(fc_model):
    result = bound(fc_model, load("raspberry-pi-5"))
    (op,) = result["operators"]
    assert (op["macs"], op["input_bytes"], op["constant_bytes"], op["output_bytes"]) == (24, 8, 24 + 12, 3)
    assert op["least_us"] == pytest.approx(24 / (32 * 2400))
    assert op["memory_us"] == pytest.approx(47 / 17_000)
    assert result["totals"]["threads"][-1]["least_us"] == pytest.approx(24 / (4 * 32 * 2400))
    assert result["kind"].startswith("bound; not validated")


def test_without_bandwidth_there_is_no_memory_time(fc_float_model):
    result = bound(fc_float_model, load("pixel-6"))
    assert result["totals"]["memory_us"] is None
    assert result["memory_kind"].startswith("not available")
    assert result["operators"][0]["least_us"] == pytest.approx(24 / (16 * 2800))


def test_real_networks(shared_dir):
    models = shared_dir / "models" / "models"
    vww = bound(models / "mlperf_vww_mbv1.tflite", load("raspberry-pi-5"))["totals"]
    assert vww["threads"][0]["least_us"] == pytest.approx(vww["macs"] / (32 * 2400))
    assert vww["macs_without_peak"] == 0
    assert vww["moved_bytes"] > 200_000


def test_a_core_without_a_peak_and_a_missing_file(tmp_path, fc_model):
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\nkind = "linux"\nname = "mine"\ntitle = "Mine"\nsoc = "Some"\nos = "Linux"\n'
        '[[cpu]]\ncore = "sifive-u74"\ncount = 4\nclock_hz = 1_000_000_000\n'
        '[[source]]\nfigures = ["soc", "os", "cpu"]\ndocument = "the page"\n'
    )
    with pytest.raises(TargetError, match="how many MACs a sifive-u74") as caught:
        bound(fc_model, load(str(path)))
    assert "`edgeflow benchmark`" in caught.value.hint
    with pytest.raises(ModelError, match="no model file"):
        bound(tmp_path / "none.tflite", load("pixel-6"))


@pytest.mark.parametrize(
    ("name", "value"), [("--tune", True), ("--set", ["codegen.tune=true"]), ("--engine", "tflm")]
)
@pytest.mark.parametrize("target", ["pixel-6", "ethos-u55-128"])
def test_options_for_c_are_refused(fc_model, target, name, value):
    with pytest.raises(UsageError, match=f"`{name}` means nothing for `{target}`"):
        answered_without_c(fc_model, target, {name: value}, json=False)


def test_boards_go_on_to_a_build(fc_model):
    assert answered_without_c(fc_model, "cortex-m", {"--tune": True}, json=False) is False
    assert answered_without_c(fc_model, None, {}, json=False) is False


def test_profile_answers_for_a_phone(run_cli, fc_model):
    done = run_cli("profile", fc_model, "--target", "pixel-6")
    assert done.returncode == 0, done.stderr
    assert "cortex-x1: 64 int8 MACs a cycle (SDOT)" in done.stdout
    assert "latency: bound; not validated" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    result = json.loads(run_cli("profile", fc_model, "--target", "raspberry-pi-5", "--json").stdout)
    assert (result["schema"], result["target"]) == (1, "raspberry-pi-5")
