"""Metadata in a model: read back by the public schema and by slots; the model computes the same."""

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
import tflite

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ModelError
from edgeflow.export.described import ENTRY_NAME, associated_files, with_metadata
from edgeflow.export.metadata import LABELS_FILE, metadata_of, serialized
from edgeflow.export.options import ExportOptions
from edgeflow.frontend.tflite import parse_model
from edgeflow.ir.text import format_graph
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec

# For Python 3.11: `pip install --no-deps --target FOLDER tflite-support==0.4.4`.
SUPPORT = Path(os.environ.get("EDGEFLOW_TFLITE_SUPPORT", Path.home() / ".cache/edgeflow/tflite-support"))
_READ = """
import json, sys
from tensorflow_lite_support.metadata.python import metadata
from tensorflow_lite_support.metadata.cc.python import _pywrap_metadata_version as version
shown = metadata.MetadataDisplayer.with_model_file(sys.argv[1])
names = shown.get_packed_associated_file_list()
files = {name: shown.get_associated_file_buffer(name).decode() for name in names}
needed = version.GetMinimumMetadataParserVersion(shown.get_metadata_buffer())
print(json.dumps([json.loads(shown.get_metadata_json()), files, needed]))
"""


@pytest.fixture(scope="module")
def described(bundle):
    """The bundle as one of pictures with unlike numbers for everything, and its model with metadata."""
    options = PreprocessingOptions(scale=0.25, offset=-3.0, aspect_ratio="crop", interpolation="area")
    about = ExportOptions(author="Ada", license="MIT", description="Tells digits apart.")
    bundle = replace(bundle, preprocessing=picture_spec(options, shape=(8, 8, 1)), options=about)
    metadata = metadata_of(bundle)
    return bundle, with_metadata(bundle.tflite, serialized(metadata), metadata.files)


class Table:
    """A table of a flatbuffer by field numbers: an own reader, as old as the format."""

    def __init__(self, data, place):
        self.table = flatbuffers.table.Table(data, place)

    def __contains__(self, slot):
        return bool(self.table.Offset(4 + 2 * slot))

    def _place(self, slot):
        return self.table.Pos + self.table.Offset(4 + 2 * slot)

    def text(self, slot):
        return self.table.String(self._place(slot)).decode()

    def table_at(self, slot):
        return Table(self.table.Bytes, self.table.Indirect(self._place(slot)))

    def tables(self, slot):
        offset = self.table.Offset(4 + 2 * slot)
        first, count = self.table.Vector(offset), self.table.VectorLen(offset)
        return [Table(self.table.Bytes, self.table.Indirect(first + 4 * i)) for i in range(count)]

    def floats(self, slot):
        offset = self.table.Offset(4 + 2 * slot)
        first, count = self.table.Vector(offset), self.table.VectorLen(offset)
        return np.frombuffer(self.table.Bytes, "<f4", count, first).tolist()


def buffer_of(model):
    """The metadata's flatbuffer, found as every reader finds it."""
    root = tflite.Model.GetRootAs(model)
    entries = [root.Metadata(index) for index in range(root.MetadataLength())]
    (entry,) = [entry for entry in entries if entry.Name() == ENTRY_NAME.encode()]
    return bytes(root.Buffers(entry.Buffer()).DataAsNumpy())


def test_metadata_is_read_back_by_slots(described):
    flat = buffer_of(described[1])
    assert flat[4:8] == b"M001"
    root = Table(flat, int.from_bytes(flat[:4], "little"))
    assert [root.text(slot) for slot in (0, 1, 4, 5, 7)] == [
        "tiny-digits",
        "Tells digits apart.",
        "Ada",
        "MIT",
        "1.0.0",
    ]
    (subgraph,) = root.tables(3)
    (picture,), (scores,) = subgraph.tables(2), subgraph.tables(3)
    (unit,) = picture.tables(4)
    normalization, stats = unit.table_at(1), picture.table_at(5)
    assert (normalization.floats(0), normalization.floats(1)) == ([12.0], [4.0])
    assert (stats.floats(0), stats.floats(1)) == ([60.75], [-3.0])
    (labels,) = scores.tables(6)
    assert labels.text(0) == LABELS_FILE
    assert 6 not in picture


def test_metadata_is_read_by_the_public_schema(described, tmp_path):
    """Google's own reader: its display, its associated files and the version that it asks for."""
    if not (SUPPORT / "tensorflow_lite_support").is_dir() or sys.version_info[:2] != (3, 11):
        pytest.skip(f"tflite-support 0.4.4 for Python 3.11 is not in {SUPPORT}")
    path = tmp_path / "model.tflite"
    path.write_bytes(described[1])
    environment = {**os.environ, "PYTHONPATH": str(SUPPORT)}
    done = subprocess.run(
        [sys.executable, "-c", _READ, path], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    shown, files, needed = json.loads(done.stdout)
    assert files == {LABELS_FILE: 'null\neins\nGröße "2"\n'}
    assert shown["min_parser_version"] == needed
    (tensor,) = shown["subgraph_metadata"][0]["input_tensor_metadata"]
    assert tensor["content"]["content_properties"] == {
        "color_space": "GRAYSCALE",
        "default_size": {"width": 8, "height": 8},
    }
    assert tensor["process_units"][0]["options"] == {"mean": [12.0], "std": [4.0]}
    (scores,) = shown["subgraph_metadata"][0]["output_tensor_metadata"]
    assert scores["associated_files"][0]["type"] == "TENSOR_AXIS_LABELS"
    assert (shown["author"], shown["license"]) == ("Ada", "MIT")


def test_the_model_computes_the_same_with_metadata(described, tmp_path):
    bundle, model = described
    path = tmp_path / "model.tflite"
    path.write_bytes(model)
    inputs = np.stack([np.frombuffer(c.inputs[0], np.int8).reshape(1, 8, 8, 1) for c in bundle.golden])
    outputs = DesktopRuntime(path).run([inputs])[0]
    assert [row.tobytes() for row in outputs] == [case.outputs[0] for case in bundle.golden]
    (tmp_path / "plain.tflite").write_bytes(bundle.tflite)
    default = [DesktopRuntime(tmp_path / name, "default") for name in ("model.tflite", "plain.tflite")]
    assert len({runtime.run([inputs])[0].tobytes() for runtime in default}) == 1


def test_edgeflow_reads_the_same_graph(described):
    bundle, model = described
    assert format_graph(parse_model(model, "m")) == format_graph(parse_model(bundle.tflite, "m"))


def test_all_weights_keep_their_alignment(described):
    bundle, model = described
    assert model.index(bundle.tflite) % 64 == 0
    root = tflite.Model.GetRootAs(model)
    for index in range(root.BuffersLength()):
        if root.Buffers(index).DataLength():
            assert root.Buffers(index)._tab.Vector(4) % 16 == 0


def test_labels_are_an_uncompressed_zip(described):
    model = described[1]
    assert associated_files(model) == {LABELS_FILE: 'null\neins\nGröße "2"\n'.encode()}
    with zipfile.ZipFile(io.BytesIO(model)) as archive:
        (member,) = archive.infolist()
    assert member.compress_type == zipfile.ZIP_STORED
    assert 'Größe "2"'.encode() in model


def test_metadata_is_replaced_not_added(described):
    bundle, model = described
    other = replace(bundle, name="other", labels=())
    again = with_metadata(model, serialized(metadata_of(other)), {})
    assert b"other" in buffer_of(again)


def test_other_metadata_is_kept(described):
    """Converters write a `min_runtime_version`, which stays; here an entry with a name of the same length."""
    bundle, model = described
    other = model.replace(ENTRY_NAME.encode(), b"min_runtime_ver")
    again = with_metadata(other, serialized(metadata_of(bundle)), {})
    root = tflite.Model.GetRootAs(again)
    entries = {root.Metadata(index).Name(): root.Metadata(index) for index in range(root.MetadataLength())}
    assert set(entries) == {b"min_runtime_ver", ENTRY_NAME.encode()}
    kept = root.Buffers(entries[b"min_runtime_ver"].Buffer()).DataAsNumpy().tobytes()
    assert kept == buffer_of(model)


def test_a_model_of_an_unknown_format_is_refused(bundle):
    """A ninth field of the root, as a newer format could have."""
    data = bytearray(bundle.tflite)
    root = tflite.Model.GetRootAs(data)._tab.Pos
    vtable = root - int.from_bytes(data[root : root + 4], "little", signed=True)
    size = int.from_bytes(data[vtable : vtable + 2], "little")
    assert size < 4 + 2 * 9
    wider = data[:vtable] + (4 + 2 * 9).to_bytes(2, "little") + data[vtable + 2 : vtable + size]
    wider += bytes(4 + 2 * 8 - size) + (4).to_bytes(2, "little")
    moved = wider + bytes(-len(wider) % 4) + data[root:]
    place = len(wider) + -len(wider) % 4
    moved[place : place + 4] = (place - vtable).to_bytes(4, "little")
    moved[:4] = place.to_bytes(4, "little")
    with pytest.raises(ModelError, match="does not know"):
        with_metadata(bytes(moved), b"", {})
