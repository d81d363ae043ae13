"""The model behind HTTP: POST a picture or a WAV file, get its classes as JSON."""

from __future__ import annotations

import json
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .classifier import Classifier
from .errors import DataError

# A larger body is refused before it is read; a client that says nothing for so long is left.
MAX_BODY_BYTES = 32 << 20
TIMEOUT_SECONDS = 20
TOP = 5


class Service(ThreadingHTTPServer):
    """Answers at an address; one picture at a time runs through the model."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], model: Classifier) -> None:
        super().__init__(address, _Handler)
        self.model = model
        self.lock = threading.Lock()

    def classify(self, body: bytes) -> dict[str, Any]:
        """The answer to a body. Raises DataError for one that is no picture or sound."""
        with self.lock:
            started = time.perf_counter()
            results = self.model.classify(body, TOP)
            seconds = time.perf_counter() - started
        return {"results": [result._asdict() for result in results], "milliseconds": round(seconds * 1000, 2)}


class _Handler(BaseHTTPRequestHandler):
    server: Service
    timeout = TIMEOUT_SECONDS

    def do_GET(self) -> None:
        """What runs here."""
        if self.path != "/":
            self._answer(HTTPStatus.NOT_FOUND, {"error": "GET / describes the model, POST / classifies"})
            return
        model = self.server.model
        self._answer(HTTPStatus.OK, {"name": model.name, "takes": model.takes, "labels": model.labels})

    def do_POST(self) -> None:
        """The classes of the body."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal():
            self._answer(HTTPStatus.LENGTH_REQUIRED, {"error": "send a file with its Content-Length"})
            return
        if int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self._answer(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": f"at most {MAX_BODY_BYTES} bytes are taken"}
            )
            return
        try:
            self._answer(HTTPStatus.OK, self.server.classify(self.rfile.read(int(length))))
        except DataError as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": error.message})

    def _answer(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        body = (json.dumps(document, ensure_ascii=False) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
