"""An engine that can be told to misbehave: a real HTTP server in a process of its own.

`python -m tests.faults.engine PORT FILE` answers every message with the topic `letters` in the language it is
asked in, and writes one line a message it answered into FILE. `PUT /behave` with one of `BEHAVIOURS` changes it.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bot.catalogue.load import load
from bot.catalogue.message import message
from bot.language import Language

CATALOGUE = load()
HANGS = 20.0
GARBAGE = {
    "not_json": b"<html>502 Bad Gateway</html>",
    "not_utf8": b'{"messages": "\xff\xfe"}',
    "empty": b"",
    "no_messages": b'{"messages": []}',
    "wrong_shape": b'{"messages": [[1, 2], null]}',
    "no_text": b'{"messages": [{"topic": "letters", "text": ""}]}',
    "half_a_message": b'{"messages": [{"topic": "letters", "text": "x"}]}',
    "another_language": b'{"messages": [{"topic": "letters", "text": "x", "language": "tlh", "buttons": []}]}',
    "wrong_types": b'{"messages": [{"topic": 7, "text": ["x"], "language": "cy", "buttons": 3, "prison": {}}]}',
    "a_number": b"5",
    "deep": b"[" * 50_000,
}
BEHAVIOURS = ("well", "hangs", "drips", "fails", "cut_off", *GARBAGE)
behaviour = "well"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(b'{"actions": true}')

    def do_PUT(self) -> None:
        global behaviour
        behaviour = self._body().decode()
        self._send(b"")

    def do_POST(self) -> None:
        asked = json.loads(self._body())
        if behaviour == "hangs":
            time.sleep(HANGS)
        elif behaviour == "drips":
            self._drip()
        elif behaviour == "fails":
            self.send_error(500)
        elif behaviour == "cut_off":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"messages": [')
            self.close_connection = True
        else:
            self._send(GARBAGE.get(behaviour) or self._answer(asked))

    def _answer(self, asked: dict[str, Any]) -> bytes:
        if behaviour != "well":
            return b""
        with LOG.open("a") as log:
            log.write(f"{asked['conversation']} {asked['text']}\n")
        language = Language(asked["metadata"]["language"])
        return json.dumps({"messages": [message(CATALOGUE, "letters", language)]}).encode()

    def _drip(self) -> None:
        """Send a byte now and then, so that no read ever waits for long."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(int(HANGS * 2)):
            try:
                self.wfile.write(b" ")
            except OSError:
                return
            time.sleep(0.5)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *arguments: object) -> None:
        """Someone who hung up is what this server is for."""


if __name__ == "__main__":
    LOG = Path(sys.argv[2])
    Server(("127.0.0.1", int(sys.argv[1])), Answering).serve_forever()
