"""The networks of a plan."""

import pytest

from edgeflow.errors import UsageError
from edgeflow.plan.sweep import Sweep, candidates, read_sweep
from edgeflow.train.options import ModelOptions


def test_every_combination_once():
    sweep = read_sweep(
        {
            "architectures": "mobilenet-v1",
            "widths": "0.25, 0.5,0.25",
            "sizes": "32",
            "colors": "rgb,grayscale",
            "stem_strides": None,
        }
    )
    found = candidates(sweep, ModelOptions(blocks=3), 5)
    assert [c.name for c in found] == [
        "mobilenet-v1 x0.25 32px rgb",
        "mobilenet-v1 x0.25 32px grayscale",
        "mobilenet-v1 x0.5 32px rgb",
        "mobilenet-v1 x0.5 32px grayscale",
    ]
    first = found[0].sketch
    assert (first.channels, (first.height, first.width), first.class_count, first.model.blocks) == (
        3,
        (32, 32),
        5,
        3,
    )
    assert found[0].settings["preprocessing.color_mode"] == "rgb"


def test_a_size_is_width_times_height():
    sweep = Sweep(("mobilenet-v1",), widths=(0.25,), sizes=("64x48",), colors=("rgb",))
    (found,) = candidates(sweep, ModelOptions(), 2)
    assert found.name == "mobilenet-v1 x0.25 64x48px rgb"
    assert (found.sketch.height, found.sketch.width) == (48, 64)
    assert found.settings["preprocessing.input_size"] == [48, 64]


def test_strides_stand_in_the_name_where_there_are_two():
    sweep = Sweep(("mobilenet-v2",), widths=(0.25,), sizes=("32",), colors=("rgb",), stem_strides=(1, 2))
    assert [c.name[-2:] for c in candidates(sweep, ModelOptions(), 2)] == ["/1", "/2"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("architectures", "resnet-9000"),
        ("widths", "0.25;0.5"),
        ("widths", "9"),
        ("widths", ""),
        ("sizes", "7"),
        ("sizes", "96x7"),
        ("sizes", "96x64x3"),
        ("sizes", "32.5"),
        ("colors", "cmyk"),
        ("stem_strides", "3"),
    ],
)
def test_what_the_project_file_would_not_take(name, text):
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')}") as caught:
        read_sweep({name: text})
    assert caught.value.hint


def test_every_architecture_is_swept_by_default():
    names = [
        c.name
        for c in candidates(read_sweep({"widths": "0.5", "sizes": "32", "colors": "rgb"}), ModelOptions(), 2)
    ]
    assert names == ["mobilenet-v1 x0.5 32px rgb", "mobilenet-v2 x0.5 32px rgb"]
