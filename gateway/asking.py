"""Asks the database for as long as a person can wait; where it does not answer, leaves it alone a while.

Without it, a database that is locked would cost every person its whole patience, twice a message.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import anyio
from anyio.to_thread import run_sync

from gateway.state import StateUnavailable

PROMISED = 2.9
"""Seconds in which a person has an answer, whatever is down: the contract says three."""
FIND_WITHIN = 0.8
"""Seconds that are waited for what is remembered of a conversation."""
STORE_WITHIN = 2.0
"""Seconds that are waited where the request is about storing: a rating, a deletion."""
REST = 1.0
"""Seconds a database that did not answer is left alone, before one request tries it again."""
AT_ONCE = 16
"""Requests to the database at once; the threads of the others stay free for pages."""
UNSTORED = 2000
"""Replies held in memory at most where the database could not take them, so that none is given twice."""
UNSTORED_FOR = 600.0
"""Seconds that each is held: a person whose network broke has sent again by then, or gone."""


class Asking:
    """Runs the blocking calls of `gateway.state` in threads, within a time; StateUnavailable beyond it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rests_until = 0.0
        self._limiter: anyio.CapacityLimiter | None = None
        self._unstored: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()
        """Until when each reply is held, the oldest first."""

    async def ask(self, within: float, call: Callable[..., Any], *values: Any) -> Any:
        """Return what *call* returns; StateUnavailable at once while the database rests."""
        now = self._clock()
        if now < self._rests_until:
            raise StateUnavailable("resting")
        if self._rests_until:
            self._rests_until = now + within  # this one tries; the others do not wait for it
        try:
            found = await self._within(within, call, *values)
        except StateUnavailable:
            self._rests_until = self._clock() + REST
            raise
        self._rests_until = 0.0
        return found

    async def _within(self, within: float, call: Callable[..., Any], *values: Any) -> Any:
        if self._limiter is None:  # it belongs to the loop that runs
            self._limiter = anyio.CapacityLimiter(AT_ONCE)
        try:
            with anyio.fail_after(within):
                return await run_sync(call, *values, abandon_on_cancel=True, limiter=self._limiter)
        except TimeoutError:
            raise StateUnavailable("too slow") from None

    async def answers(self, call: Callable[[], bool], within: float = 1.0) -> bool:
        """Say whether the database answers now, resting or not."""
        try:
            return bool(await self._within(within, call))
        except StateUnavailable:
            return False

    def hold(self, key: str, request: str | None, body: str) -> None:
        """Keep in memory for a while a reply that could not be stored."""
        if request is None:
            return
        self._unstored.pop((key, request), None)
        self._unstored[key, request] = self._clock() + UNSTORED_FOR, body
        while len(self._unstored) > UNSTORED:
            self._unstored.popitem(last=False)
        asyncio.get_running_loop().call_later(UNSTORED_FOR, self._let_go)

    def held(self, key: str, request: str | None) -> str | None:
        """Return the reply to this very request that could not be stored, if there is one."""
        self._let_go()
        found = self._unstored.get((key, request)) if request else None
        return found[1] if found else None

    def _let_go(self) -> None:
        """Forget what has been held for long enough; the loop calls, whether anybody asks or not."""
        while self._unstored and next(iter(self._unstored.values()))[0] <= self._clock():
            self._unstored.popitem(last=False)

    def __len__(self) -> int:
        """Return how many replies are held."""
        return len(self._unstored)

    def drop(self, key: str) -> None:
        """Forget what is held of a conversation."""
        for each in [each for each in self._unstored if each[0] == key]:
            del self._unstored[each]
