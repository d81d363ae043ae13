"""The exported page in node and Chromium: bytes of Python's preprocessing and TFLite's reference."""

import json
import re
import subprocess
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from bundles import PICTURES
from exported import need, write
from PIL import Image

from edgeflow.data.load import load_pictures
from edgeflow.emulate.cases import picture_values
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import UserError
from edgeflow.export.web import files

_SIZES = ((64, 48), (6, 31), (1, 2), (50, 50), (8, 8), (301, 203))
_NODE = """
import {{ readFileSync }} from "node:fs";
import {{ load }} from "{folder}/model.js";
const model = await load(readFileSync("{folder}/model.wasm"), readFileSync("{folder}/model.json", "utf8"));
const answers = JSON.parse(readFileSync("pictures.json")).map(({{ data, width, height }}) => ({{
  input: Buffer.from(model.prepare({{ data, width, height }})).toString("hex"),
  output: Buffer.from(model.invoke()).toString("hex"),
  best: model.classify({{ data, width, height }}, 1)[0],
}}));
console.log(JSON.stringify({{ lines: model.selftest(), answers }}));
"""
# Chooses each picture in the page, as a user does, and writes what the page shows.
_DRIVER = """<!doctype html><iframe src="index.html"></iframe><pre id="answers"></pre>
<script type="module">
const page = document.querySelector("iframe");
const until = async (holds) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5)); };
await until(() => page.contentDocument?.body?.dataset.ready);
const inside = page.contentDocument;
const answers = [];
for (const name of NAMES) {
  const chosen = new page.contentWindow.DataTransfer();
  const bytes = await (await fetch(name)).blob();
  chosen.items.add(new page.contentWindow.File([bytes], name, { type: bytes.type }));
  const input = inside.querySelector("#picture");
  const note = inside.querySelector("#note");
  note.textContent = "";
  input.files = chosen.files;
  input.dispatchEvent(new page.contentWindow.Event("change"));
  await until(() => note.textContent);
  answers.push([note.textContent, ...[...inside.querySelectorAll("li")].map((item) => item.textContent)]);
}
document.querySelector("#answers").textContent =
  JSON.stringify({ selftest: inside.querySelector("#selftest").textContent, answers });
</script>"""


@pytest.fixture(scope="module")
def page(bundle, tmp_path_factory):
    """The folder of the export with pictures in it."""
    folder = write(files(bundle), tmp_path_factory.mktemp("web"))
    random = np.random.default_rng(4)
    for number, (width, height) in enumerate(_SIZES):
        pixels = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def expected(page, picture_model):
    """Input and output of each picture, by Python and TFLite's reference kernels."""
    reference = DesktopRuntime(picture_model)
    paths = sorted(page.glob("*.png"))
    inputs = picture_values(load_pictures(paths, PICTURES), reference.inputs[0], PICTURES)
    return inputs, reference.run([inputs])[0].reshape(len(paths), -1)


def in_node(page, folder):
    pictures = []
    for path in sorted(page.glob("*.png")):
        image = Image.open(path).convert("RGBA")
        pictures.append({"data": list(image.tobytes()), "width": image.width, "height": image.height})
    (folder / "pictures.json").write_text(json.dumps(pictures))
    (folder / "run.mjs").write_text(_NODE.format(folder=page))
    # Node takes a `.js` file for a module where this stands beside it.
    (page / "package.json").write_text('{"type": "module"}')
    done = subprocess.run([need("node"), "run.mjs"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_webassembly_prepares_and_computes_as_the_reference(page, expected, bundle, tmp_path):
    found = in_node(page, tmp_path)
    assert found["lines"][-1] == "PASS"
    for answer, values, scores in zip(found["answers"], *expected, strict=True):
        assert answer["input"] == values.tobytes().hex()
        assert answer["output"] == scores.tobytes().hex()
        assert answer["best"] == {"label": bundle.labels[scores.argmax()], "score": scores.max() / 16}


def test_the_self_test_fails_for_another_output(disturbed, page, tmp_path):
    other = write(files(disturbed), tmp_path / "web")
    (other / "0.png").write_bytes((page / "0.png").read_bytes())
    lines = in_node(other, tmp_path)["lines"]
    assert (lines[0], lines[-1]) == ("tiny_digits: case 1 of 3 differs", "FAIL")


def test_a_model_without_pictures_is_refused(bundle):
    sources = {name: data for name, data in bundle.sources.items() if name != "ef_picture.h"}
    with pytest.raises(UserError, match="takes no pictures"):
        files(replace(bundle, sources=sources))


@pytest.mark.slow
def test_the_page_classifies_chosen_pictures_in_chromium(page, expected, bundle, tmp_path):
    (page / "broken.png").write_text("no picture")
    names = [*(path.name for path in sorted(page.glob("[0-9].png"))), "broken.png"]
    (page / "driver.html").write_text(_DRIVER.replace("NAMES", json.dumps(names)))
    handler = partial(SimpleHTTPRequestHandler, directory=page)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            shown = in_chromium(f"http://127.0.0.1:{server.server_port}/driver.html", tmp_path)
        finally:
            server.shutdown()
    found = json.loads(shown)
    assert found["selftest"] == "PASS"
    *answers, broken = found["answers"]
    for (note, *items), scores, (width, height) in zip(answers, expected[1], _SIZES, strict=True):
        order = np.argsort(-scores.astype(int), kind="stable")
        assert items == [f"{bundle.labels[i]} {scores[i] / 16:.4f}" for i in order]
        assert re.match(rf"{width} . {height} pixels", note)
    assert len(broken) == 1
    assert broken[0].startswith("broken.png: ")


def in_chromium(url, folder):
    """The text of `#answers` once the page has written it."""
    command = [need("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    command += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    command += ["--disable-sync", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=20000"]
    done = subprocess.run(
        [*command, "--dump-dom", url], capture_output=True, text=True, timeout=120, check=False
    )
    text = re.search(r'<pre id="answers">(.*?)</pre>', done.stdout, re.DOTALL)
    assert text is not None, done.stdout + done.stderr
    assert text[1], done.stderr
    return text[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
