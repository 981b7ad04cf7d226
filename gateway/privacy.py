"""Forgetting: a conversation that has been silent long enough erases itself."""

from __future__ import annotations

import asyncio

import anyio
import structlog

from gateway.state import State, StateUnavailable

log = structlog.get_logger()
EVERY = 600.0
"""Seconds between two rounds of forgetting."""


async def keep_forgetting(state: State, hours: int, every: float = EVERY) -> None:
    """Delete silent conversations, at once and then every few minutes, until cancelled.

    The clock stands in the rows, not in this task: a restart changes nothing.
    """
    while True:
        try:
            gone = await anyio.to_thread.run_sync(state.forget, hours)
            if gone:
                log.info("conversations.forgotten", count=gone)
        except StateUnavailable:
            log.warning("database.down")
        await asyncio.sleep(every)
