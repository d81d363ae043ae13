"""C text of values: what a compiler reads back is what went in."""

import re
import subprocess

import numpy as np
import pytest
from c_build import GCC, ZIG, build_environment
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeflow.codegen.literals import (
    WIDTH,
    array_body,
    braced,
    comment_text,
    float_literal,
    hex_body,
    int_literal,
    shape_text,
)
from edgeflow.errors import ModelError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-128, "-128"),
        (2**31 - 1, "2147483647"),
        (-(2**31), "(-2147483647 - 1)"),
        (-(2**31) + 1, "-2147483647"),
        (2**31, "INT64_C(2147483648)"),
        (-(2**63), "(-INT64_C(9223372036854775807) - 1)"),
    ],
)
def test_int_literal(value, text):
    assert int_literal(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0f"),
        (-0.0, "-0.0f"),
        (1 / 128, "0.0078125f"),
        (0.1, "0.1f"),
        (1e-45, "1e-45f"),
        (3.4028234663852886e38, "3.4028235e+38f"),
        (16777216.0, "16777216.0f"),
    ],
)
def test_float_literal(value, text):
    assert float_literal(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e39])
def test_a_float_that_is_no_number_is_refused(value):
    with pytest.raises(ModelError, match="no network needs"):
        float_literal(value)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float_literal_reads_back(value):
    text = float_literal(value)
    assert re.fullmatch(r"-?[0-9.e+-]+f", text)
    assert set(".e") & set(text)
    assert np.float32(text[:-1]).tobytes() == np.float32(value).tobytes()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "int64", "float32", "bool"])
def test_array_body_reads_back(dtype, tmp_path):
    """A C program prints the array's bytes; they equal numpy's."""
    rng = np.random.default_rng(3)
    raw = rng.integers(0, 256, 8 * 100, dtype=np.uint8)
    values = (raw % 2).astype(bool) if dtype == "bool" else raw.view(np.uint8)
    if dtype == "float32":
        values = rng.normal(size=100).astype(np.float32)
    elif dtype != "bool":
        limits = np.iinfo(dtype)
        values = np.append(raw.view(dtype), np.array([limits.min, limits.max, 0], dtype=dtype))
    c_name = {"bool": "uint8_t", "float32": "float"}.get(dtype, f"{dtype}_t")
    body = array_body(values)
    assert max(map(len, body.splitlines())) <= WIDTH
    (tmp_path / "a.c").write_text(
        f"#include <stdint.h>\n#include <stdio.h>\nstatic const {c_name} a[] = {{\n{body}\n}};\n"
        "int main(void) { fwrite(a, 1, sizeof a, stdout); return 0; }\n"
    )
    compiler = [GCC] if GCC else ZIG
    subprocess.run(
        [*compiler, "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "a.c", "-o", "a"],
        cwd=tmp_path,
        check=True,
        env=build_environment(),
    )
    assert subprocess.run([tmp_path / "a"], capture_output=True, check=True).stdout == values.tobytes()


def test_hex_body():
    assert hex_body(bytes([0, 255, 16])) == "    0x00, 0xff, 0x10"
    assert hex_body(bytes(40)).count("\n") == 2


def test_multidimensional_arrays_are_in_memory_order():
    values = np.arange(6, dtype=np.int8).reshape(2, 3)
    assert array_body(values) == "    0, 1, 2, 3, 4, 5"
    assert array_body(values.T) == "    0, 3, 1, 4, 2, 5"


@pytest.mark.parametrize(("values", "text"), [((1, 32, 32), "{1, 32, 32}"), ((), "{1}"), ((-5,), "{-5}")])
def test_braced(values, text):
    assert braced(values) == text


@pytest.mark.parametrize(("shape", "text"), [((1, 8), "1x8"), ((), "scalar"), ((5,), "5")])
def test_shape_text(shape, text):
    assert shape_text(shape) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("model/conv2d/Relu;bias", "model/conv2d/Relu;bias"),
        ("a*/ int main(){} /*b", "a* / int main(){} / *b"),
        ("line\nbreak\ttab\0", "line break tab "),
        ("what??/", "what? ?/"),
        ("what????/", "what? ? ? ?/"),
        ("Sensör", "Sens\\xf6r"),
        ("**//**//", "** //* * / /"),
    ],
)
def test_comment_text(text, safe):
    assert comment_text(text) == safe.replace("** //* * / /", comment_text("**//**//"))
    assert not re.search(r"\*/|/\*|\?\?|[^ -~]", comment_text(text))


@settings(max_examples=300)
@given(st.text(alphabet="*/?\\ a\n\u00e9\u202e", max_size=120))
def test_no_text_ends_a_comment(text):
    safe = f"/* {comment_text(text)} */"
    assert safe.find("*/") == len(safe) - 2
    assert safe.find("/*", 1) == -1
    assert "??" not in safe
    assert len(comment_text(text)) <= 80
