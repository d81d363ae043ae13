"""Cases from files, pictures and seeds; every wrong file gets a sentence that says what was expected."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from edgeflow.emulate.cases import load_inputs, picture_values, save_outputs, seeded_cases
from edgeflow.emulate.runtime import TensorInfo
from edgeflow.errors import UsageError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec

SPEC = picture_spec(PreprocessingOptions())
IMAGE = TensorInfo(0, "picture", (1, 2, 4, 1), "int8", 1 / 128, 0)
GOOD = np.zeros((3, 1, 2, 4, 1), np.int8)
EXPECTED = "must be int8 of shape [cases, 1, 2, 4, 1]"


def network(**changes):
    entry = {
        "tensor_id": 0,
        "name": "picture",
        "shape": [1, 2, 4, 1],
        "dtype": "int8",
        "scale": 1 / 128,
        "zero_point": 0,
    }
    return {
        "model": "m",
        "subgraph": 0,
        "inputs": [entry | changes],
        "outputs": [],
        "operators": [],
        "variables": [],
    }


def test_inputs_come_back(tmp_path):
    data = np.random.default_rng(0).integers(-128, 128, GOOD.shape).astype(np.int8)
    np.savez(tmp_path / "in.npz", in0=data)
    (found,) = load_inputs(tmp_path / "in.npz", [IMAGE])
    assert np.array_equal(found, data)


def test_outputs_are_written(tmp_path):
    save_outputs(tmp_path / "out.npz", [GOOD, np.ones((3, 1, 5), np.float32)])
    with np.load(tmp_path / "out.npz", allow_pickle=False) as archive:
        assert sorted(archive.files) == ["out0", "out1"]
        assert archive["out1"].dtype == np.float32


WRONG = {
    "missing key": ({"x": GOOD}, "has no array `in0`; it holds `x`"),
    "empty": ({}, "has no array `in0`; it holds nothing"),
    "type": ({"in0": GOOD.astype(np.uint8)}, "it is uint8"),
    "float": ({"in0": GOOD.astype(np.float64)}, "it is float64"),
    "shape": ({"in0": GOOD[:, :, :, :3]}, "it is [3, 1, 2, 3, 1]"),
    "no case axis": ({"in0": GOOD[0]}, "it is [1, 2, 4, 1]"),
    "scalar": ({"in0": np.int8(3)}, "it is []"),
    "no case": ({"in0": GOOD[:0]}, "no case"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_content_is_said(name, tmp_path):
    arrays, expected = WRONG[name]
    np.savez(tmp_path / "in.npz", **arrays)
    with pytest.raises(UsageError) as raised:
        load_inputs(tmp_path / "in.npz", [IMAGE])
    assert expected in raised.value.message
    assert "in.npz" in raised.value.message
    assert EXPECTED in f"{raised.value.message} {raised.value.hint}" or name == "no case"


def pickled():
    stream = io.BytesIO()
    np.savez(stream, in0=np.array([{"a": 1}], dtype=object))
    return stream.getvalue()


def cut_off():
    stream = io.BytesIO()
    np.savez(stream, in0=GOOD)
    return stream.getvalue()[:-40]


def lying_header():
    """An array whose header promises a petabyte."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "|i1", "fortran_order": False, "shape": (1 << 50,)}
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("in0.npy", stream.getvalue())
    return archive.getvalue()


HOSTILE = {
    "text": b"in0 = 1 2 3\n",
    "empty": b"",
    "bare pickle": pickle.dumps([1, 2]),
    "objects": pickled(),
    "cut off": cut_off(),
    "petabyte": lying_header(),
    "plain npy": b"\x93NUMPY\x01\x00"
    + b"v\x00{'descr': '|i1', 'fortran_order': False, 'shape': (1,), }".ljust(120)
    + b"\n\x05",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_gives_one_sentence(name, tmp_path):
    path = tmp_path / "in.npz"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(UsageError, match=r"in\.npz"):
        load_inputs(path, [IMAGE])


def test_absent_file(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        load_inputs(tmp_path / "absent.npz", [IMAGE])


def test_pixels_of_the_deployed_scale_are_exact():
    pixels = np.arange(256, dtype=np.uint8).reshape(32, 2, 4, 1)
    values = picture_values(pixels, IMAGE, SPEC)
    assert values.dtype == np.int8
    assert np.array_equal(values.reshape(-1), np.arange(-128, 128))


SCALES = [
    # scale, zero point, dtype, pixel, raw value by hand
    (1 / 64, 0, "int8", 128 + 3, 2),  # 1.5 ties to even
    (1 / 64, 0, "int8", 128 + 1, 0),  # 0.5 ties to even
    (1 / 128, 128, "uint8", 200, 200),
    (1 / 512, 0, "int8", 255, 127),  # clipped
    (1 / 512, 0, "int8", 0, -128),
    (1 / 128, -5, "int8", 128, -5),
]


@pytest.mark.parametrize(("scale", "zero_point", "dtype", "pixel", "raw"), SCALES)
def test_pixels_of_other_scales(scale, zero_point, dtype, pixel, raw):
    info = TensorInfo(0, "x", (1, 1, 1, 1), dtype, scale, zero_point)
    values = picture_values(np.full((1, 1, 1, 1), pixel, np.uint8), info, SPEC)
    assert (values.item(), str(values.dtype)) == (raw, dtype)


def test_pixels_of_a_float_model():
    info = TensorInfo(0, "x", (1, 1, 3, 1), "float32", None, None)
    values = picture_values(np.array([[[[0], [128], [255]]]], np.uint8).reshape(1, 1, 3, 1), info, SPEC)
    assert values.dtype == np.float32
    assert values.reshape(-1).tolist() == [-1.0, 0.0, 127 / 128]


@pytest.mark.parametrize("scale", [None, 0.0])
def test_integers_without_a_scale_are_refused(scale):
    info = TensorInfo(0, "raw", (1, 1, 1, 1), "uint8", scale, 0)
    with pytest.raises(UsageError, match="`raw` is uint8 without a scale"):
        picture_values(np.zeros((1, 1, 1, 1), np.uint8), info, SPEC)


def test_pictures_of_another_size_are_refused():
    with pytest.raises(UsageError, match=r"pictures are \[4, 4, 1\] but .*`picture` is \[1, 2, 4, 1\]"):
        picture_values(np.zeros((1, 4, 4, 1), np.uint8), IMAGE, SPEC)


@pytest.mark.parametrize(
    ("dtype", "zero_point"), [("int8", -3), ("uint8", 7), ("int16", 0), ("float32", None)]
)
def test_seeded_cases_repeat_and_hold_the_limits(dtype, zero_point):
    described = network(dtype=dtype, zero_point=zero_point, scale=None if zero_point is None else 0.5)
    (first,), (second,) = seeded_cases(described, 6), seeded_cases(described, 6)
    assert np.array_equal(first, second)
    assert (str(first.dtype), first.shape) == (dtype, (6, 1, 2, 4, 1))
    low, high = (-1, 1) if dtype == "float32" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    assert [np.unique(case).tolist() for case in first[:3]] == [[zero_point or 0], [low], [high]]
    assert all(len(np.unique(case)) > 4 for case in first[3:])
    assert np.array_equal(seeded_cases(described, 2)[0], first[:2])


def test_inputs_of_one_model_get_different_values():
    described = network()
    described["inputs"] *= 2
    first, second = seeded_cases(described, 4)
    assert not np.array_equal(first[3], second[3])
