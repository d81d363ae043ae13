"""Kernels on the unit cases of CMSIS-NN's test data: parameters straight into the struct, no flatbuffer."""

import json

import numpy as np
import pytest
from kernel_harness import SHARED_MODELS, run_call

from edgeflow.ops.spec import ConstArray, KernelCall, NullArg, TensorArg

CASES = SHARED_MODELS / "cmsis_cases"
PREFIXES = {
    "conv_s8__": "conv",
    "depthwise_conv_s8__": "depthwise",
    "fully_connected_s8__": "fully_connected",
    "avg_pool_s8__": "pool",
    "max_pool_s8__": "pool",
    "add_s8__": "add",
    "maximum_s8__": "select",
    "minimum_s8__": "select",
    "mul_s8__": "mul",
    "pad_s8__": "pad",
}


def case_files(kind):
    prefixes = [prefix for prefix, name in PREFIXES.items() if name == kind]
    return sorted(path for path in CASES.glob("*.npz") if path.name.startswith(tuple(prefixes)))


def load(path):
    with np.load(path) as archive:
        arrays = {key: archive[key] for key in archive.files}
    return arrays, json.loads(str(arrays.pop("params")))


def check(library, function, header, struct, params, inputs, expected):
    """Run the kernel on ``inputs`` (None for a null pointer) and compare all of ``expected``."""
    output = np.full(expected.shape, 0x55, np.int8)
    arrays = {i: np.ascontiguousarray(a) for i, a in enumerate(inputs) if a is not None} | {99: output}
    args = [NullArg() if a is None else TensorArg(i) for i, a in enumerate(inputs)]
    call = KernelCall(function, header, (*args, TensorArg(99)), struct, tuple(params.items()))
    run_call(library, call, arrays)
    np.testing.assert_array_equal(output, expected)


def window_params(p, x, y, kernel):
    return {
        "batches": x.shape[0],
        "input_h": x.shape[1],
        "input_w": x.shape[2],
        "output_h": y.shape[1],
        "output_w": y.shape[2],
        "kernel_h": kernel[0],
        "kernel_w": kernel[1],
        "stride_h": p["stride_h"],
        "stride_w": p["stride_w"],
        "pad_top": p["pad_h"],
        "pad_left": p["pad_w"],
        "activation_min": p["act_min"],
        "activation_max": p["act_max"],
    }


def scaling_params(p, arrays):
    return {
        "dilation_h": p["dil_h"],
        "dilation_w": p["dil_w"],
        "input_offset": p["input_offset"],
        "output_offset": p["output_offset"],
        "multiplier": ConstArray("multiplier", arrays["multiplier"].astype(np.int32)),
        "shift": ConstArray("shift", arrays["shift"].astype(np.int8)),
    }


def ids(path):
    return path.stem


@pytest.mark.parametrize("path", case_files("conv"), ids=ids)
def test_conv(path, kernels):
    arrays, p = load(path)
    x, w, y = arrays["input"], arrays["weights"], arrays["expected"]
    params = window_params(p, x, y, w.shape[1:3]) | scaling_params(p, arrays)
    params |= {"input_c": x.shape[3], "output_c": y.shape[3], "kernel_c": w.shape[3]}
    inputs = (x, w, arrays.get("bias"))
    check(kernels, "ef_conv_2d_s8", "ef_conv_2d.h", "ef_conv_2d_params", params, inputs, y)


@pytest.mark.parametrize("path", case_files("depthwise"), ids=ids)
def test_depthwise_conv(path, kernels):
    arrays, p = load(path)
    x, w, y = arrays["input"], arrays["weights"], arrays["expected"]
    params = window_params(p, x, y, w.shape[:2]) | scaling_params(p, arrays)
    params |= {"input_c": x.shape[3], "depth_multiplier": p["ch_mult"]}
    inputs = (x, w, arrays.get("bias"))
    struct = "ef_depthwise_conv_2d_params"
    check(kernels, "ef_depthwise_conv_2d_s8", "ef_depthwise_conv_2d.h", struct, params, inputs, y)


@pytest.mark.parametrize("path", case_files("fully_connected"), ids=ids)
def test_fully_connected(path, kernels):
    arrays, p = load(path)
    if p["filter_offset"]:
        pytest.skip("weights with a zero point are refused by the operator's rules")
    x, w, y = arrays["input"], arrays["weights"], arrays["expected"]
    rows = x.reshape(-1, w.shape[1])
    params = {
        "batches": rows.shape[0],
        "input_c": w.shape[1],
        "output_c": w.shape[0],
        "input_offset": p["input_offset"],
        "output_offset": p["output_offset"],
        "activation_min": p["act_min"],
        "activation_max": p["act_max"],
    }
    multiplier, shift = np.atleast_1d(arrays["multiplier"]), np.atleast_1d(arrays["shift"])
    variant = "_per_channel" if multiplier.size > 1 else ""
    if variant:
        params["multiplier"] = ConstArray("multiplier", multiplier.astype(np.int32))
        params["shift"] = ConstArray("shift", shift.astype(np.int8))
    else:
        params |= {"multiplier": int(multiplier[0]), "shift": int(shift[0])}
    function, struct = f"ef_fully_connected{variant}_s8", f"ef_fully_connected{variant}_params"
    inputs = (rows, w, arrays.get("bias"))
    check(kernels, function, "ef_fully_connected.h", struct, params, inputs, y)


@pytest.mark.parametrize("path", case_files("pool"), ids=ids)
def test_pool(path, kernels):
    arrays, p = load(path)
    x, y = arrays["input"], arrays["expected"]
    params = window_params(p, x, y, (p["filter_h"], p["filter_w"])) | {"channels": x.shape[3]}
    function = "ef_average_pool_2d_s8" if path.name.startswith("avg") else "ef_max_pool_2d_s8"
    for name in (function, f"{function}_dsp") if x.shape[3] >= 4 else (function,):
        check(kernels, name, "ef_pool_2d.h", "ef_pool_2d_params", params, (x,), y)


@pytest.mark.parametrize("path", case_files("add"), ids=ids)
def test_add(path, kernels):
    arrays, p = load(path)
    assert p["left_shift"] == 20
    scaling = {
        "input1_offset": p["input1_offset"],
        "input1_multiplier": p["input1_mult"],
        "input1_shift": p["input1_shift"],
        "input2_offset": p["input2_offset"],
        "input2_multiplier": p["input2_mult"],
        "input2_shift": p["input2_shift"],
        "output_offset": p["output_offset"],
        "output_multiplier": p["output_mult"],
        "output_shift": p["output_shift"],
        "activation_min": p["act_min"],
        "activation_max": p["act_max"],
    }
    params = {"count": arrays["expected"].size} | {f"scaling.{k}": v for k, v in scaling.items()}
    inputs = (arrays["input1"], arrays["input2"])
    check(kernels, "ef_add_s8", "ef_add.h", "ef_add_params", params, inputs, arrays["expected"])


def broadcast_params(left, right):
    """Steps of NumPy's own broadcast views, in elements."""
    shape = np.broadcast_shapes(left.shape, right.shape)
    views = [np.broadcast_to(np.ascontiguousarray(side), shape) for side in (left, right)]
    fill = 4 - len(shape)
    return {
        "broadcast.shape": (1,) * fill + shape,
        "broadcast.stride1": (0,) * fill + views[0].strides,
        "broadcast.stride2": (0,) * fill + views[1].strides,
    }


@pytest.mark.parametrize("path", case_files("select"), ids=ids)
def test_minimum_and_maximum(path, kernels):
    arrays, _ = load(path)
    left, right = arrays["input1"], arrays["input2"]
    function, params = f"ef_{path.name.split('__')[0]}", broadcast_params(left, right)
    check(kernels, function, "ef_select.h", "ef_select_params", params, (left, right), arrays["expected"])


@pytest.mark.parametrize("path", case_files("mul"), ids=ids)
def test_mul(path, kernels):
    arrays, p = load(path)
    left, right = arrays["input1"], arrays["input2"]
    scaling = {
        "input1_offset": p["input1_offset"],
        "input2_offset": p["input2_offset"],
        "output_offset": p["output_offset"],
        "multiplier": p["output_mult"],
        "shift": p["output_shift"],
        "activation_min": p["act_min"],
        "activation_max": p["act_max"],
    }
    params = broadcast_params(left, right) | {f"scaling.{k}": v for k, v in scaling.items()}
    check(kernels, "ef_mul_s8", "ef_mul.h", "ef_mul_params", params, (left, right), arrays["expected"])


@pytest.mark.parametrize("path", case_files("pad"), ids=ids)
def test_pad(path, kernels):
    arrays, p = load(path)
    params = {
        "input_shape": arrays["input"].shape,
        "output_shape": arrays["expected"].shape,
        "before": tuple(p[f"pre_pad_{dim}"] for dim in "nhwc"),
        "value": p["pad_value"],
    }
    check(kernels, "ef_pad_s8", "ef_pad.h", "ef_pad_params", params, (arrays["input"],), arrays["expected"])
