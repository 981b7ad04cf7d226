"""Twenty people a second, in both languages, none of whom waits longer than the contract says."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.language import Language
from bot.wording import say
from tests.conftest import run_alone

PROMISED = 3.0
"""Seconds a client of ours waits for an answer before it gives up: a term of the contract."""
EACH_SECOND = 20
WORDS = {
    Language.WELSH: "sut mae anfon llythyr at garcharor",
    Language.ENGLISH: "how do i send a letter to a prisoner",
}


@dataclass
class Person:
    """Somebody with a conversation of their own."""

    language: Language
    talk: str
    said: int = 0


@dataclass
class Sent:
    """One message, and what came back for it."""

    person: Person
    body: dict[str, str]
    key: str
    status: int
    answer: dict[str, Any]


@dataclass
class Crowd:
    """Forty people before one gateway."""

    url: str
    people: list[Person] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    def arrive(self, count: int = 40) -> None:
        """Open their conversations, each in their own language."""
        with httpx.Client(base_url=self.url, timeout=30) as http:
            for language in itertools.islice(itertools.cycle(Language), count):
                opened = http.post("/api/v1/conversations", json={"language": language.value})
                self.people.append(Person(language, opened.json()["conversation"]))

    def talk(self, seconds: float, meanwhile: Callable[[], object] | None = None) -> list[Sent]:
        """Speak for so long, twenty messages a second, while something happens; return what was sent."""
        return list(run_alone(self._talk(seconds, meanwhile)))

    async def _talk(self, seconds: float, meanwhile: Callable[[], object] | None) -> list[Sent]:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=100)
        async with httpx.AsyncClient(base_url=self.url, timeout=PROMISED, limits=limits) as http:
            happens: Awaitable[object] = asyncio.to_thread(meanwhile or (lambda: None))
            event, tasks, start = asyncio.ensure_future(happens), [], time.monotonic()
            for number in range(int(seconds * EACH_SECOND)):
                await asyncio.sleep(max(0, start + number / EACH_SECOND - time.monotonic()))
                person = self.people[number % len(self.people)]
                tasks.append(asyncio.create_task(self._say(http, person)))
            sent = list(await asyncio.gather(*tasks))
            await event
        self.sent += sent
        return sent

    async def _say(self, http: httpx.AsyncClient, person: Person) -> Sent:
        key = secrets.token_hex(8)
        body = {"text": f"{WORDS[person.language]} {key}", "language": person.language.value}
        answer = await self._post(http, person, body, key)
        return Sent(person, body, key, answer.status_code, answer.json())

    async def _post(
        self, http: httpx.AsyncClient, person: Person, body: dict[str, str], key: str
    ) -> httpx.Response:
        path = f"/api/v1/conversations/{person.talk}/messages"
        sending = http.post(path, json=body, headers={"Idempotency-Key": key})
        return await asyncio.wait_for(sending, PROMISED)

    def again(self, sent: list[Sent]) -> list[dict[str, Any]]:
        """Send the same messages with the same keys once more, as a client whose network broke."""

        async def all_again() -> list[dict[str, Any]]:
            async with httpx.AsyncClient(base_url=self.url, timeout=30) as http:
                answers = [await self._post(http, one.person, one.body, one.key) for one in sent]
                return [answer.json() for answer in answers]

        return list(run_alone(all_again()))


def unanswered(sent: list[Sent]) -> list[str]:
    """Return what is wrong with each reply: none of them may leave a person with nothing."""
    return [problem for one in sent for problem in _wrong(one)]


def _wrong(one: Sent) -> list[str]:
    language = one.person.language
    if one.status != 200:
        return [f"{one.status} {one.answer}"]
    messages = one.answer["messages"]
    if not messages or any(entry["language"] != language.value for entry in messages):
        return [f"not in {language.value}: {messages}"]
    written = messages[0]["topic"] == "letters" or "tel:" in messages[0]["text"]
    return [] if written else [f"neither the answer nor a number: {messages}"]


def apologised(sent: list[Sent]) -> list[Sent]:
    """Return those that got the written answer with an apology, because the engine did not answer."""
    return [
        one for one in sent
        if say("service.down", one.person.language) in one.answer["messages"][0]["text"]
    ]  # fmt: skip
