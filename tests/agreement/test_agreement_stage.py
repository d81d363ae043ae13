"""The whole stage on a network of one layer: sound conversions pass, broken ones are named."""

import json

import numpy as np
import pytest
from tflite_file import fully_connected

import edgeflow.emulate.part as cases
from edgeflow.agreement.options import ParityOptions
from edgeflow.agreement.parts import Part, parts_of
from edgeflow.agreement.stage import Original, run
from edgeflow.errors import ParityError
from edgeflow.preprocess.spec import FILE_NAME, PictureSpec

SIDES = (2, 4, 1)
WEIGHTS = np.random.default_rng(5).integers(-100, 101, (3, 8))
BIAS = np.array([900, -400, 100])
INPUT_SCALE, WEIGHT_SCALE, OUTPUT_SCALE = 1 / 128, 1 / 256, 1 / 32

SPEC = PictureSpec(2, 4, 1, "grayscale", "bilinear", "fit", 128, (1 / 128,), (-1.0,))


def real_model(inputs, weights=WEIGHTS):
    """What the network computes, in numpy: ``[cases, 3]`` of ``[cases, 1, 2, 4, 1]``."""
    flat = inputs[0].reshape(len(inputs[0]), 8).astype(np.float64)
    return [flat @ (weights * WEIGHT_SCALE).T + BIAS * INPUT_SCALE * WEIGHT_SCALE]


def pictures(seed, count):
    """With the classes that the network itself gives them."""
    images = np.random.default_rng(seed).integers(0, 256, (count, *SIDES)).astype(np.uint8)
    (scores,) = real_model([(images.astype(np.float64) - 128) / 128])
    return images, scores.argmax(axis=1)


def part_of(name, images, labels):
    return Part(name, cases.Part((images,), labels, SPEC))


PARTS = [part_of("calibration", *pictures(1, 12)), part_of("test", *pictures(2, 40))]


def write_models(folder, *, int8_weights=WEIGHTS, output_scale=OUTPUT_SCALE):
    folder.mkdir(parents=True)
    real = WEIGHTS * WEIGHT_SCALE, BIAS * INPUT_SCALE * WEIGHT_SCALE
    (folder / "model_float.tflite").write_bytes(fully_connected((1, *SIDES), *real, scales=None))
    scales = (INPUT_SCALE, WEIGHT_SCALE, output_scale)
    small = fully_connected((1, *SIDES), int8_weights, BIAS, scales=scales)
    (folder / "model_int8.tflite").write_bytes(small)
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return write_models(tmp_path_factory.mktemp("models") / "quantize")


def compare(models, out_dir, *, original=real_model, class_count=3, **thresholds):
    try:
        run(
            models,
            PARTS,
            out_dir,
            original=Original("numpy", original) if original else None,
            options=ParityOptions(**thresholds),
            class_count=class_count,
            progress=lambda _text: None,
        )
    finally:
        found = json.loads((out_dir / "agreement.json").read_text())
    return found


@pytest.fixture(scope="module")
def found(models, tmp_path_factory):
    return compare(models, tmp_path_factory.mktemp("out"))


def test_a_sound_conversion_passes_with_every_figure(found):
    pairs = [(*row["between"], row["part"], row["cases"]) for row in found["rows"]]
    assert pairs == [
        ("original", "float", "calibration", 12),
        ("original", "float", "test", 40),
        ("float", "int8", "calibration", 12),
        ("float", "int8", "test", 40),
    ]
    by_pair = {tuple(row["between"]): row for row in found["rows"] if row["part"] == "test"}
    assert by_pair["original", "float"]["relative_max_difference"] < 1e-6
    half_step = by_pair["float", "int8"]["max_difference"] / OUTPUT_SCALE
    assert 0.4 < half_step <= 0.5 + 1e-4
    (scores,) = real_model([(PARTS[1].cases.arrays[0].astype(np.float64) - 128) / 128])
    assert by_pair["float", "int8"]["output_range"] == pytest.approx(scores.max() - scores.min(), rel=1e-5)
    accuracies = {(row["model"], row["part"]): row["accuracy"] for row in found["accuracy"]}
    assert accuracies["original", "test"] == accuracies["float", "calibration"] == 1
    assert accuracies["int8", "test"] == by_pair["float", "int8"]["argmax_agreement"]
    assert set(found["runtimes"]) == {"original", "float", "int8"}


def test_noise_of_a_layer_is_that_of_rounding(found):
    """Rounding to steps of q leaves an error of q squared by 12, evenly spread (Bennett, 1948)."""
    noise = found["noise"]
    (layer,) = noise["layers"]
    (scores,) = real_model([(PARTS[0].cases.arrays[0].astype(np.float64) - 128) / 128])
    expected = 10 * np.log10(np.mean(scores**2) / (OUTPUT_SCALE**2 / 12))
    assert layer["sqnr_db"] == pytest.approx(expected, abs=2)
    assert (layer["kind"], layer["tensor"], layer["lost_db"]) == ("FULLY_CONNECTED", "scores", None)
    assert (noise["cases"], noise["unmatched_operators"]) == (12, 0)


def disturbed(inputs):
    weights = WEIGHTS.copy()
    weights[1, 3] += 40
    return real_model(inputs, weights)


def other_layout(inputs):
    """The same weights on pictures read column by column."""
    return real_model([inputs[0].swapaxes(2, 3)])


@pytest.mark.parametrize("broken", [disturbed, pytest.param(other_layout, marks=pytest.mark.slow)])
def test_a_broken_import_fails_with_pair_figure_and_threshold(models, tmp_path, broken):
    sentence = (
        r"original and float model, output 0 on 12 calibration cases: the largest difference is 0\.\d+"
        r" of the output's range, parity\.float_max_difference allows 0\.001"
    )
    with pytest.raises(ParityError, match=sentence) as caught:
        compare(models, tmp_path, original=broken)
    assert "layout" in caught.value.hint


@pytest.mark.slow
def test_a_threshold_that_lets_differences_pass_leaves_the_classes(models, tmp_path):
    with pytest.raises(ParityError, match=r"\d have the same class, parity\.float_argmax_agreement demands"):
        compare(models, tmp_path, original=other_layout, float_max_difference=1.0)
    compare(models, tmp_path, original=other_layout, float_max_difference=1.0, float_argmax_agreement=0.0)


def test_bad_quantization_is_told_from_a_bad_import(tmp_path):
    saturated = write_models(tmp_path / "a", output_scale=1 / 2048)
    with pytest.raises(ParityError, match=r"float and int8 model.* parity\.int8_mean_difference") as caught:
        compare(saturated, tmp_path)
    assert "FULLY_CONNECTED #0 adds most noise (SQNR " in caught.value.hint
    assert "quantization.csv" in caught.value.hint


@pytest.mark.slow
def test_classes_that_int8_turns_are_told_from_differences(tmp_path):
    turned = write_models(tmp_path / "b", int8_weights=WEIGHTS[::-1])
    with pytest.raises(ParityError, match=r"float and int8 model.* parity\.int8_argmax_agreement demands"):
        compare(turned, tmp_path, int8_mean_difference=1.0)
    with pytest.raises(ParityError, match=r"on 40 test cases falls from 1\.0000 to 0\.\d+, parity\.int8_acc"):
        compare(turned, tmp_path, int8_mean_difference=1.0, int8_argmax_agreement=0.0)


@pytest.mark.slow
def test_a_float_tflite_is_its_own_original_and_needs_no_classes(models, tmp_path):
    found = compare(models, tmp_path, original=None, class_count=None)
    assert {tuple(row["between"]) for row in found["rows"]} == {("float", "int8")}
    assert found["accuracy"] == []


def test_parts_are_the_calibration_pictures_and_spread_test_pictures(tmp_path):
    for name, (images, labels) in {"train": pictures(3, 20), "test": pictures(4, 30)}.items():
        np.savez(tmp_path / f"{name}.npz", images=images, labels=labels)
    (tmp_path / FILE_NAME).write_text(json.dumps(SPEC.as_json()))
    classes = [{"chosen": [2, 5]}, {"chosen": [11]}]
    (tmp_path / "calibration.json").write_text(json.dumps({"classes": classes}))
    calibration, test = parts_of(tmp_path, tmp_path, 4)
    assert np.array_equal(calibration.cases.arrays[0], pictures(3, 20)[0][[2, 5, 11]])
    assert np.array_equal(test.cases.labels, pictures(4, 30)[1][[0, 9, 19, 29]])
