"""Headless Chromium through its debugging pipe: what a page asks for, complains of and looks like."""

import base64
import json
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class Browser:
    """One tab. ``events`` are all messages that were no answer."""

    def __init__(self, reader, writer):
        self.reader, self.writer, self.number, self.events = reader, writer, 0, []
        self.unread, self.session = b"", None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        message |= {"sessionId": self.session} if self.session else {}
        self.writer.write(json.dumps(message).encode() + b"\0")
        self.writer.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _next(self):
        """The next message; each ends with a zero byte."""
        while b"\0" not in self.unread:
            data = self.reader.read1(1 << 16)
            assert data, "the browser has ended"
            self.unread += data
        message, _, self.unread = self.unread.partition(b"\0")
        return json.loads(message)

    def open(self, path, width=1280, height=900, *, media=None, scheme="light"):
        """Load a file in a window of that size; returns its metrics."""
        self.events.clear()
        mobile = width < 600
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=mobile,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media or "", features=features)
        self.ask("Page.navigate", url=path.as_uri())
        while self.evaluate("document.readyState") != "complete":
            pass
        return self.evaluate(
            "({width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight,"
            " load_ms: performance.getEntriesByType('navigation')[0].loadEventStart})"
        )

    def evaluate(self, expression):
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def requests(self):
        """Addresses that the page asked for; what is in the page itself is left out."""
        sent = [e["params"] for e in self.events if e["method"] == "Network.requestWillBeSent"]
        urls = [each["request"]["url"] for each in sent]
        return [url for url in urls if not url.startswith("data:")]

    def complaints(self):
        """Errors and warnings of the console, and what the page's policy refused."""
        kinds = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}
        return [event["params"] for event in self.events if event["method"] in kinds]

    def screenshot(self, path):
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self, path):
        path.write_bytes(base64.b64decode(self.ask("Page.printToPDF", printBackground=True)["data"]))


@contextmanager
def chromium(folder):
    """A browser with a new profile in ``folder``; the test skips and says so without one."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed: nobody has looked at the page")
    to_browser, from_us = os.pipe()
    to_us, from_browser = os.pipe()

    def connect():  # the browser reads from descriptor 3 and writes to 4
        read, write = os.dup(to_browser), os.dup(from_browser)
        os.dup2(read, 3)
        os.dup2(write, 4)

    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder / 'profile'}"],
        close_fds=False,
        preexec_fn=connect,  # noqa: PLW1509  no threads run here
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        with os.fdopen(to_us, "rb") as reader, os.fdopen(from_us, "wb") as writer:
            yield Browser(reader, writer)
    finally:
        process.terminate()
        process.wait(20)
