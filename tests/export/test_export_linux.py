"""pip installs the exported package; it runs in a process that knows nothing of edgeflow."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import wave
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from bundles import bundle_of
from exported import need, write
from PIL import Image
from tflite_file import fully_connected

from edgeflow.data.load import load_pictures, load_sounds
from edgeflow.emulate.cases import picture_values
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.export.bundle import GoldenCase
from edgeflow.export.linux import files, package_name
from edgeflow.preprocess.audio_spec import sound_spec
from edgeflow.preprocess.spec import PictureSpec

SPEC = PictureSpec(
    height=8,
    width=8,
    channels=1,
    color_mode="grayscale",
    interpolation="bilinear",
    aspect_ratio="crop",
    pad_value=128,
    scale=(1 / 128,),
    offset=(-1.0,),
)
SOUND = sound_spec(
    "mfcc",
    sample_rate_hz=8000,
    clip_ms=200,
    window_ms=32,
    stride_ms=16,
    mel_bands=20,
    coefficients=10,
    low_hz=20,
    high_hz=None,
    floor_db=-80,
    ceiling_db=0,
    lifter=0,
    coefficient_limit_db=300,
)
# What the installed package makes of each file; ``hidden`` is the interpreter that it shall not find.
_DRIVER = """
import json, sys
sys.modules["{hidden}"] = None
from pathlib import Path
from {package} import Classifier
model = Classifier("reference")
for name in sys.argv[1:]:
    tensor = model.prepare(Path(name).read_bytes())
    label, score = model.results(model.run([tensor]))[0]
    print(json.dumps([tensor.tobytes().hex(), label, score]))
assert not any(name.split(".")[0] == "edgeflow" for name in sys.modules)
"""


def install(bundle, folder):
    """The folder where pip puts the package, without the network."""
    source = write(files(bundle), folder / "export")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    command += ["--no-build-isolation", "--no-compile", "--target", folder / "site", source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def python(site, *arguments):
    environment = os.environ | {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=site.parent, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def with_pictures(bundle):
    return replace(bundle, preprocessing=SPEC)


@pytest.fixture(scope="module")
def site(with_pictures, tmp_path_factory):
    return install(with_pictures, tmp_path_factory.mktemp("linux"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Files of many modes, sizes and formats."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(3)
    colour = Image.fromarray(random.integers(0, 256, (37, 50, 3), dtype=np.uint8))
    colour.save(folder / "a.png")
    colour.save(folder / "b.jpg", quality=90)
    rotated = Image.Exif()
    rotated[0x0112] = 6
    colour.save(folder / "c.jpg", exif=rotated)
    colour.convert("P").save(folder / "d.gif")
    colour.convert("L").resize((8, 8)).save(folder / "e.bmp")
    Image.fromarray(random.integers(0, 256, (9, 200, 4), dtype=np.uint8)).save(folder / "f.png")
    Image.fromarray(random.integers(0, 65536, (30, 31), dtype=np.uint16)).save(folder / "g.png")
    colour.convert("1").save(folder / "h.tiff")
    colour.resize((301, 203)).save(folder / "i.webp")
    return sorted(folder.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("taken", "hidden"), [("ai_edge_litert", "tflite_runtime"), ("tflite_runtime", "ai_edge_litert")]
)
def test_the_installed_package_prepares_and_classifies_as_edgeflow(
    site, pictures, picture_model, bundle, taken, hidden
):
    if find_spec(taken) is None:
        pytest.skip(f"{taken} is not installed")
    done = python(site, "-c", _DRIVER.format(package="tiny_digits", hidden=hidden), *pictures)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    reference = DesktopRuntime(picture_model)
    inputs = picture_values(load_pictures(pictures, SPEC), reference.inputs[0], SPEC)
    (scores,) = reference.run([inputs])
    best = scores.reshape(len(pictures), -1)
    expected = [
        [values.tobytes().hex(), bundle.labels[row.argmax()], row.max() / 16]
        for values, row in zip(inputs, best, strict=True)
    ]
    assert answers == expected
    assert len(set(map(str, answers))) == len(pictures)


def test_no_module_of_the_package_imports_edgeflow(with_pictures):
    exported = files(with_pictures)
    sources = {name: data for name, data in exported.items() if name.endswith(".py")}
    assert {"tiny_digits/resize.py", "tiny_digits/decode.py", "tiny_digits/spec.py"} <= set(sources)
    assert not [
        name for name, data in sources.items() if b"from edgeflow" in data or b"import edgeflow" in data
    ]


@pytest.mark.slow
def test_the_command_answers_for_files(site, pictures, bundle):
    done = python(site, "-m", "tiny_digits", "--json", "--top", "2", *pictures[:2])
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert [first["file"], second["file"]] == [str(path) for path in pictures[:2]]
    assert {result["label"] for result in first["results"]} <= set(bundle.labels)
    assert first["results"][0]["score"] >= first["results"][1]["score"]
    plain = python(site, "-m", "tiny_digits", pictures[0])
    assert first["results"][0]["label"] in plain.stdout


@pytest.mark.slow
def test_the_self_test_passes(site):
    done = python(site, "-m", "tiny_digits", "--selftest")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (8, "tiny-digits: picture 1 of 4 is equal", "PASS")


def test_the_self_test_fails_for_another_output(disturbed, tmp_path):
    write(files(replace(disturbed, preprocessing=SPEC)), tmp_path / "export")
    done = python(tmp_path / "export", "-m", "tiny_digits", "--selftest")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "FAIL")
    assert "tiny-digits: case 1 of 3 differs" in done.stdout
    assert done.stdout.count("is equal") == 6


def test_the_self_test_fails_for_other_preprocessing(with_pictures, tmp_path):
    folder = write(files(with_pictures), tmp_path / "export")
    path = folder / "tiny_digits" / "model.json"
    path.write_text(path.read_text().replace('"bilinear"', '"nearest"'))
    done = python(folder, "-m", "tiny_digits", "--selftest")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "FAIL")
    assert "tiny-digits: picture 1 of 4 differs" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.png"], "error: cannot read `missing.png`: No such file or directory"),
        (["tiny.txt"], "error: `tiny.txt`: not a picture in a known format"),
        (["--serve", "nonsense"], "error: `--serve nonsense` is not HOST:PORT"),
        ([], "give files, --selftest or --serve"),
    ],
)
def test_faults_get_a_sentence(site, arguments, sentence):
    (site.parent / "tiny.txt").write_text("no picture")
    done = python(site, "-m", "tiny_digits", *arguments)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_service_answers_over_http(site, pictures):
    command = [sys.executable, "-m", "tiny_digits", "--serve", "127.0.0.1:0", "--kernels", "reference"]
    environment = os.environ | {"PYTHONPATH": str(site)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        try:
            url = running.stdout.readline().strip()
            with urllib.request.urlopen(url, timeout=10) as answer:
                assert json.load(answer)["takes"] == "picture"
            for path in pictures[:3]:
                with urllib.request.urlopen(url, path.read_bytes(), timeout=10) as answer:
                    results = json.load(answer)["results"]
                done = python(
                    site, "-m", "tiny_digits", "--json", "--top", "5", "--kernels", "reference", path
                )
                assert results == json.loads(done.stdout)["results"]
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(url, b"no picture", timeout=10)
            assert refused.value.code == 400
            assert json.load(refused.value)["error"] == "not a picture in a known format"
            huge = urllib.request.Request(url, b"", headers={"Content-Length": str(1 << 40)}, method="POST")
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(huge, timeout=10)
            assert refused.value.code == 413
        finally:
            running.kill()


def test_systemd_takes_the_unit(with_pictures, tmp_path):
    unit = write(files(with_pictures), tmp_path) / "tiny-digits.service"
    # systemd looks whether the program is there.
    unit.write_text(unit.read_text().replace("/opt/tiny-digits/bin/python", sys.executable))
    done = subprocess.run(
        [need("systemd-analyze"), "verify", unit], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hidden", "change", "verdict"),
    [("ai_edge_litert", 1, "FAIL"), ("tflite_runtime", 2, "PASS"), ("tflite_runtime", 3, "FAIL")],
)
def test_only_litert_may_be_steps_off(with_pictures, tmp_path, hidden, change, verdict):
    taken = {"ai_edge_litert": "tflite_runtime", "tflite_runtime": "ai_edge_litert"}[hidden]
    if find_spec(taken) is None:
        pytest.skip(f"{taken} is not installed")
    (case, *others) = with_pictures.golden
    output = np.frombuffer(case.outputs[0], np.int8).astype(int)
    changed = np.where(output > 0, output - change, output + change).astype(np.int8).tobytes()
    golden = (GoldenCase(case.inputs, (changed,)), *others)
    folder = write(files(replace(with_pictures, golden=golden)), tmp_path / "export")
    script = f"import sys; sys.modules[{hidden!r}] = None; from tiny_digits.__main__ import main; main()"
    lines = python(folder, "-c", script, "--selftest").stdout.splitlines()
    assert lines[-1] == verdict
    assert ("tiny-digits: case 1 of 3 is within 2 steps" in lines) == (verdict == "PASS")


@pytest.mark.slow
def test_a_model_of_sounds_prepares_them_as_edgeflow(tmp_path):
    random = np.random.default_rng(9)
    model = tmp_path / "model.tflite"
    weights = random.integers(-127, 128, (3, SOUND.frames * SOUND.width))
    shape = (1, *SOUND.shape)
    model.write_bytes(fully_connected(shape, weights, np.zeros(3), (1 / 128, 1 / 64, 1 / 16)))
    bundle = replace(bundle_of(model, tmp_path / "c"), preprocessing=SOUND)
    folder = write(files(bundle), tmp_path / "export")
    sounds = [tmp_path / f"{number}.wav" for number in range(3)]
    for number, path in enumerate(sounds):
        with wave.open(str(path), "wb") as stream:
            stream.setparams((1 + number % 2, 2, 8000, 0, "NONE", ""))
            stream.writeframes(random.integers(-9000, 9000, 2000 << number, dtype=np.int16).tobytes())
    done = python(folder, "-c", _DRIVER.format(package="tiny_digits", hidden="none"), *sounds)
    assert done.returncode == 0, done.stderr
    prepared = [json.loads(line)[0] for line in done.stdout.splitlines()]
    info = DesktopRuntime(model).inputs[0]
    assert prepared == [
        values.tobytes().hex() for values in picture_values(load_sounds(sounds, SOUND), info, SOUND)
    ]
    tested = python(folder, "-m", "tiny_digits", "--selftest")
    assert tested.stdout.splitlines()[-1] == "PASS", tested.stdout + tested.stderr
    assert "sound 2 of 2 is equal" in tested.stdout


@pytest.mark.slow
def test_a_model_of_raw_values_takes_the_bytes_of_its_inputs(bundle, tmp_path):
    folder = write(files(bundle), tmp_path / "export")
    case = bundle.golden[0]
    (tmp_path / "input0.bin").write_bytes(case.inputs[0])
    done = python(folder, "-m", "tiny_digits", "--kernels", "reference", "input0.bin")
    scores = np.array(json.loads(done.stdout)[0])
    assert (scores * 16).astype(np.int8).tobytes() == case.outputs[0]
    assert python(folder, "-m", "tiny_digits", "--selftest").stdout.endswith("PASS\n")
    refused = python(folder, "-m", "tiny_digits", "input0.bin", "input0.bin")
    assert "the model takes inputs of [64] bytes, not [64, 64]" in refused.stderr


@pytest.mark.parametrize(
    ("prefix", "package"), [("json", "json_model"), ("match", "match_model"), ("cat", "cat")]
)
def test_the_package_shadows_no_other(bundle, prefix, package):
    assert package_name(replace(bundle, prefix=prefix)) == package
