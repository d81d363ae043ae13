"""The project file: defaults, overrides, and one sentence for every mistake."""

import tomllib

import msgspec
import pytest

from edgeflow.errors import ProjectError
from edgeflow.preprocess.audio_options import LogMelOptions
from edgeflow.project import Project, find_project, load_project, setting, template


def write(tmp_path, text):
    path = tmp_path / "edgeflow.toml"
    path.write_text(text)
    return path


def test_template_holds_every_default():
    assert msgspec.convert(tomllib.loads(template()), Project) == Project()


def test_template_names_every_key():
    text = template()
    for table in Project.__struct_fields__:
        assert f"[{table}]" in text
        for key in type(getattr(Project(), table)).__struct_fields__:
            assert f"\n{key} =" in text or f"\n# {key} =" in text, f"{table}.{key}"


def test_no_file_is_the_default_project():
    assert load_project(None) == Project()


def test_file_and_overrides(tmp_path):
    path = write(tmp_path, '[project]\nname = "shoes"\n[train]\nepochs = 3\n')
    project = load_project(path, ("train.epochs=4", "data.recipe=./my pictures", "model.width=0.5"))
    assert project.project.name == "shoes"
    assert project.train.epochs == 4
    assert project.data.recipe == "./my pictures"
    assert project.model.width == 0.5
    assert load_project(path, ("parity.int8_accuracy_drop=0.2",)).parity.int8_accuracy_drop == 0.2


@pytest.mark.parametrize("text", ["inf", "true", "2024", "a b", 'say "hi"', "C:\\x", "naïve 🙂", "x\ty"])
def test_setting_keeps_text_as_text(text):
    assert load_project(None, (setting("data.recipe", text),)).data.recipe == text


MISTAKES = {
    "unknown table": ("[bild]\n", "bild", "did you mean `build`?"),
    "unknown key": ("[preprocessing]\ninput_sise = 3\n", "preprocessing: ", "did you mean `input_size`?"),
    "unknown key without a neighbour": ("[quantize]\nzzz = 3\n", "zzz", "known keys: calibration_per_class"),
    "wrong type": ('[preprocessing]\ninput_size = "big"\n', "preprocessing.input_size: ", None),
    "impossible width": ("[model]\nwidth = 9.0\n", "model.width: ", None),
    "bad name": ('[project]\nname = "My Net"\n', "project.name: ", None),
    "unknown choice": ('[build]\ncompiler = "icc"\n', "build.compiler: ", None),
    "unknown kind": (
        '[preprocessing]\nkind = "logmel"\n',
        "preprocessing.kind: there is no kind",
        "did you mean `log-mel`?",
    ),
    "key of another kind": (
        '[preprocessing]\nkind = "log-mel"\nlifter = 3\n',
        "preprocessing: ",
        "known keys: sample_rate_hz",
    ),
    "misspelt key of sound": (
        '[preprocessing]\nkind = "mfcc"\nmel_band = 3\n',
        "preprocessing: ",
        "did you mean `mel_bands`?",
    ),
    "moved key": ("[data]\ninput_size = 3\n", "data.input_size: this key is now in", "--set preprocessing."),
    "three scales for grey": ("[preprocessing]\nscale = [1, 2, 3]\n", "preprocessing: `scale` has 3", None),
    "not TOML": ("[data\n", "not valid TOML", None),
    "negative budget": ("[budget]\nram_bytes = -1\n", "budget.ram_bytes: ", None),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_is_one_sentence_with_file_and_key(tmp_path, case):
    text, part, hint = MISTAKES[case]
    path = write(tmp_path, text)
    with pytest.raises(ProjectError) as caught:
        load_project(path)
    assert str(path) in caught.value.message
    assert part in caught.value.message
    if hint:
        assert hint in (caught.value.hint or "")


def test_not_utf8(tmp_path):
    path = tmp_path / "edgeflow.toml"
    path.write_bytes(b"\xff\xfe[data]")
    with pytest.raises(ProjectError, match="not valid TOML"):
        load_project(path)


@pytest.mark.parametrize("text", ["epochs=3", "train.epochs", "=", "train=3"])
def test_malformed_override(text):
    with pytest.raises(ProjectError, match="of the form"):
        load_project(None, (text,))


def test_override_of_a_key_that_is_no_table(tmp_path):
    with pytest.raises(ProjectError, match="must be a table"):
        load_project(write(tmp_path, "train = 3\n"), ("train.epochs=3",))


def test_missing_file_points_to_init(tmp_path):
    with pytest.raises(ProjectError, match="no project file") as caught:
        load_project(tmp_path / "edgeflow.toml")
    assert "edgeflow init" in (caught.value.hint or "")


def test_find_project(tmp_path):
    assert find_project(tmp_path) is None
    path = write(tmp_path, "")
    assert find_project(tmp_path) == path


def test_kind_of_preprocessing_chooses_its_keys(tmp_path):
    path = tmp_path / "edgeflow.toml"
    path.write_text('[preprocessing]\nkind = "log-mel"\nmel_bands = 20\n')
    options = load_project(path, ("preprocessing.sample_rate_hz=8000",)).preprocessing
    assert options == LogMelOptions(mel_bands=20, sample_rate_hz=8000)
    assert load_project(None, ("preprocessing.kind='picture'",)) == Project()
