"""One lock for each conversation, shared by all gateways through Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from gateway.metrics import COUNT_DOWN
from gateway.order import Full

log = structlog.get_logger()

LEASE = 4.0
"""Seconds after which the lock of a gateway that died is free; one that lives renews it."""
WAIT_AT_MOST = 20.0
"""Seconds a message waits for another gateway before it is refused."""


class Locks:
    """Locks in the Redis at *url*; while it is down nothing is locked."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_timeout=2.0)

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Hold the lock of conversation *key*; Full if another gateway keeps it too long."""
        lock = await self.take(key)
        renewing = asyncio.create_task(_renew(lock)) if lock else None
        try:
            yield
        finally:
            if lock and renewing:
                renewing.cancel()
                # A lock that ran out, or a Redis gone meanwhile, has nothing left to free.
                with suppress(LockError, RedisError, OSError):
                    await lock.release()

    async def take(self, key: str) -> Lock | None:
        """Take the lock of *key*, which runs out unless renewed; None while Redis is down."""
        lock = self._redis.lock(
            f"cyswllt:order:{key}", timeout=LEASE, sleep=0.02, blocking_timeout=WAIT_AT_MOST
        )
        try:
            won = await lock.acquire()
        except (RedisError, OSError):
            log.warning("redis.down")
            COUNT_DOWN.labels("redis").inc()
            return None
        if not won:
            raise Full
        return lock

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()


async def _renew(lock: Lock) -> None:
    """Keep *lock* while its message is being answered, until cancelled."""
    while True:
        await asyncio.sleep(LEASE / 4)
        with suppress(LockError, RedisError, OSError):
            await lock.extend(LEASE, replace_ttl=True)
