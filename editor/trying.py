"""Trying it: a chat with the candidate beside the live assistant, and why each said what it said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot.language import Language
from bot.release import UntrustedRelease
from bot.settings import Settings
from editor.drafts import CannotSave, Drafts
from editor.phrases import KINDS
from gateway.crisis import Watch
from gateway.deployments import CANDIDATE, CURRENT, Deployments
from gateway.engine import Engine
from gateway.redaction import redact
from gateway.released import released_as
from gateway.state import Kept, remembered, written_down
from gateway.turn import Asked, Turns

SIDES = (CANDIDATE, CURRENT)
_SECONDS = 10.0
_ROWS = "tests/conversations/desk.yml"
_HEAD = '# Talks that editors saved from "try it": each must hold in both languages before anything is published.\n'


class NotRunning(Exception):
    """No engine of that release answers."""


@dataclass(frozen=True)
class Reply:
    """What one side said, and why."""

    messages: list[dict[str, Any]]
    memory: str
    """What is remembered for the next message, as JSON."""
    ranking: list[tuple[str, float]]
    found: list[tuple[str, str]]

    @property
    def topics(self) -> list[str]:
        """Return what was answered."""
        return [m["topic"] for m in self.messages if m["topic"]]


class Trying:
    """Talks to the engines that run, as the gateway would; nothing is counted or sent on."""

    def __init__(self, chosen: Settings, deployments: Deployments) -> None:
        self._chosen, self._deployments = chosen, deployments
        self._turns: dict[tuple[str, str], Turns] = {}

    @cached_property
    def _watch(self) -> Watch:
        return Watch.load()

    def running(self) -> dict[str, tuple[str, str]]:
        """Return release and engine of each side that can be talked to."""
        engines = self._deployments.engines()
        return {
            role: (release, engines[release][0])
            for release, role in self._deployments.roles().items()
            if role in SIDES and engines.get(release)
        }

    async def say(
        self, where: tuple[str, str], key: str, memory: str, text: str, language: Language | None
    ) -> Reply:
        """Say *text* to the engine at *where*; NotRunning if its release cannot be read."""
        turns = self._turned(*where)
        kept = Kept(remembered(_mapping(memory)))
        answered = await turns.answer(key, Asked(text=text, language=language), kept)
        ranking, found = await _explained(where[1], redact(text).text, answered.memory.language)
        return Reply(answered.messages, json.dumps(written_down(answered.memory)), ranking, found)

    def _turned(self, release: str, url: str) -> Turns:
        if (release, url) not in self._turns:
            try:
                made = released_as(Path(self._chosen.releases) / release, self._chosen.secret)
            except UntrustedRelease as error:
                raise NotRunning(release) from error
            engine = Engine(url, _SECONDS)
            self._turns[release, url] = Turns(engine, self._watch, made, self._chosen.shown)
        return self._turns[release, url]


def _mapping(packed: str) -> Mapping[str, Any]:
    try:
        values = json.loads(packed or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


async def _explained(
    url: str, text: str, language: Language | None
) -> tuple[list[tuple[str, float]], list[tuple[str, str]]]:
    """Ask the engine what it takes *text* for; nothing where it does not say."""
    body = {"text": text, "metadata": {"language": (language or Language.WELSH).value}}
    try:
        async with httpx.AsyncClient(base_url=url, timeout=_SECONDS) as client:
            told = (await client.post("/webhooks/cyswllt/explain", json=body)).json()
    except (httpx.HTTPError, ValueError):
        return [], []
    ranking = [(one["name"], float(one["confidence"])) for one in told["ranking"][:4]]
    found = [(one["kind"], one["value"]) for one in told["found"] if one["kind"] in KINDS]
    return ranking, found


def save_row(
    drafts: Drafts, name: str, turns: Mapping[Language, list[str]], topics: list[str], who: str
) -> None:
    """Save a talk as a row that must hold from now on; CannotSave names what is missing."""
    welsh, english = (turns[language] for language in Language)
    if not name.strip() or not topics or len(welsh) != len(english) or len(welsh) != len(topics):
        raise CannotSave("row")
    row = {
        "id": "-".join(name.split())[:80],
        **{
            language.value: [
                {"person": said[:300], "topic": topic}
                for said, topic in zip(turns[language], topics, strict=True)
            ]
            for language in Language
        },
    }
    path = drafts.root / _ROWS
    with drafts.saving():
        before = path.read_text("utf-8") if path.exists() else _HEAD
        if any(each["id"] == row["id"] for each in yaml.safe_load(before) or []):
            raise CannotSave("row_name")
        added = yaml.safe_dump([row], allow_unicode=True, sort_keys=False, width=120)
        drafts.commit({path: before + added}, who, f"conversation: {row['id']}")
