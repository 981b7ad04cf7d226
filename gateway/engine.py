"""Client of the engine: one question in, whole messages out, or EngineDown."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

import httpx
import structlog

from bot.log import headers as request_id
from gateway.schemas import Message


class EngineDown(Exception):
    """The engine did not answer in time, answered garbage, or answered nothing."""


class EngineSilent(EngineDown):
    """The engine did not answer in time: to ask another would take the person as long again."""


log = structlog.get_logger()
KEPT = 3.0
"""Seconds an idle connection is kept: less than the five after which Rasa's server closes it."""
CONNECT_WITHIN = 1.0
"""Seconds in which an engine takes a connection, or its machine is gone."""


class Engine:
    """Talks to Rasa's channel (`bot.channel`) over pooled connections."""

    def __init__(self, url: str, timeout: float) -> None:
        limits = httpx.Limits(
            max_connections=64, max_keepalive_connections=32, keepalive_expiry=KEPT
        )
        patience = httpx.Timeout(timeout, connect=min(timeout, CONNECT_WITHIN))
        self.timeout = timeout
        self._client = httpx.AsyncClient(base_url=url, timeout=patience, limits=limits)
        self._others: tuple[Engine, ...] = ()

    def backed_by(self, others: Iterable[Engine]) -> Engine:
        """Return this engine with *others* of the same release, which answer where it is down."""
        made = copy(self)
        made._others = tuple(others)
        return made

    async def ask(
        self,
        key: str,
        metadata: dict[str, Any],
        *,
        text: str | None = None,
        topic: str | None = None,
        ids: dict[str, str] | None = None,
    ) -> list[dict[str, Any]]:
        """Return the engine's messages; EngineDown for an error, a timeout or an empty reply.

        Rasa answers 200 with an empty list when the action server is gone: that is a failure too.
        """
        body = {
            "conversation": key,
            "metadata": metadata,
            "text": text,
            "topic": topic,
            "ids": ids or {},
        }
        *before, last = (self, *self._others)
        for engine in before:
            try:
                return await engine._ask(body)
            except EngineSilent:
                raise
            except EngineDown as error:
                log.warning("engine.skipped", reason=str(error))
        return await last._ask(body)

    async def _ask(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            answer = await self._client.post(
                "/webhooks/cyswllt/messages", json=body, headers=request_id()
            )
            answer.raise_for_status()
            messages = answer.json()["messages"]
        except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout) as error:
            raise EngineSilent(type(error).__name__) from None
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise EngineDown(type(error).__name__) from None
        if not messages or not all(_whole(message) for message in messages):
            raise EngineDown("empty reply")
        return list(messages)

    async def ready(self) -> tuple[bool, bool]:
        """Say whether the engine answers, and its action server: else one of those behind it."""
        any_answers = False
        for engine in (self, *self._others):
            answers, with_actions = await engine._told()
            if with_actions:
                return True, True
            any_answers = any_answers or answers
        return any_answers, False

    async def _told(self) -> tuple[bool, bool]:
        try:
            told = await self._client.get("/webhooks/cyswllt/ready", timeout=1.0)
            return told.status_code == 200, told.json()["actions"] is True
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError):
            return False, False

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def _whole(message: object) -> bool:
    """Say whether this can be shown: every field there and what it should be, but for our own id."""
    try:
        return bool(Message.model_validate({**message, "id": ""}).text)  # type: ignore[dict-item]
    except (ValueError, TypeError):
        return False
