"""A cable to a database that can go silent: nothing is refused, nothing closed, nothing arrives."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Thread

import sqlalchemy as sa


class Cable:
    """Passes bytes between a gateway and the database at *url*; what it does not pass, it holds."""

    def __init__(self, url: str) -> None:
        self._there = sa.make_url(url)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._whole = Event()
        self._whole.set()
        self._ends: list[socket.socket] = [self._door]
        here = self._there.set(host="127.0.0.1", port=self._door.getsockname()[1])
        self.url = here.render_as_string(hide_password=False)
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Go silent."""
        self._whole.clear()

    def mend(self) -> None:
        """Pass what was held, and all that follows."""
        self._whole.set()

    def close(self) -> None:
        """Hang up."""
        self.mend()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                address = self._there.host or "127.0.0.1", self._there.port or 5432
                far = socket.create_connection(address)
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while heard := source.recv(65536):
                self._whole.wait()
                sink.sendall(heard)
            sink.shutdown(socket.SHUT_WR)
