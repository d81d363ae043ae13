"""Downloads from a real server on this machine."""

import hashlib
import http.server
import threading

import pytest

from edgeflow.data.fetch import downloads_dir, fetch
from edgeflow.errors import DataError

CONTENT = b"pictures" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    requests = 0

    def do_GET(self):
        type(self).requests += 1
        if self.path == "/absent.zip":
            self.send_error(404)
            return
        self.send_response(200)
        short = self.path == "/short.zip"
        self.send_header("Content-Length", str(len(CONTENT) + (100 if short else 0)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    Handler.requests = 0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "downloads"


def test_downloads_once(server, cache, messages):
    path = fetch(f"{server}/set.zip?x=1", SHA256, messages.append)
    assert path.read_bytes() == CONTENT
    assert path.parent == cache
    assert path.name.endswith("set.zip")
    assert fetch(f"{server}/set.zip?x=1", SHA256, messages.append) == path
    assert Handler.requests == 1
    assert messages == [f"downloading {server}/set.zip?x=1"]
    assert [p.name for p in cache.iterdir()] == [path.name]


def test_damaged_copy_is_downloaded_again(server, messages):
    path = fetch(f"{server}/set.zip", SHA256, messages.append)
    path.write_bytes(b"half")
    assert fetch(f"{server}/set.zip", SHA256, messages.append).read_bytes() == CONTENT
    assert Handler.requests == 2


FAULTS = {
    "wrong sha256": ("/set.zip", "0" * 64, "the recipe says 000000"),
    "not found": ("/absent.zip", SHA256, "cannot download .*Not Found"),
    "broken off": ("/short.zip", SHA256, "cannot download .*100 bytes are missing"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_leaves_nothing_behind(server, cache, messages, case):
    name, sha256, sentence = FAULTS[case]
    with pytest.raises(DataError, match=sentence) as caught:
        fetch(server + name, sha256, messages.append)
    assert caught.value.hint
    assert list(cache.iterdir()) == []


def test_nobody_answers(messages):
    with pytest.raises(DataError, match=r"cannot download http://127.0.0.1:9/x.zip: .*refused") as caught:
        fetch("http://127.0.0.1:9/x.zip", SHA256, messages.append)
    assert "set `path`" in caught.value.hint


def test_cache_that_cannot_be_written(tmp_path, monkeypatch, messages):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(DataError, match="cannot write to") as caught:
        fetch("http://127.0.0.1:9/x.zip", SHA256, messages.append)
    assert caught.value.hint == "set EDGEFLOW_CACHE_DIR"


def test_default_place_is_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("EDGEFLOW_CACHE_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert downloads_dir() == tmp_path / ".cache" / "edgeflow" / "downloads"
