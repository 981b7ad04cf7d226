"""One message at a time in each conversation, on every gateway; and a bound on how many may wait."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from gateway.locks import Locks

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
        self._shared = _locks(redis_url) if redis_url else None
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
        async with lock, self._shared.hold(key) if self._shared else nullcontext():
            yield

    async def close(self) -> None:
        """Give the connections back."""
        if self._shared:
            await self._shared.close()


def _locks(redis_url: str) -> Locks:
    # Imported only where Redis is used: its client takes 15 MB.
    from gateway.locks import Locks

    return Locks(redis_url)
