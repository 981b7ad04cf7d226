"""`python -m gateway`: serve the front door at CYSWLLT_HOST and CYSWLLT_PORT."""

from __future__ import annotations

import uvicorn

from bot import log
from bot.settings import settings


def main() -> None:
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
