"""The CMSIS pack: read by cmsis-pack-manager, compiled as its description lists it, run on a core."""

import io
import json
import xml.etree.ElementTree as ET
import zipfile

import pytest
from exported import run_on_core, write

from edgeflow.export.cmsis_pack import files

PDSC = "edgeflow.tiny-digits.pdsc"
PACK = "edgeflow.tiny-digits.0.1.0.pack"

_DEVICES = b"""
  <devices>
    <family Dfamily="Test" Dvendor="ARM:82">
      <processor Dcore="Cortex-M4" DcoreVersion="r0p1" Dfpu="1" Dmpu="0" Dendian="Little-endian"/>
      <memory id="IROM1" start="0x0" size="0x1000" default="1"/>
      <memory id="IRAM1" start="0x20000000" size="0x1000" default="1"/>
      <device Dname="Board"/>
    </family>
  </devices>
"""


def description(folder):
    """The root of the package description, which is our own."""
    return ET.parse(folder / PDSC).getroot()  # noqa: S314  written by this test


def described(folder):
    """C files and include folders of the component, from the package description alone."""
    component = description(folder).find("components/component")
    found = {"sourceC": [], "include": [], "header": [], "doc": []}
    for file in component.findall("files/file"):
        found[file.get("category")].append(folder / file.get("name"))
    return found


def run(bundle, folder):
    with zipfile.ZipFile(io.BytesIO(files(bundle)[PACK])) as archive:
        archive.extractall(folder / "pack")
    found = described(folder / "pack")
    assert all(path.exists() for paths in found.values() for path in paths)
    # Every folder with a header of the component is on the path, as csolution does it.
    headers = sorted({*found["include"], *(path.parent for path in found["header"])})
    return run_on_core(found["sourceC"], headers, bundle, folder / "run")


def test_the_packed_component_passes_its_self_test_on_the_core(bundle, tmp_path):
    lines, status = run(bundle, tmp_path)
    assert (lines[-1:], status) == (["PASS"], 0), lines


def test_the_packed_component_fails_its_self_test_on_the_core(disturbed, tmp_path):
    lines, status = run(disturbed, tmp_path)
    assert (lines[-1:], status) == (["FAIL"], 1), lines


def test_cmsis_pack_manager_reads_the_description(bundle, tmp_path):
    """It lists only devices: the description gets one, which names its pack."""
    manager = pytest.importorskip("cmsis_pack_manager", reason="cmsis-pack-manager is not installed")
    pdsc = tmp_path / PDSC
    pdsc.write_bytes(files(bundle)[PDSC].replace(b"  <components>", _DEVICES + b"  <components>"))
    cache = manager.Cache(True, True, json_path=str(tmp_path), data_path=str(tmp_path))
    cache.add_pack_from_path(str(pdsc))
    index = json.loads((tmp_path / "index.json").read_text())
    told = index["Board"]["from_pack"]
    assert (told["vendor"], told["pack"], told["version"]) == ("edgeflow", "tiny-digits", "0.1.0")


def test_the_layer_asks_for_the_component_of_the_pack(bundle, tmp_path):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    folder = write(files(bundle), tmp_path)
    layer = yaml.safe_load((folder / "tiny-digits.clayer.yml").read_text())["layer"]
    root = description(folder)
    component = root.find("components/component")
    vendor, version = root.findtext("vendor"), component.get("Cversion")
    names = ":".join(component.get(key) for key in ("Cclass", "Cgroup", "Csub"))
    assert [entry["component"] for entry in layer["components"]] == [f"{vendor}::{names}@{version}"]
    assert layer["packs"] == [{"pack": f"{vendor}::{root.findtext('name')}@{version}", "path": "."}]
    assert root.find("releases/release").get("version") == version


def test_the_archive_has_what_the_folder_has(bundle):
    exported = files(bundle)
    with zipfile.ZipFile(io.BytesIO(exported[PACK])) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert {name: data for name, data in exported.items() if name in packed} == packed
    assert set(exported) - set(packed) == {PACK, "tiny-digits.clayer.yml"}
