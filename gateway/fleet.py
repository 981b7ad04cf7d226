"""The engines behind the gateway: new conversations go to the release that runs, others finish on theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import anyio
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import wording
from bot.release import UntrustedRelease
from gateway.deployments import CANDIDATE, Deployments
from gateway.engine import Engine
from gateway.metrics import COUNT_DOWN
from gateway.released import released_as
from gateway.switch import Switch
from gateway.turn import Turns

log = structlog.get_logger()
EVERY = 1.0
"""Seconds between two looks at what runs."""


class Fleet:
    """What to answer a conversation with. The database says what runs; without it, all stays."""

    def __init__(
        self, first: Turns, releases: Path, secret: str, deployments: Deployments, switch: Switch
    ) -> None:
        self.current = first
        self._always_off = first.turned_off
        self._fixed = first.engine
        self._by_release: dict[str, Turns] = {first.released.id: first}
        self._engines: dict[str, Engine] = {}
        self._urls: Mapping[str, list[str]] = {}
        self._releases, self._secret, self._deployments = releases, secret, deployments
        self._switch, self._tables = switch, False

    def turns(self, key: str, release: str | None) -> Turns:
        """Return what answers the conversation *key*, which began on *release*."""
        turns = self._by_release.get(release or "", self.current)
        urls = self._urls.get(turns.released.id, [])
        if not urls:
            return turns
        # One conversation keeps to one engine: which, follows from its name alone.
        first = crc32(key.encode()) % len(urls)
        engine, *others = (self._engine(url) for url in (*urls[first:], *urls[:first]))
        return replace(turns, engine=engine.backed_by(others))

    def _engine(self, url: str) -> Engine:
        if url not in self._engines:
            self._engines[url] = Engine(url, self._fixed.timeout)
        return self._engines[url]

    async def keep_looking(self, every: float = EVERY) -> None:
        """Follow what the database says until cancelled."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError:
                log.warning("database.down")
                COUNT_DOWN.labels("database").inc()
            except Exception:
                log.exception("fleet.broken")  # the releases that are known go on answering
            await asyncio.sleep(every)

    async def look(self) -> None:
        """Read once what runs; a release that is not whole or has no engine is not taken up."""
        if not self._tables:  # the database may have been away when this gateway started
            await anyio.to_thread.run_sync(self._make_tables)
        roles = await anyio.to_thread.run_sync(self._deployments.roles)
        self._urls = await anyio.to_thread.run_sync(self._deployments.engines)
        for release, role in roles.items():
            if role != CANDIDATE and release not in self._by_release:
                await self._take_up(release)
        current = next((name for name, role in roles.items() if role == "current"), None)
        if current in self._by_release and self._urls.get(current or ""):
            self._make_current(self._by_release[str(current)])
        known = {self.current.released.id, *roles}
        self._by_release = {k: v for k, v in self._by_release.items() if k in known}
        self._turn_off(await anyio.to_thread.run_sync(self._switch.off))
        await self._close_unused()

    async def _take_up(self, release: str) -> None:
        try:
            folder = self._releases / release
            made = await anyio.to_thread.run_sync(released_as, folder, self._secret)
        except UntrustedRelease as error:
            log.error("release.untrusted", release=release, reason=str(error))
            return
        self._by_release[release] = replace(self.current, released=made)

    def _make_current(self, turns: Turns) -> None:
        if turns.released.id != self.current.released.id:
            wording.load(turns.released.content)
            self.current = turns
            log.info("release.current", release=turns.released.id)

    def _make_tables(self) -> None:
        self._deployments.create()
        self._switch.create()
        self._tables = True

    def _turn_off(self, off: bool) -> None:
        """Follow the switch, for talks of every release; what the setting turned off stays off."""
        off = off or self._always_off
        if off != self.current.turned_off:
            log.warning("assistant.turned_off" if off else "assistant.turned_on")
        for turns in self._by_release.values():
            turns.turned_off = off

    async def _close_unused(self) -> None:
        used = {url for urls in self._urls.values() for url in urls}
        for url in self._engines.keys() - used:
            await self._engines.pop(url).close()

    async def close(self) -> None:
        """Give all connections back."""
        for engine in (self._fixed, *self._engines.values()):
            await engine.close()
