"""`edgeflow plan` for real: drawn, compiled, run, ranked; and known the second time."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

pytestmark = pytest.mark.slow
NARROW = (
    "--architectures",
    "mobilenet-v1",
    "--widths",
    "0.25",
    "--colors",
    "grayscale",
    "--set",
    "model.blocks=2",
)


def plan(folder, *arguments, code=0):
    process = subprocess.run(
        [sys.executable, "-m", "edgeflow", "plan", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == code, process.stderr
    return process


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A folder with a finished plan of a network that fits and one that does not."""
    if find_spec("tensorflow") is None:
        pytest.skip("networks are drawn with TensorFlow")
    folder = tmp_path_factory.mktemp("plan")
    process = plan(folder, "--classes", "3", "--sizes", "16,400", "--json", *NARROW)
    return folder, json.loads(process.stdout)


def test_one_fits_and_the_other_says_what_is_missing(planned):
    folder, answer = planned
    small, large = answer["candidates"]
    assert (small["fits"], large["fits"]) == (True, False)
    assert small["totals"]["ram_bytes"] > small["totals"]["arena_bytes"] > 0
    assert small["totals"]["latency_us"] > 0
    assert "RAM overflows by" in large["broken"][0]
    assert large["totals"]["arena_bytes"] > 262_144
    assert answer["kinds"]["latency_us"].startswith("estimated")
    assert (folder / "build/digits/cortex-m/plan.svg").read_text().startswith("<?xml")
    kept = json.loads((folder / "build/digits/cortex-m/plan.json").read_text())
    assert kept["candidates"] == answer["candidates"]


def test_the_second_time_everything_is_known(planned):
    folder, answer = planned
    again = plan(folder, "--classes", "3", "--sizes", "16", *NARROW)
    assert "to draw" not in again.stderr
    assert f"{answer['candidates'][0]['totals']['ram_bytes']:,}" in again.stdout
    assert "edgeflow build --target cortex-m --set model.architecture=mobilenet-v1" in again.stdout


def test_a_budget_of_the_command_line_counts(planned):
    folder, _ = planned
    process = plan(folder, "ram=1KiB", "--classes", "3", "--sizes", "16", *NARROW)
    assert "0 of 1 networks fit cortex-m" in process.stdout
    assert "budget.ram_bytes is 1,024 bytes but" in process.stdout


def test_the_plan_is_what_the_build_becomes(planned):
    """RAM, code and arena of the trained network are those that were planned."""
    folder, answer = planned
    small = answer["candidates"][0]
    settings = [f"--set={key}={value}" for key, value in small["settings"].items()]
    command = [sys.executable, "-m", "edgeflow", "build", "--json", "--set=train.epochs=1"]
    subprocess.run([*command, *settings, *NARROW[-2:]], cwd=folder, capture_output=True, check=True)
    totals = json.loads((folder / "build/digits/cortex-m/profile.json").read_text())["totals"]
    assert totals["arena_bytes"] == small["totals"]["arena_bytes"]
    assert totals["ram_bytes"] == small["totals"]["ram_bytes"]
    assert abs(totals["flash_bytes"] - small["totals"]["flash_bytes"]) < 400  # ten classes, not three
