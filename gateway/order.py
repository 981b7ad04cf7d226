"""One message at a time in each conversation, on every gateway; and a bound on how many may wait."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from weakref import WeakValueDictionary

import structlog
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from gateway.metrics import COUNT_DOWN

log = structlog.get_logger()

LEASE = 4.0
"""Seconds after which the lock of a gateway that died is free; one that lives renews it."""
WAIT_AT_MOST = 20.0
"""Seconds a message waits for another gateway before it is refused."""
WAITING_EACH = 8
"""Messages of one conversation that may be here at once; nobody types faster."""


class Full(Exception):
    """Too many messages wait already; come back in a moment."""


class Order:
    """Puts the messages of a conversation in order.

    Within one gateway first come is first served. Between gateways Redis holds a lock, where
    *redis_url* names one; while Redis is down each gateway keeps order by itself.
    """

    def __init__(self, redis_url: str = "", most: int = 256) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=2.0) if redis_url else None
        self._most = most
        self._here: Counter[str] = Counter()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextmanager
    def place(self, key: str) -> Iterator[None]:
        """Take a place in the queue; Full if it, or the conversation's own part, has none left."""
        if self._here.total() >= self._most or self._here[key] >= WAITING_EACH:
            raise Full
        self._here[key] += 1
        try:
            yield
        finally:
            self._here[key] -= 1
            if not self._here[key]:
                del self._here[key]

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Hold conversation *key* until the message before is answered; Full if that takes too long."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            shared = await self._shared(key)
            renewing = asyncio.create_task(_renew(shared)) if shared else None
            try:
                yield
            finally:
                if shared and renewing:
                    renewing.cancel()
                    # A lock that ran out, or a Redis gone meanwhile, has nothing left to free.
                    with suppress(LockError, RedisError, OSError):
                        await shared.release()

    async def _shared(self, key: str) -> Lock | None:
        if self._redis is None:
            return None
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
        if self._redis:
            await self._redis.aclose()


async def _renew(lock: Lock) -> None:
    """Keep *lock* while its message is being answered, until cancelled."""
    while True:
        await asyncio.sleep(LEASE / 4)
        with suppress(LockError, RedisError, OSError):
            await lock.extend(LEASE, replace_ttl=True)
