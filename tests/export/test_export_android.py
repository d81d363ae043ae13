"""The exported Kotlin, compiled by kotlinc against stand-ins of LiteRT and Android, run on the JVM."""

import fcntl
import itertools
from dataclasses import replace
from pathlib import Path

import android_cases as cases
import msgspec
import numpy as np
import pytest
from exported import write
from kotlin import STAND_INS, compiled, run_main
from picture_cases import ASPECT_RATIOS, INTERPOLATIONS, frame, frames, spec_of, specs
from sound_oracle import clips_to_try
from sound_specs import SPECS, make

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.export.android import class_name, files, package_of
from edgeflow.export.android_golden import golden_files
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.color import PIXEL_BYTES
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.picture import prepare_frame
from edgeflow.preprocess.spec import MAX_SIDE, picture_spec
from edgeflow.preprocess.values import apply_table, raw_table, real_table

DRIVERS = Path(__file__).resolve().parent / "android_drivers"
SOUND = make(clip_ms=96, window_ms=24, stride_ms=9, mel_bands=8)  # 9 frames of 8


@pytest.fixture(scope="session")
def modules(bundle):
    """The exports of a classifier of pictures, one of sounds, and a network of tensors, by folder."""
    picture = picture_spec(PreprocessingOptions(), shape=(8, 8, 1))
    other = {"prefix": "other", "name": "other", "labels": ()}
    bundles = (
        replace(bundle, preprocessing=picture, float_model=bundle.tflite),
        replace(bundle, preprocessing=SOUND, prefix="spoken", name="spoken"),
        replace(bundle, **other, network={**bundle.network, "variables": [{"name": "state"}]}),
    )
    return {each.name: files(each) for each in bundles}


@pytest.fixture(scope="session")
def classes(modules, tmp_path_factory, worker_id):
    """All modules, their tests and sample apps, and the drivers, in one run of the compiler."""
    root = tmp_path_factory.getbasetemp()
    root = (root if worker_id == "master" else root.parent) / "android"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several workers one compiles
        if not (root / "done").exists():
            for name, exported in modules.items():
                write(exported, root / name)
            sources = [path for name in modules for path in (root / name).rglob("*.kt")]
            scripts = [path for name in modules for path in (root / name).rglob("*.kts")]
            compiled([*sources, *DRIVERS.glob("*.kt"), *as_functions(scripts, root)], root)
            (root / "done").touch()
    return root / "classes"


def as_functions(scripts, folder):
    """Gradle's scripts as functions that a compiler takes, with the stand-in of what Gradle offers them."""
    paths = [STAND_INS / "gradle" / "Gradle.kt"]
    for number, script in enumerate(sorted(scripts)):
        paths.append(folder / f"Script{number}.kt")
        paths[-1].write_text(f"import gradle.*\n\nfun script{number}() {{\n{script.read_text()}\n}}\n")
    return paths


@pytest.fixture
def driven(classes, tmp_path):
    """A function from cases to the bytes that the exported Kotlin gives for each."""

    def answers(asked):
        given, got = tmp_path / "cases", tmp_path / "answers"
        given.write_bytes(cases.integers(len(asked)) + b"".join(asked))
        run_main("PrepareKt", classes, given, got)
        return cases.answers(got.read_bytes())

    return answers


def junit(classes, *names, resources=None):
    root = classes.parent
    found = [
        root / name / name / "src" / "golden" / "resources" for name in ("tiny-digits", "spoken", "other")
    ]
    return run_main(
        "edgeflow.model.tiny_digits.LifecycleKt",
        classes,
        *(f"edgeflow.model.{name}" for name in names),
        resources=[*([resources] if resources else []), *found],
        properties=_assets(classes),
        is_checked=False,
    )


@pytest.mark.slow
def test_the_unit_tests_of_all_modules_pass(classes):
    out, status = junit(classes, *(f"{name}.GoldenTest" for name in ("tiny_digits", "spoken", "other")))
    assert (out.splitlines()[0], status) == ("11 tests", 0), out


@pytest.mark.slow
def test_the_classifier_lives_and_dies_as_promised(classes):
    """Results, accelerators, coroutines and native handles, with the stand-in of LiteRT."""
    out, status = junit(classes, "tiny_digits.Lifecycle", "tiny_digits.DeviceTest")
    assert (out.splitlines()[0], status) == ("16 tests", 0), out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "failing"), [("frames.bin", "preparesPictures"), ("values.bin", "givesTheNetwork")]
)
def test_the_unit_tests_see_a_wrong_byte(classes, modules, tmp_path, name, failing):
    data = bytearray(modules["tiny-digits"][f"tiny-digits/src/golden/resources/tiny_digits/{name}"])
    data[-1] ^= 1
    write({f"tiny_digits/{name}": bytes(data)}, tmp_path)
    out, status = junit(classes, "tiny_digits.GoldenTest", resources=tmp_path)
    assert status == 1
    assert [line for line in out.splitlines() if line.startswith(failing)], out


@pytest.mark.slow
def test_the_device_test_sees_a_wrong_output(classes):
    out, _ = run_main(
        "edgeflow.model.tiny_digits.DisturbedKt",
        classes,
        properties=_assets(classes),
        resources=_golden(classes),
    )
    assert out.split() == ["givesTheGoldenOutputs"]


def _assets(classes):
    return {"assets": classes.parent / "tiny-digits" / "tiny-digits" / "src" / "main" / "assets"}


def _golden(classes):
    return [classes.parent / "tiny-digits" / "tiny-digits" / "src" / "golden" / "resources"]


@pytest.mark.slow
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_every_picture_is_python_s(driven, interpolation):
    """2,640 pictures each: 14 sizes in four formats to 8 sizes, grey and colour, three aspect ratios."""
    asked, expected = [], []
    for aspect_ratio in ASPECT_RATIOS:
        for spec in specs(interpolation, aspect_ratio):
            for raw in frames():
                width, height, frame_format, data = raw
                asked.append(cases.picture(spec, *raw))
                expected.append(prepare_frame(data, width, height, frame_format, spec).reshape(-1))
    assert len(asked) == 3 * 16 * 55
    found = driven(asked)
    assert sum(int((a != b).sum()) for a, b in zip(found, expected, strict=True)) == 0


@pytest.mark.slow
def test_axes_of_all_small_sizes_and_the_largest_pictures_are_python_s(driven):
    """Rows and columns of 1 to 24 pixels to 1 to 24; sides at the limit; every word of rgb565."""
    generator = np.random.default_rng(3)
    asked, expected = [], []

    def add(spec, width, height, frame_format, data):
        asked.append(cases.picture(spec, width, height, frame_format, data))
        expected.append(prepare_frame(data, width, height, frame_format, spec).reshape(-1))

    for interpolation in INTERPOLATIONS:
        for size, to_size in itertools.product(range(1, 25), repeat=2):
            data = generator.integers(0, 256, size, dtype=np.uint8).tobytes()
            add(spec_of(to_size, 1, 1, interpolation), size, 1, "gray8", data)
            add(spec_of(1, to_size, 1, interpolation), 1, size, "gray8", data)
        for width, height in ((MAX_SIDE, 1), (1, MAX_SIDE), (MAX_SIDE, 1024), (4096, 4096)):
            noise = generator.integers(250, 256, width * height, dtype=np.uint8).tobytes()
            add(spec_of(7, 5, 1, interpolation), width, height, "gray8", noise)
    words = np.arange(1 << 16, dtype="<u2").tobytes()
    chroma = frame(512, 512, "yuyv")
    for channels in (1, 3):
        add(spec_of(256, 256, channels, "nearest"), 256, 256, "rgb565", words)
        add(spec_of(512, 512, channels, "nearest"), 512, 512, "yuyv", chroma)
    found = driven(asked)
    assert sum(int((a != b).sum()) for a, b in zip(found, expected, strict=True)) == 0


@pytest.mark.slow
def test_every_sound_is_python_s(driven):
    """All clips of the oracle's list for eight declarations of log-mel and MFCC."""
    asked, expected = [], []
    for spec in (*SPECS.values(), SOUND):
        clips = clips_to_try(spec.clip_samples)
        asked += [cases.sound(spec, clip) for clip in clips]
        expected += [features.reshape(-1) for features in sound_features(clips, spec)]
    found = driven(asked)
    assert sum(int((a != b).sum()) for a, b in zip(found, expected, strict=True)) == 0


@pytest.mark.slow
def test_values_scores_and_transparency_are_python_s(driven):
    """Tables of odd scales in all types, real numbers of raw ones, and Pillow's white background."""
    image = pytest.importorskip("PIL.Image")
    generator = np.random.default_rng(9)
    asked, expected = [], []
    for trial in range(60):
        channels = 1 + 2 * (trial % 2)
        scale = tuple(generator.normal(size=channels).tolist())
        spec = replace_spec(spec_of(1, 256, channels, "area"), scale, tuple(generator.normal(size=channels)))
        levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None], channels, axis=1)
        for dtype in cases.ELEMENTS:
            step = float(np.float32(abs(generator.normal()) / 50))
            zero_point = int(generator.integers(-5, 6))
            asked.append(cases.values(spec, dtype, step, zero_point, levels))
            is_real = dtype == "float32"
            table = real_table(spec).astype("f4") if is_real else raw_table(spec, step, zero_point, dtype)
            expected.append(apply_table(table, levels).reshape(-1).view(np.uint8))
            raw = apply_table(table, levels).reshape(-1)
            asked.append(cases.reals(raw, step, zero_point))
            real = (
                raw if is_real else np.float32(step) * (raw.astype(np.int32) - zero_point).astype(np.float32)
            )
            words = " ".join(str(bits) for bits in real.astype("f4").view(np.int32).tolist())
            expected.append(np.frombuffer(words.encode(), np.uint8))
    value, alpha = (part.reshape(-1).astype(np.uint8) for part in np.indices((256, 256))[::-1])
    colours = np.stack([value] * 3 + [alpha], axis=-1).reshape(256, 256, 4)
    background = image.new("RGBA", (256, 256), (255, 255, 255, 255))
    opaque = image.alpha_composite(background, image.fromarray(colours, "RGBA")).convert("RGB")
    asked.append(cases.white())
    expected.append(np.asarray(opaque)[..., 0].reshape(-1))
    found = driven(asked)
    assert sum(int((a != b).sum()) for a, b in zip(found, expected, strict=True)) == 0


def replace_spec(spec, scale, offset):
    """The spec with other numbers of the values."""
    return msgspec.structs.replace(spec, scale=scale, offset=tuple(float(number) for number in offset))


def test_both_models_run_with_their_metadata(modules, bundle, tmp_path):
    assets = modules["tiny-digits"]
    for name in ("tiny-digits", "tiny-digits_float"):
        path = tmp_path / f"{name}.tflite"
        path.write_bytes(assets[f"tiny-digits/src/main/assets/tiny-digits/{name}.tflite"])
        inputs = np.frombuffer(bundle.golden[0].inputs[0], np.int8).reshape(1, 1, 8, 8, 1)
        assert DesktopRuntime(path).run([inputs])[0].tobytes() == bundle.golden[0].outputs[0]


def test_what_a_build_does_not_have_is_not_exported(modules):
    other = modules["other"]
    assert not [name for name in other if "Sound" in name or "Picture" in name or "labels" in name]
    assert not [name for name in other if name.endswith("_float.tflite")]
    assert "spoken/src/main/assets/spoken/sound_tables.bin" in modules["spoken"]
    assert b"FLOAT(" not in other["other/src/main/kotlin/edgeflow/model/other/OtherClassifier.kt"]


def test_gradle_keeps_models_uncompressed_and_states_its_versions(modules):
    script = modules["tiny-digits"]["tiny-digits/build.gradle.kts"].decode()
    assert 'noCompress += "tflite"' in script
    assert "com.google.ai.edge.litert:litert:1.4." in script
    assert 'namespace = "edgeflow.model.tiny_digits"' in script


@pytest.mark.parametrize(("prefix", "package"), [("object", "object_model"), ("digits", "digits")])
def test_packages_are_legal(bundle, prefix, package):
    renamed = replace(bundle, prefix=prefix)
    assert package_of(renamed) == f"edgeflow.model.{package}"
    assert class_name(replace(bundle, prefix="a_b2")) == "AB2"


@pytest.mark.parametrize(("side", "count"), [(8, 16), (256, 4)])
def test_golden_frames_have_all_formats_and_bounds(bundle, side, count):
    """A large input gets one frame of each format."""
    spec = spec_of(side, side, 3, "bilinear")
    data = golden_files(replace(bundle, preprocessing=spec))["frames.bin"]
    assert int.from_bytes(data[:4], "big") == count
    assert count % len(PIXEL_BYTES) == 0
