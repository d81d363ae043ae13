"""Whole tuned builds: measured on the emulated core, chosen, linked, profiled, and nothing twice."""

import shutil

import pytest

from edgeflow.artifact import read_json
from edgeflow.errors import BudgetError, ProjectError, ToolError
from edgeflow.pipeline import open_build, run_stages
from edgeflow.stages import chain
from edgeflow.tune.bench import Bench

pytestmark = pytest.mark.slow
# What the lowering may leave to tuning, of the network's cost, for less code: pooling on the M0+.
LARGEST_GAIN = 0.01


@pytest.fixture(autouse=True)
def emulator():
    """All of them run a core."""
    pytest.importorskip("unicorn")


def profiled(model, folder, *overrides, target="cortex-m", progress=lambda _text: None):
    """Results by stage of ``edgeflow profile --tune``."""
    given = ("codegen.tune=true", "codegen.stripes=off", *overrides)  # each operator measured by itself
    build = open_build(
        project_file=None, overrides=given, build_dir=folder, target=target, compiler="zig", model=model
    )
    return run_stages(build, chain(build, last="profile", without=("host", "parity")), progress)


@pytest.fixture(scope="module")
def tuned(small_net, tmp_path_factory):
    """Build folder, ``tuning.json`` and ``profile.json`` of the convolutional network."""
    pytest.importorskip("unicorn")
    folder = tmp_path_factory.mktemp("tuned")
    results = profiled(small_net("small_convolutional"), folder)
    return folder, read_json(results["tune"] / "tuning.json"), read_json(results["profile"] / "profile.json")


@pytest.fixture
def runs(monkeypatch):
    """How often the bench ran an image from here on."""
    counted, real = [], Bench.profile

    def counting(self, numbers):
        counted.append(numbers)
        return real(self, numbers)

    monkeypatch.setattr(Bench, "profile", counting)
    return counted


def test_figures_are_those_of_the_profile(tuned):
    """The profile runs another input: kernels of this network take the same instructions for both."""
    folder, tuning, profile = tuned
    chosen = {
        op["index"]: next(each for each in op["candidates"] if each["key"] == op["chosen"])
        for op in tuning["operators"]
    }
    assert len(chosen) == len(profile["operators"])
    for op in profile["operators"]:
        if op["kind"] not in {"SOFTMAX", "AVERAGE_POOL_2D"}:
            assert op["instructions"] == pytest.approx(chosen[op["index"]]["instructions"], rel=0.002)
            assert op["cycles"] == pytest.approx(chosen[op["index"]]["cost"], rel=0.002)
    assert tuning["figure"] == "cycles"
    assert tuning["kind"].startswith("estimated (")
    assert "zero-wait cycle model of cortex-m4f" in tuning["kind"]
    assert tuning["tuned"]["code_bytes"] == pytest.approx(profile["totals"]["code_bytes"], abs=16)
    assert tuning["tuned"]["cost"] == sum(each["cost"] for each in chosen.values())
    assert tuning["tuned"]["arena_bytes"] == profile["totals"]["arena_bytes"]
    published = next(folder.rglob("cortex-m/tuning.json"))
    assert read_json(published) == tuning


def test_every_kernel_set_was_tried(tuned):
    _, tuning, _ = tuned
    kernels = {each["kernel"] for op in tuning["operators"] for each in op["candidates"]}
    assert {"ef_conv_2d_s8", "ef_conv_2d_s8_dsp", "ef_conv_2d_s8_scalar", "ef_add_s8"} <= kernels
    for op in tuning["operators"]:
        assert all(each["cost"] > 0 and each["code_bytes"] > 0 for each in op["candidates"])
        assert op["reason"]


def test_untuned_build_leaves_no_tuning_behind(tuned, small_net):
    folder, _, _ = tuned
    profiled(small_net("small_convolutional"), folder, "codegen.tune=false")
    assert not list(folder.rglob("cortex-m/tuning.json"))


@pytest.mark.parametrize("stripes", ["off", "auto"])
def test_code_budget_is_kept_without_another_run(tuned, small_net, runs, stripes):
    """All measurements are there: only images are linked."""
    folder, tuning, _ = tuned
    budget = tuning["tuned"]["code_bytes"] - 600
    overrides = (f"codegen.code_budget_bytes={budget}", f"codegen.stripes={stripes}")
    results = profiled(small_net("small_convolutional"), folder, *overrides)
    found = read_json(results["tune"] / "tuning.json")
    assert read_json(results["profile"] / "profile.json")["totals"]["code_bytes"] <= budget
    assert found["tuned"]["code_bytes"] <= budget
    assert found["tuned"]["cost"] > tuning["tuned"]["cost"]
    assert any(row["reason"] == "code budget" for row in found["given_up"])
    assert not runs
    with pytest.raises(BudgetError, match="the smallest kernels take"):
        profiled(small_net("small_convolutional"), folder, "codegen.code_budget_bytes=900")


def test_budget_needs_measurements(small_net, tmp_path):
    overrides = ("codegen.tune=false", "codegen.code_budget_bytes=9000")
    with pytest.raises(ProjectError, match="code_budget_bytes"):
        profiled(small_net("small_dense"), tmp_path, *overrides)


def test_core_without_emulator_is_one_sentence(small_net, tmp_path):
    with pytest.raises(ToolError, match="cannot be measured: QEMU has no machine with a `cortex-m0plus`"):
        profiled(small_net("small_dense"), tmp_path, 'build.emulator="qemu"', target="cortex-m0plus")


def test_interrupted_tuning_goes_on_where_it_stopped(small_net, tmp_path, runs):
    def stop_at_second(text):
        if "measured" in text and not text.strip().startswith("0 of"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        profiled(small_net("small_dense"), tmp_path, progress=stop_at_second)
    assert len(runs) == 1
    said = []
    profiled(small_net("small_dense"), tmp_path, progress=said.append)
    assert len(runs) > 1
    first_of = [text for text in said if text.strip().startswith("0 of")]
    assert len(first_of) == 1
    again = len(runs)
    profiled(small_net("small_dense"), tmp_path, "codegen.static_arena=true")
    assert len(runs) == again


@pytest.mark.parametrize(("target", "compiler"), [("cortex-m", "gcc"), ("cortex-m0plus", "zig")])
def test_order_of_the_lowering_is_what_was_measured(small_net, tmp_path, target, compiler):
    """A lowering offers the least scratch first and the fastest last; other kernels gain next to nothing.

    Between them none is slower than what comes before it by more than 2 %.
    """
    if compiler == "gcc" and shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    setting = f'build.compiler="{compiler}"'
    model = small_net("small_convolutional")
    build = open_build(
        project_file=None,
        overrides=("codegen.tune=true", setting),
        build_dir=tmp_path,
        target=target,
        model=model,
    )
    results = run_stages(build, chain(build, last="tune"), lambda _text: None)
    tuning = read_json(results["tune"] / "tuning.json")
    for op in tuning["operators"]:
        usual = [each for each in op["candidates"] if each["is_usual"]]
        costs = [each["cost"] for each in usual]
        scratch = [each["scratch_bytes"] for each in usual]
        assert costs[-1] == min(costs), op["label"]
        assert scratch[0] == min(scratch), op["label"]
        assert all(cost <= 1.02 * min(costs[: i + 1]) for i, cost in enumerate(costs)), op["label"]
        gain = costs[-1] - min(each["cost"] for each in op["candidates"])
        assert gain <= LARGEST_GAIN * tuning["untuned"]["cost"], op["label"]
