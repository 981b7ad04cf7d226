"""Client of the engine: one question in, whole messages out, or EngineDown."""

from __future__ import annotations

from typing import Any

import httpx

from gateway.schemas import Message


class EngineDown(Exception):
    """The engine did not answer in time, answered garbage, or answered nothing."""


class Engine:
    """Talks to Rasa's channel (`bot.channel`) over pooled connections."""

    def __init__(self, url: str, timeout: float) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self.timeout = timeout
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout, limits=limits)

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
        body = {"conversation": key, "metadata": metadata, "text": text, "topic": topic}
        try:
            answer = await self._client.post(
                "/webhooks/cyswllt/messages", json={**body, "ids": ids or {}}
            )
            answer.raise_for_status()
            messages = answer.json()["messages"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise EngineDown(type(error).__name__) from None
        if not messages or not all(_whole(message) for message in messages):
            raise EngineDown("empty reply")
        return list(messages)

    async def ready(self) -> bool:
        """Say whether the engine answers at all."""
        try:
            return (await self._client.get("/", timeout=1.0)).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def _whole(message: object) -> bool:
    """Say whether this can be shown: every field there and what it should be, but for our own id."""
    try:
        return bool(Message.model_validate({**message, "id": ""}).text)  # type: ignore[dict-item]
    except (ValueError, TypeError):
        return False
