"""Which changes are tried for which limit."""

import msgspec
import pytest

from edgeflow.advise.change import device_changes, network_changes, together, with_settings
from edgeflow.pipeline import open_build


@pytest.fixture
def build(tmp_path):
    def opened(*overrides, target="cortex-m"):
        return open_build(project_file=None, overrides=overrides, build_dir=tmp_path, target=target)

    return opened


def names(changes):
    return [change.name for change in changes]


def test_a_limit_of_ram_tries_less_memory_first(build):
    found = device_changes(build(), ["ram_bytes"])
    assert names(found)[0] == "--set codegen.stripes=smallest"
    assert "--set codegen.kernels=plain" in names(found)
    assert not any("compiler" in name or "tune" in name for name in names(found))


def test_a_limit_of_time_tries_what_costs_no_training(build):
    assert names(device_changes(build("build.compiler=zig"), ["latency_us"])) == [
        "--set build.compiler=gcc",
        "--set codegen.stripes=off",
        "--set codegen.tune=true",
    ]


def test_what_is_already_so_is_not_offered(build):
    done = build("codegen.stripes=smallest", "codegen.max_recompute=0.3", "codegen.kernels=plain")
    assert device_changes(done, ["ram_bytes"]) == []


def test_code_gets_what_the_limit_leaves(build):
    found = names(device_changes(build(), ["flash_bytes"], 9000))
    assert "--set codegen.tune=true --set codegen.code_budget_bytes=9000" in found


def test_a_second_ram_region_is_tried_where_there_is_one(build):
    found = names(device_changes(build(target="nucleo-h743zi2"), ["ram_bytes"]))
    assert "--set codegen.regions=[1,131072" in " ".join(found)


def test_networks_get_smaller_only(build):
    project = build(
        "preprocessing.input_size=48",
        "preprocessing.color_mode=rgb",
        "model.stem_stride=2",
        "model.width=0.15",
    )
    found = network_changes(project, 10)
    assert names(found) == [
        "--set preprocessing.color_mode=grayscale",
        "--set preprocessing.input_size=36",
        "--set preprocessing.input_size=24",
        "--set preprocessing.input_size=12",
        "--set model.width=0.1125",
        "--set model.blocks=5",
        "--set model.blocks=3",
    ]
    assert all(change.needs_training for change in found)
    assert [(change.sketch.height, change.sketch.width) for change in found[:3]] == [
        (48, 48),
        (36, 36),
        (24, 24),
    ]
    assert [change.sketch.channels for change in found[:2]] == [1, 3]


def test_inputs_that_are_no_square_keep_their_ratio(build):
    project = build(
        "preprocessing.input_size=[48,96]", "model.stem_stride=2", "model.width=0.1", "model.blocks=1"
    )
    found = network_changes(project, 10)
    assert names(found) == [
        f"--set preprocessing.input_size=[{size}]" for size in ("36,72", "24,48", "12,24")
    ]
    assert (found[0].sketch.height, found[0].sketch.width) == (36, 72)


def test_colour_stays_where_channels_have_their_own_values(build):
    project = build("preprocessing.color_mode=rgb", "preprocessing.scale=[0.01,0.02,0.03]")
    assert not any("color_mode" in name for name in names(network_changes(project, 10)))


def test_two_changes_make_one_network(build):
    smaller, narrower = network_changes(build(), 10)[1], network_changes(build(), 10)[3]
    both = together(build(), 10, [smaller, narrower])
    assert both.name == f"{smaller.name} {narrower.name}"
    assert both.sketch.height == both.sketch.width == 12
    assert both.sketch.model.width == narrower.settings["model.width"]


def test_settings_are_those_of_the_command_line(build):
    for change in (*device_changes(build(), ["ram_bytes", "flash_bytes", "latency_us"], 9000),):
        texts = change.name.removeprefix("--set ").split(" --set ")
        assert with_settings(build(), change.settings).project == build(*texts).project


def test_an_impossible_setting_is_refused(build):
    with pytest.raises(msgspec.ValidationError):
        with_settings(build(), {"model.width": 9.0})


def test_features_of_sound_keep_their_size(build):
    project = build("preprocessing.kind='log-mel'", "model.stem_stride=2", "model.width=0.15")
    found = network_changes(project, 10)
    assert names(found) == ["--set model.width=0.1125", "--set model.blocks=5", "--set model.blocks=3"]
    assert {(change.sketch.height, change.sketch.width, change.sketch.channels) for change in found} == {
        (61, 40, 1)
    }
