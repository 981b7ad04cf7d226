"""Forgetting: a conversation that has been silent long enough erases itself."""

from __future__ import annotations

import asyncio

import anyio
import structlog

from gateway.state import State, StateUnavailable

log = structlog.get_logger()
EVERY = 600.0
"""Seconds between two rounds of forgetting."""
AGAIN = 2.0
"""Seconds after which a database that did not answer is tried again."""


async def keep_forgetting(state: State, hours: int, every: float = EVERY) -> None:
    """Delete silent conversations, at once and then every few minutes, until cancelled.

    The clock stands in the rows, not in this task: a restart changes nothing.
    """
    while True:
        try:
            await anyio.to_thread.run_sync(state.create)  # it may have been away at the start
            gone = await anyio.to_thread.run_sync(state.forget, hours)
        except StateUnavailable:
            log.warning("database.down")
            await asyncio.sleep(AGAIN)
            continue
        if gone:
            log.info("conversations.forgotten", count=gone)
        await asyncio.sleep(every)
