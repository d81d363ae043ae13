"""The audit and the tables on real files; what they say is checked against the interpreter's own view."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from packages import need

from edgeflow.errors import ModelError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec
from edgeflow.quantize.audit import audit_int8, check_picture_input, expected_input
from edgeflow.quantize.flatbuffer import read_facts
from edgeflow.quantize.table import COLUMNS, quantization_csv

INTERPRETER_VIEW = """
import json, sys
from tflite_runtime.interpreter import Interpreter, OpResolverType
answers = []
for path in sys.argv[1:]:
    interpreter = Interpreter(path, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    answers.append({
        "tensors": {
            t["index"]: [
                t["name"], t["dtype"].__name__, [int(n) for n in t["shape"]],
                [float(s) for s in t["quantization_parameters"]["scales"]],
                [int(z) for z in t["quantization_parameters"]["zero_points"]],
            ]
            for t in interpreter.get_tensor_details()
        },
        "operators": [op["op_name"] for op in interpreter._get_ops_details()],
        "inputs": [i["index"] for i in interpreter.get_input_details()],
        "outputs": [o["index"] for o in interpreter.get_output_details()],
    })
print(json.dumps(answers))
"""


def interpreter_view(paths):
    answer = subprocess.run(
        [sys.executable, "-c", INTERPRETER_VIEW, *map(str, paths)], capture_output=True, check=True, text=True
    )
    return json.loads(answer.stdout)


FULL_INTEGER = ("mlperf_ic_resnet8", "mlperf_vww_mbv1", "mlperf_ad_autoencoder", "yolo_fastest_face_192")
# Name -> what the audit's sentence must hold.
REFUSED = {
    "models/tflm_hello_world_floatio.tflite": ["QUANTIZE (operator 0)", "DEQUANTIZE (operator", "(float32)"],
    "models/armkws_dscnn_s_floatio.tflite": ["QUANTIZE (operator 0)", "`input` (float32)"],
    "models/wv_k2c3_uint8io.tflite": ["`serving_default_input_1:0`", "is uint8, not int8"],
    "reject/reject_float_mnist.tflite": ["CONV_2D (operator 0)", "FULLY_CONNECTED", " more"],
    "reject/reject_hybrid_toycar.tflite": ["FULLY_CONNECTED (operator 0)", "`input_1` (float32)"],
    "reject/conv_i16x8.tflite": ["is int16, not int8"],
    "reject/malformed_truncated.tflite": ["is damaged"],
    "reject/malformed_not_a_flatbuffer.tflite": ["is not a .tflite file"],
}


def model_path(shared_dir, name):
    return shared_dir / "models" / "models" / f"{name}.tflite"


def test_facts_are_those_of_the_interpreter(shared_dir):
    need("tflite_runtime")
    paths = [model_path(shared_dir, name) for name in (*FULL_INTEGER, "tflm_hello_world_floatio")]
    for path, view in zip(paths, interpreter_view(paths), strict=True):
        facts = read_facts(path)
        assert [operator.kind for operator in facts.operators] == view["operators"]
        assert [list(facts.inputs), list(facts.outputs)] == [view["inputs"], view["outputs"]]
        for tensor in facts.tensors:
            name, dtype, shape, scales, zero_points = view["tensors"][str(tensor.index)]
            assert (tensor.name, tensor.dtype.lower(), list(tensor.shape)) == (name, dtype, shape)
            assert (list(tensor.scales), list(tensor.zero_points)) == (scales, zero_points)


@pytest.mark.parametrize("name", FULL_INTEGER)
def test_full_integer_models_pass(shared_dir, name):
    assert audit_int8(model_path(shared_dir, name)).operators


@pytest.mark.parametrize("file", REFUSED)
def test_others_are_refused_by_name(shared_dir, file):
    with pytest.raises(ModelError) as caught:
        audit_int8(shared_dir / "models" / file)
    for part in [*REFUSED[file], file.rsplit("/", maxsplit=1)[1]]:
        assert part in caught.value.message


def test_an_input_that_suits_its_own_values_is_taken(shared_dir):
    """This model takes pixels as they are, int8 ones less 128."""
    spec = picture_spec(PreprocessingOptions(scale=1.0, offset=0.0))
    check_picture_input(read_facts(model_path(shared_dir, "mlperf_ic_resnet8")), spec)
    for scale, offset in ((1.00001, 0.0), (1.0, 1.0), (1.0, -2.0), (-1.0, 0.0)):
        other = picture_spec(PreprocessingOptions(scale=scale, offset=offset))
        with pytest.raises(ModelError, match="pixels need"):
            check_picture_input(read_facts(model_path(shared_dir, "mlperf_ic_resnet8")), other)


# pixel * scale + offset -> the range with 0 in 255 steps, and where 0 lies in it; by hand
EXPECTED_INPUTS = {
    (1 / 128, -1.0): (1 / 128, 0),
    (1.0, 0.0): (1.0, -128),
    (1.0, 255.0): (2.0, -128),
    (-1.0, 0.0): (1.0, 127),
    (2.0, -255.0): (2.0, -0.5),
}


@pytest.mark.parametrize("values", EXPECTED_INPUTS)
def test_scale_and_zero_point_of_an_input(values):
    scale, offset = values
    assert (
        expected_input(picture_spec(PreprocessingOptions(scale=scale, offset=offset)))
        == EXPECTED_INPUTS[values]
    )


def test_an_input_of_another_scale_is_refused(shared_dir):
    with pytest.raises(ModelError, match=r"input's scale is \(1.0,\) and its zero point \(-128,\)"):
        check_picture_input(
            read_facts(model_path(shared_dir, "mlperf_ic_resnet8")), picture_spec(PreprocessingOptions())
        )


def test_the_table_has_a_row_a_tensor_and_every_scale(shared_dir):
    facts = read_facts(model_path(shared_dir, "mlperf_vww_mbv1"))
    rows = list(csv.DictReader(io.StringIO(quantization_csv(facts))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["tensor"] for row in rows] == [tensor.name for tensor in facts.tensors]
    for row, tensor in zip(rows, facts.tensors, strict=True):
        assert [np.float32(scale) for scale in row["scales"].split()] == [
            np.float32(s) for s in tensor.scales
        ]
        assert row["shape"].replace("scalar", "") == "x".join(map(str, tensor.shape))
        assert (row["channel_axis"] != "") == (len(tensor.scales) > 1)
