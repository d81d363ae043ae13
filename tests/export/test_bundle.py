"""Bundles, shared sources and archives: equal builds give equal bytes, any text is legal C."""

import io
import subprocess
import zipfile
from dataclasses import replace

import msgspec
import pytest
from bundles import PICTURES, bundle_of
from exported import STRICT, need, run_on_core, write

from edgeflow.errors import UsageError, UserError
from edgeflow.export.archive import zip_of
from edgeflow.export.bundle import SELF_TEST_BYTES, GoldenCase, read_bundle
from edgeflow.export.destinations import DESTINATIONS, destination
from edgeflow.export.shared import c_string, public_headers, sources

NEAREST = msgspec.structs.replace(PICTURES, interpolation="nearest")


@pytest.mark.parametrize("name", DESTINATIONS)
def test_files_are_a_function_of_the_bundle(bundle, name):
    first = destination(name).files(bundle)
    assert first == destination(name).files(bundle)
    assert {"README.md", "LICENSE", "PROVENANCE.json"} <= set(first)
    assert b"/root" not in b"".join(first.values())


@pytest.mark.parametrize("name", DESTINATIONS)
def test_every_export_has_the_model_card(bundle, name):
    files = destination(name).files(replace(bundle, model_card=b"# card"))
    assert [data for path, data in files.items() if path.endswith("MODEL_CARD.md")] == [b"# card"]


def test_an_unknown_destination_is_named_with_the_known():
    with pytest.raises(UsageError) as caught:
        destination("cmaek")
    assert "cmake" in caught.value.hint


def test_archives_have_one_top_folder_and_no_time():
    data = zip_of("digits", {"b/c.h": b"1", "a.c": b"2"})
    assert data == zip_of("digits", {"a.c": b"2", "b/c.h": b"1"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["digits/a.c", "digits/b/c.h"]
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("text", ["plain", 'quote " and \\', "??=", "Größe\n2", "\0"])
def test_c_strings_hold_any_text(text, tmp_path):
    (tmp_path / "main.c").write_text(
        "#include <stdio.h>\n"
        f"static const char text[] = {c_string(text)};\n"
        "int main(void) { return fwrite(text, 1, sizeof text - 1, stdout) != sizeof text - 1; }\n"
    )
    subprocess.run([need("gcc"), *STRICT, "main.c", "-o", "main"], cwd=tmp_path, check=True)
    done = subprocess.run([tmp_path / "main"], capture_output=True, check=True)
    assert done.stdout == text.encode()


def test_the_self_test_keeps_as_many_cases_as_it_may(bundle, picture_model, tmp_path):
    bundle_of(picture_model, tmp_path)
    half = bytes(SELF_TEST_BYTES // 2 - 3)
    cases = [GoldenCase((half,), (b"123",))] * 3
    read = read_bundle(
        tmp_path, picture_model, name="a", labels=(), golden=cases, target=bundle.target, versions={}
    )
    assert len(read.golden) == 2
    with pytest.raises(UserError):
        read_bundle(
            tmp_path, picture_model, name="a", labels=(), golden=(), target=bundle.target, versions={}
        )


def test_public_headers_include_only_each_other(bundle):
    files = sources(bundle)
    names = public_headers(bundle)
    assert "tiny_digits.h" in names
    included = {n for n in files if any(f'#include "{n}"'.encode() in files[h] for h in names)}
    assert included <= set(names)


@pytest.mark.parametrize(
    "options",
    [{"static_arena": True}, {"regions": (64, 4096)}, {"regions": (64, 4096), "static_arena": True}],
)
def test_every_form_of_the_arena_tests_itself_on_the_core(picture_model, tmp_path, options):
    bundle = bundle_of(picture_model, tmp_path / "build", labels=(), **options)
    folder = write(sources(bundle), tmp_path / "c")
    lines, status = run_on_core(sorted(folder.glob("*.c")), [folder], bundle, tmp_path / "run")
    assert (lines[-1:], status) == (["PASS"], 0), lines


def test_the_licence_and_names_follow_the_bundle(bundle):
    other = replace(bundle, name="zwei", prefix="zwei")
    assert set(sources(other)) != set(sources(bundle))


@pytest.mark.parametrize(("spec", "told"), [(PICTURES, "is equal"), (NEAREST, "differs")])
def test_the_self_test_prepares_a_raw_picture(bundle, tmp_path, spec, told):
    """The C prepares as ``PICTURES`` says: what another declaration gives is not equal."""
    folder = write(sources(replace(bundle, preprocessing=spec)), tmp_path / "c")
    lines, status = run_on_core(sorted(folder.glob("*.c")), [folder], bundle, tmp_path / "run")
    assert lines[0] == f"tiny_digits: input of the raw picture {told}"
    assert (lines[-1], status) == (("PASS", 0) if told == "is equal" else ("FAIL", 1))
