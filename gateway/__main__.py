"""`python -m gateway`: serve the front door at CYSWLLT_HOST and CYSWLLT_PORT."""

from __future__ import annotations

import sys
from typing import TextIO

import uvicorn

from bot import log
from bot.settings import settings


class Unfailing:
    """Standard output that swallows a full disk: a line of the log is worth no answer."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            pass

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def main() -> None:
    sys.stdout, sys.stderr = Unfailing(sys.stdout), Unfailing(sys.stderr)
    log.configure()
    chosen = settings()
    uvicorn.run(
        "gateway.app:create",
        factory=True,
        host=chosen.host,
        port=chosen.port,
        access_log=False,  # addresses and conversation ids are nobody's business
        server_header=False,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=32 * 1024,
    )


if __name__ == "__main__":
    main()
