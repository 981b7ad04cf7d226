"""How much one address or one conversation may ask, by the `limits` library (memory or Redis)."""

from __future__ import annotations

import math
import time

import structlog
from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from gateway.metrics import COUNT_LIMITED
from gateway.problems import Problem

log = structlog.get_logger()

RATES = {
    # Mobile networks put many families behind one address: generous.
    "address": parse("200 per 10 second"),
    "conversation": parse("20 per 10 second"),
}
"""Requests allowed, by what they are counted for."""


class Limits:
    """Counts requests; addresses are counted in memory or Redis only, and never written down."""

    def __init__(self, redis_url: str = "", enabled: bool = True) -> None:
        storage = (
            RedisStorage(f"async+{redis_url}", implementation="redispy", wrap_exceptions=True)
            if redis_url
            else MemoryStorage()
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._enabled = enabled

    async def spend(self, scope: str, who: str) -> None:
        """Count one request of *who*; Problem `too_many`, with when to come back, if over the rate.

        While Redis is down each gateway counts alone: a limit is no reason to leave anyone unanswered.
        """
        if not self._enabled:
            return
        try:
            await self._count(self._limiter, scope, who)
        except (StorageError, OSError):
            log.warning("redis.down")
            await self._count(self._alone, scope, who)

    async def _count(self, limiter: SlidingWindowCounterRateLimiter, scope: str, who: str) -> None:
        if await limiter.hit(RATES[scope], scope, who):
            return
        COUNT_LIMITED.labels(scope).inc()
        window = await limiter.get_window_stats(RATES[scope], scope, who)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        raise Problem("too_many", retry_after=min(wait, 10))
