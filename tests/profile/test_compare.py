"""Two builds side by side."""

import json

import pytest

from edgeflow.errors import BudgetError, BuildError
from edgeflow.profile.compare import check_regressions, differences
from edgeflow.profile.finished import Finished, read_finished


def finished(accuracy=None, **totals):
    return Finished("build", {"totals": totals, "target": "board"}, accuracy)


BASELINE = finished(0.9, flash_bytes=1000, ram_bytes=200, latency_us=50.0, stack_bytes=0)


def changes(now, tolerance_percent=0.0):
    return {row.figure: row for row in differences(now, BASELINE, tolerance_percent)}


def test_change_in_percent_of_the_baseline():
    rows = changes(finished(0.9, flash_bytes=1010, ram_bytes=150, latency_us=50.0, stack_bytes=8))
    assert (rows["flash_bytes"].percent, rows["flash_bytes"].regressed) == (1.0, True)
    assert (rows["ram_bytes"].percent, rows["ram_bytes"].regressed) == (-25.0, False)
    assert (rows["latency_us"].percent, rows["latency_us"].regressed) == (0.0, False)
    assert (rows["stack_bytes"].percent, rows["stack_bytes"].regressed) == (None, True)
    assert not rows["accuracy"].regressed


@pytest.mark.parametrize(("tolerance_percent", "regressed"), [(0.0, True), (0.99, True), (1.0, False)])
def test_tolerance(tolerance_percent, regressed):
    assert changes(finished(flash_bytes=1010), tolerance_percent)["flash_bytes"].regressed is regressed


@pytest.mark.parametrize(("accuracy", "regressed"), [(0.95, False), (0.9, False), (0.899, True)])
def test_more_accuracy_is_better(accuracy, regressed):
    assert changes(finished(accuracy))["accuracy"].regressed is regressed


def test_a_figure_that_is_gone_is_a_regression_and_a_new_one_is_none():
    rows = changes(finished(0.9, energy_uj=3.0))
    assert rows["flash_bytes"].regressed
    assert not rows["energy_uj"].regressed
    assert rows["energy_uj"].percent is None
    assert "code_bytes" not in rows


def test_builds_for_different_targets_are_not_compared():
    other = Finished("release.json", {"totals": {}, "target": "other"}, None)
    with pytest.raises(BuildError, match=r"`release.json` is for other, this build for board"):
        differences(BASELINE, other, 0.0)


def test_every_regression_is_named():
    rows = list(changes(finished(flash_bytes=1010, ram_bytes=200, latency_us=51.0, stack_bytes=0)).values())
    with pytest.raises(BudgetError) as caught:
        check_regressions(rows, 0.0)
    assert caught.value.message == (
        "worse than the baseline by more than 0 %: flash_bytes 1,000 -> 1,010; latency_us 50 -> 51; "
        "accuracy has no figure any more"
    )
    check_regressions([row for row in rows if not row.regressed], 0.0)


PROFILE = {
    "schema": 2,
    "totals": {"ram_bytes": 1, "cycles": None},
    "target": "cortex-m",
    "memory": [{"kind": "ram", "name": "ram", "used_bytes": 1, "limit_bytes": 2}],
    "kinds": {"ram_bytes": "measured", "flash_bytes": "measured"},
}


def test_a_folder_a_report_or_a_profile_is_a_build(tmp_path):
    (tmp_path / "profile.json").write_text(json.dumps(PROFILE))
    assert read_finished(tmp_path) == Finished(tmp_path / "profile.json", PROFILE, None)
    report = {"profile": PROFILE, "evaluation": {"int8": {"accuracy": 0.5}}}
    (tmp_path / "report.json").write_text(json.dumps(report))
    assert read_finished(tmp_path) == Finished(tmp_path / "report.json", PROFILE, 0.5)
    assert read_finished(tmp_path / "profile.json").accuracy is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no finished build"),
        ("{", "not readable as JSON"),
        ("\xff\x00", "neither|not readable"),
        ("[]", "neither a report.json"),
        ("{}", "neither a report.json"),
        ('{"profile": 3}', "neither a report.json"),
    ],
)
def test_what_is_no_build(tmp_path, content, said):
    file = tmp_path / "report.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BuildError, match=said) as caught:
        read_finished(file if content else tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"profile": PROFILE | {"totals": None}}, "damaged: .*totals"),
        ({"profile": PROFILE | {"totals": {"ram_bytes": "1"}}}, "damaged: .*totals"),
        ({"profile": PROFILE | {"memory": [{"kind": "ram"}]}}, "damaged: .*memory"),
        ({"profile": PROFILE | {"kinds": {}}}, "damaged: .*kinds"),
        ({"profile": PROFILE, "evaluation": {"int8": {}}}, "damaged: .*int8"),
        ({"profile": PROFILE, "evaluation": [1]}, "damaged: .*object"),
        (PROFILE | {"schema": 1}, "another version of edgeflow: its profile has schema 1, not 2"),
    ],
)
def test_a_damaged_build_or_one_of_another_version(tmp_path, content, said):
    (tmp_path / "report.json").write_text(json.dumps(content))
    with pytest.raises(BuildError, match=said) as caught:
        read_finished(tmp_path)
    assert caught.value.hint
