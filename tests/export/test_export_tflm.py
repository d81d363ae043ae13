"""The project for TFLite Micro: built against stand-in headers, its array run by TFLite Micro itself."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bundles import PICTURES, bundle_of
from exported import need, run_on_core, write

from edgeflow.emulate.tflm import TflmRuntime, is_installed
from edgeflow.errors import ModelError
from edgeflow.export.shared import sources
from edgeflow.export.tflm import files, resolver_method
from edgeflow.firmware.compiler import CORE_FLAGS
from edgeflow.tflm.kernels import REFERENCE_KERNELS

STAND_INS = Path(__file__).parent / "stand_ins" / "tflm"
FLAGS = ["-std=c++17", "-fno-rtti", "-fno-exceptions", "-fno-threadsafe-statics", "-DTF_LITE_STATIC_MEMORY"]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-O2"]
_MODEL = """
#include "{prefix}.h"

void *stand_in_input(size_t index, size_t *byte_count);
void *stand_in_output(size_t index, size_t *byte_count);
int stand_in_invoke(void);
int stand_in_reset(void);

void *stand_in_input(size_t index, size_t *byte_count)
{{
    *byte_count = {prefix}_input_bytes((int)index);
    return {prefix}_input({prefix}_arena, (int)index);
}}

void *stand_in_output(size_t index, size_t *byte_count)
{{
    *byte_count = {prefix}_output_bytes((int)index);
    return (void *)(size_t){prefix}_output({prefix}_arena, (int)index);
}}

int stand_in_invoke(void)
{{
    return {prefix}_invoke({prefix}_arena);
}}

int stand_in_reset(void)
{{
    return -1;
}}
"""
_MAIN = """
#include "ef_core.h"
#include "ef_platform.h"

void setup(void);
void loop(void);
void stand_in_print(const char *text);

void stand_in_print(const char *text)
{{
    (void)ef_semihosting_call(0x04, text); /* SYS_WRITE0 */
}}

int main(void)
{{
    ef_platform_init();
    setup();
    loop();
    loop();
    ef_platform_exit(0);
    for (;;) {{
    }}
}}
"""
_HOST_MAIN = """
#include <stdio.h>
void setup(void);
void loop(void);
void stand_in_print(const char *text);
void stand_in_print(const char *text) { (void)fputs(text, stdout); }
int main(void) { setup(); loop(); loop(); return 0; }
"""

_PREPARED = """
#include "tiny_digits_preprocess.h"

int main(void)
{
    static tiny_digits_preprocess_state state;
    static int8_t input[64];
    static const uint8_t pixels[4] = {200, 200, 200, 200};
    const ef_frame frame = {pixels, 2, 2, 2, EF_FRAME_GRAY8};
    const int is_done = tiny_digits_preprocess_picture(&state, &frame, input) == EF_PICTURE_DONE;
    return !(is_done && input[0] == 72 && input[63] == 72);
}
"""


def objects(bundle, folder, compiler, flags):
    """The exported C++ and the stand-in's, each file compiled for itself; ``main.cc`` stays out."""
    place = write(files(bundle), folder / "export")
    found = []
    for path in [*sorted(place.glob("*.cc")), STAND_INS / "micro_log.cc"]:
        if path.name == "main.cc":
            continue
        found.append(folder / f"{path.stem}.o")
        command = [need(compiler), *flags, *FLAGS, *WARNINGS, f"-I{STAND_INS}", f"-I{place}"]
        command += ["-c", path, "-o", found[-1]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return found


def model_sources(bundle, folder):
    """The generated C that the stand-in's interpreter runs, but for its own self-test."""
    kept = {name: data for name, data in sources(bundle).items() if not name.endswith("_selftest.c")}
    write(kept | {"stand_in_model.c": _MODEL.format(prefix=bundle.prefix).encode()}, folder)
    return sorted(folder.glob("*.c"))


def run_on_m4(bundle, folder):
    compiled = objects(bundle, folder, "arm-none-eabi-g++", CORE_FLAGS["cortex-m4f"].gcc)
    generated = model_sources(bundle, folder / "model")
    return run_on_core([*generated, *compiled], [folder / "model"], bundle, folder / "run", main=_MAIN)


def test_setup_and_loop_run_on_the_core(bundle, tmp_path):
    lines, _ = run_on_m4(bundle, tmp_path)
    cases = [f"tiny_digits: case {number} of 3 is equal" for number in (1, 2, 3)]
    assert lines[:4] == [*cases, "PASS"]
    scores = [np.frombuffer(case.outputs[0], np.int8) for case in bundle.golden[:2]]
    assert lines[4:] == [f"{bundle.labels[s.argmax()]}: {s.max()}" for s in scores]


def test_the_self_test_fails_on_the_core(disturbed, tmp_path):
    lines, _ = run_on_m4(disturbed, tmp_path)
    assert lines[3] == "FAIL"
    assert lines[0] == "tiny_digits: case 1 of 3 differs"


def test_a_model_without_labels_prints_its_first_value(picture_model, tmp_path):
    bundle = bundle_of(picture_model, tmp_path / "c", labels=())
    compiled = objects(bundle, tmp_path, "g++", [])
    generated = model_sources(bundle, tmp_path / "model")
    (tmp_path / "host.c").write_text(_HOST_MAIN)
    command = [need("gcc"), "-O1", f"-I{tmp_path / 'model'}", tmp_path / "host.c", *generated, *compiled]
    subprocess.run([*command, "-o", tmp_path / "host"], check=True)
    done = subprocess.run([tmp_path / "host"], capture_output=True, text=True, check=True)
    first = [str(np.frombuffer(case.outputs[0], np.int8)[0]) for case in bundle.golden[:2]]
    assert done.stdout.splitlines()[3:] == ["PASS", *first]


def test_tflite_micro_itself_gives_the_golden_outputs_of_the_exported_array(bundle, tmp_path):
    if not is_installed():
        pytest.skip("tflite-micro is not installed")
    text = files(bundle)["tiny_digits_model_data.cc"].decode()
    body = text[text.index("{") + 1 : text.index("};")]
    array = bytes(int(number, 16) for number in re.findall(r"0x[0-9a-f]{2}", body))
    (tmp_path / "array.tflite").write_bytes(array)
    runtime = TflmRuntime(tmp_path / "array.tflite")
    shape, dtype = runtime.inputs[0].shape, runtime.inputs[0].dtype
    cases = np.stack([np.frombuffer(c.inputs[0], dtype).reshape(shape) for c in bundle.golden])
    assert runtime.run([cases])[0].tobytes() == b"".join(c.outputs[0] for c in bundle.golden)


def test_the_resolver_has_exactly_the_operators_of_the_model(bundle):
    header = files(bundle)["gen_micro_mutable_op_resolver.h"].decode()
    assert re.findall(r"resolver\.(\w+)\(\)", header) == ["AddFullyConnected"]
    assert "kNumberOperators = 1;" in header


@pytest.mark.parametrize("kind", sorted(REFERENCE_KERNELS))
def test_every_operator_has_its_method(kind):
    header = (STAND_INS / "tensorflow/lite/micro/micro_mutable_op_resolver.h").read_text()
    assert f"TfLiteStatus {resolver_method(kind)}()" in header


def test_a_model_of_unknown_arena_is_refused(bundle):
    unknown = {**bundle.tflm_arena, "unknown_because": "what TFLite Micro needs for GELU is not known"}
    with pytest.raises(ModelError, match="GELU"):
        files(replace(bundle, tflm_arena=unknown))


def test_the_preprocessing_comes_complete_and_alone(picture_model, tmp_path):
    bundle = bundle_of(picture_model, tmp_path / "c", preprocessing=PICTURES)
    place = write(files(bundle), tmp_path / "export")
    names = {path.name for path in place.glob("*.c")}
    assert "tiny_digits_preprocess.c" in names
    assert not any("fully_connected" in name for name in names)
    (tmp_path / "main.c").write_text(_PREPARED)
    command = [need("gcc"), "-std=c99", f"-I{place}", tmp_path / "main.c", *sorted(place.glob("*.c"))]
    subprocess.run([*command, "-o", tmp_path / "main"], check=True)
    assert subprocess.run([tmp_path / "main"], check=False).returncode == 0
