"""The declaration: the project's table, its resolved form as a file, and the tables of values."""

import json
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import msgspec
import numpy as np
import pytest

from edgeflow.errors import DataError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import from_json, picture_spec, read_spec
from edgeflow.preprocess.values import network_input, raw_table, real_table

IMAGENET = PreprocessingOptions(
    input_size=(96, 160),
    color_mode="rgb",
    interpolation="area",
    aspect_ratio="crop",
    scale=(1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225)),
    offset=(-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225),
)


def test_a_spec_reads_back_exactly(tmp_path):
    spec = picture_spec(IMAGENET)
    path = tmp_path / "preprocessing.json"
    path.write_text(json.dumps(spec.as_json()))
    assert read_spec(path) == spec
    assert (spec.height, spec.width, spec.channels) == (96, 160, 3)
    assert spec.as_json()["kind"] == "picture"


def test_a_square_size_and_single_numbers_are_resolved():
    spec = picture_spec(PreprocessingOptions())
    assert (spec.height, spec.width, spec.scale, spec.offset) == (16, 16, (1 / 128,), (-1.0,))


def test_a_foreign_models_input_decides_the_shape():
    spec = picture_spec(PreprocessingOptions(), shape=(224, 600, 3))
    assert (spec.height, spec.width, spec.color_mode, spec.scale) == (224, 600, "rgb", (1 / 128,) * 3)
    with pytest.raises(DataError, match="a picture has 1 or 3 channels"):
        picture_spec(PreprocessingOptions(), shape=(8, 8, 4))
    with pytest.raises(DataError, match="`scale` has 3 numbers, the input has 1 channel"):
        picture_spec(IMAGENET, shape=(8, 8, 1))


BAD_OPTIONS = {
    "too many numbers": ({"scale": [1.0, 2.0]}, "`scale` has 2 numbers, the input has 1 channel"),
    "too few numbers": ({"color_mode": "rgb", "offset": [0.5]}, "`offset` has 1 number, the input has 3"),
    "nothing left": ({"scale": 0.0}, "a `scale` of 0"),
    "not finite": ({"offset": float("nan")}, "finite numbers"),
    "small": ({"input_size": [7, 16]}, "8 to 512 pixels"),
    "large": ({"input_size": 513}, "8 to 512 pixels"),
    "three sides": ({"input_size": [16, 16, 3]}, r"or \[height, width\]"),
    "pad": ({"pad_value": 256}, "<= 255"),
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_bad_options_are_refused(case):
    table, message = BAD_OPTIONS[case]
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(table, PreprocessingOptions)


BAD_FILES = {
    "not JSON": ("{", "is not valid JSON"),
    "a list": ("[]", "holds no preprocessing"),
    "another kind": ('{"schema": 1, "kind": "mfcc"}', "kind 'mfcc'"),
    "of the future": ('{"schema": 2, "kind": "picture"}', "schema 2"),
    "a field too few": ('{"schema": 1, "kind": "picture"}', "missing required field `height`"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_refused(tmp_path, case):
    text, message = BAD_FILES[case]
    path = tmp_path / "preprocessing.json"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_spec(path)
    assert message in caught.value.message
    assert "preprocessing.json" in caught.value.message


def test_contradicting_fields_are_refused():
    document = picture_spec(PreprocessingOptions()).as_json() | {"channels": 3}
    with pytest.raises(DataError, match="`grayscale` has 1 channels"):
        from_json(document)


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(DataError, match="cannot read"):
        read_spec(tmp_path / "absent.json")


def test_the_default_network_values_are_exact():
    spec = picture_spec(PreprocessingOptions())
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    values = network_input(pixels, spec)
    assert values.dtype == np.float32
    assert values.ravel().tolist() == [float(Fraction(p - 128, 128)) for p in range(256)]
    assert raw_table(spec, 1 / 128, 0, "int8").tolist() == [list(range(-128, 128))]
    assert raw_table(spec, 1 / 128, 128, "uint8").tolist() == [list(range(256))]


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("int8", -128, 127), ("uint8", 0, 255), ("int16", -32768, 32767)]
)
def test_tables_against_decimals(dtype, low, high):
    """Decimals hold the doubles' quotient exactly but for its last rounding, which no step lies near."""
    spec, step, zero = picture_spec(IMAGENET), 0.0186584480106831, 114 if dtype == "uint8" else -14
    table = raw_table(spec, step, zero, dtype)
    assert table.dtype == dtype
    for channel in range(3):
        for pixel in range(256):
            real = pixel * spec.scale[channel] + spec.offset[channel]
            steps = int((Decimal(real) / Decimal(step)).quantize(Decimal(1), ROUND_HALF_EVEN)) + zero
            assert table[channel, pixel] == max(low, min(high, steps))


def test_ties_go_to_even_and_values_clamp():
    spec = picture_spec(PreprocessingOptions(scale=0.5, offset=-8.0))
    table = raw_table(spec, 1.0, 3, "int8")[0].tolist()
    assert table[:6] == [-5, -5, -4, -3, -3, -3]  # -8, -7.5, -7, -6.5, -6, -5.5 rounded to even, then + 3
    assert table[-1] == 123  # 119.5 rounded to 120, then + 3
    assert raw_table(picture_spec(PreprocessingOptions(scale=2.0, offset=-200.0)), 1.0, 0, "int8")[
        0
    ].tolist()[::255] == [-128, 127]


def test_channels_have_their_own_values():
    spec = picture_spec(IMAGENET)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 4, 5, 3), dtype=np.uint8)
    wanted = pixels * np.array(spec.scale) + np.array(spec.offset)
    assert np.array_equal(network_input(pixels, spec), wanted.astype(np.float32))
    assert real_table(spec).shape == (3, 256)
