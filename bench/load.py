"""A steady stream of messages in both languages, from people who try again when nothing comes back."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

SAID = {
    "cy": {
        "letters": "sut mae anfon llythyr at garcharor",
        "parcels": "ga i anfon parsel",
        "book_visit": "sut mae bwcio ymweliad",
        "send_money": "sut mae anfon arian",
        "find_service": "pa wasanaethau sydd yng Nghaerdydd",
    },
    "en": {
        "letters": "how do I send a letter to a prisoner",
        "parcels": "can I send a parcel",
        "book_visit": "how do I book a visit",
        "send_money": "how do I send money",
        "find_service": "what services are there in Cardiff",
    },
}
"""What is said by language, and the topic it is about: written answers, and one that needs the directory."""
AGAIN = 0.25
"""Seconds before somebody tries again."""
PATIENCE = 30.0
"""Seconds after which they give up: then a message is lost."""


@dataclass
class Sent:
    """One message and what became of it."""

    talk: int
    at: float
    """Seconds since the load began."""
    wanted: str
    took: float = 0.0
    tries: int = 0
    topics: tuple[str, ...] = ()
    refused: list[str] = field(default_factory=list)
    """What the tries that failed got: a status, or the kind of error."""

    @property
    def lost(self) -> bool:
        """Say whether no answer ever came."""
        return not self.topics

    @property
    def degraded(self) -> bool:
        """Say whether the answer came without the engine, or was to something else."""
        return not self.lost and self.wanted not in self.topics


class Load:
    """People in *talks* conversations who together say *rate* messages a second.

    Now and then somebody sends two messages at once: they must be answered one after the other.
    """

    def __init__(self, url: str, rate: float, talks: int = 24) -> None:
        self._url, self._rate, self._many = url, rate, talks
        self.sent: list[Sent] = []
        self.talks: list[str] = []
        """Ids of the conversations."""
        self._clients: list[httpx.AsyncClient] = []
        self._started = 0.0

    def clock(self) -> float:
        """Return the seconds since the load began."""
        return time.monotonic() - self._started

    async def run(self, stopping: asyncio.Event) -> None:
        """Talk until told to stop, then wait for the answers that are still on their way."""
        # Eight people behind each address, as behind one router.
        self._clients = [self._client(number) for number in range((self._many + 7) // 8)]
        self.talks = [await self._opened(number) for number in range(self._many)]
        self._started = time.monotonic()
        waiting = set[asyncio.Task[None]]()
        for number, sent in enumerate(self._messages()):
            await asyncio.sleep(max(0.0, number / self._rate - self.clock()))
            if stopping.is_set():
                break
            sent.at = self.clock()
            self.sent.append(sent)
            task = asyncio.create_task(self._say(sent))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
        await asyncio.gather(*waiting)
        for client in self._clients:
            await client.aclose()

    def _client(self, number: int) -> httpx.AsyncClient:
        own = httpx.AsyncHTTPTransport(local_address=f"127.0.1.{number + 1}")
        return httpx.AsyncClient(base_url=self._url, timeout=10.0, transport=own)

    def _messages(self) -> Iterator[Sent]:
        topics, number = list(SAID["cy"]), 0
        while True:
            for talk in range(self._many):
                twice = number % 10 == 9
                for _ in range(1 + twice):
                    yield Sent(talk, 0.0, topics[number % len(topics)])
                    number += 1

    async def _opened(self, number: int) -> str:
        body = {"language": ("cy", "en")[number % 2]}
        answer = await self._clients[number // 8].post("/api/v1/conversations", json=body)
        return str(answer.raise_for_status().json()["conversation"])

    async def _say(self, sent: Sent) -> None:
        """Send a message until it is answered; the key stays, so that it is answered once."""
        key, begun = secrets.token_hex(8), time.monotonic()
        while not sent.topics and time.monotonic() - begun < PATIENCE:
            if sent.tries:
                await asyncio.sleep(AGAIN)
            sent.tries += 1
            with suppress(httpx.TransportError):
                sent.refused.append("broken off")
                answer = await self._post(sent, key)
                sent.refused[-1] = str(answer.status_code)
                if answer.status_code == 200:
                    sent.refused.pop()
                    messages = answer.json()["messages"]
                    sent.topics = tuple(str(message["topic"]) for message in messages)
        sent.took = time.monotonic() - begun

    async def _post(self, sent: Sent, key: str) -> httpx.Response:
        text = SAID[("cy", "en")[sent.talk % 2]][sent.wanted]
        path = f"/api/v1/conversations/{self.talks[sent.talk]}/messages"
        client = self._clients[sent.talk // 8]
        body: dict[str, Any] = {"text": text}
        return await client.post(path, json=body, headers={"Idempotency-Key": key})
