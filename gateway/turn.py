"""The way of one message: danger first, details out, the engine's answer, or the written one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.catalogue.message import button, envelope, message
from bot.context import CONVERSATIONAL, DANGER
from bot.language import Language
from bot.language_id import identify, lean
from bot.wording import fill, say
from bot.words import tokens
from gateway.crisis import Alarm, Watch
from gateway.crisis_patterns import KINDS
from gateway.engine import Engine, EngineDown
from gateway.metrics import COUNT_FALLBACKS, COUNT_TOPICS
from gateway.payload import Pressed
from gateway.questions import UNANSWERED, Question, worth_sending
from gateway.redaction import redact
from gateway.released import Released
from gateway.state import Kept, Memory

log = structlog.get_logger()

_NAMED_LANGUAGE = {
    "cymraeg": Language.WELSH,
    "gymraeg": Language.WELSH,
    "welsh": Language.WELSH,
    "saesneg": Language.ENGLISH,
    "seisnig": Language.ENGLISH,
    "english": Language.ENGLISH,
}
_QUIET_AFTER_A_CARD = CONVERSATIONAL | {"did_you_mean"}
"""Replies that add nothing to a crisis card."""


@dataclass(frozen=True)
class Asked:
    """One message of a person: typed words or one of our buttons."""

    text: str | None = None
    pressed: Pressed | None = None
    language: Language | None = None
    """The person's own choice of language with this message, if any."""
    page: Language | None = None
    question: Question | None = None
    """What goes to the editors where the person pressed the button for that."""


@dataclass(frozen=True)
class Answered:
    """What goes back, and what is remembered."""

    messages: list[dict[str, Any]]
    memory: Memory
    erase: bool = False


@dataclass
class Turns:
    """Answers messages; `gateway.order` sees to it that it is one at a time in a conversation."""

    engine: Engine
    watch: Watch
    released: Released
    shown: Mapping[str, str]
    """Settings that answers name in placeholders."""
    turned_off: bool = False

    async def answer(
        self, key: str, asked: Asked, kept: Kept, within: float | None = None
    ) -> Answered:
        """Answer one message. Never raises for a part that is down.

        *within* is how many seconds the person still has; the engine's own limit if not given.
        """
        memory = replace(self._heard(asked, kept.memory), release=self.released.id)
        alarm = self.watch.check(asked.text) if asked.text else None
        clean = redact(asked.text) if asked.text else None
        text = clean.text if clean else None
        patience = min(self.engine.timeout, within or self.engine.timeout)
        said = await self._said(key, asked, text, memory, patience)
        erase = _last(said) == "delete_chat"
        cards = self._cards(alarm, said, memory)
        said = [entry for entry in said if not cards or _adds_to(cards, entry)]
        if clean and clean.found and not memory.told:
            said = [*said, self._notice(memory)]
            memory = replace(memory, told=True)
        messages = [self._filled(entry) for entry in (*cards, *said)]
        memory = _remember(memory, messages)
        return Answered(messages, memory, erase)

    def _cards(
        self, alarm: Alarm | None, said: list[dict[str, Any]], memory: Memory
    ) -> list[dict[str, Any]]:
        """Return what comes first in danger: of the patterns, else of what the engine heard.

        The engine's answer tells which prison it is about; in danger nothing waits for it longer
        than any answer does.
        """
        feared = _feared(said)
        heard = alarm or (Alarm((feared,), sure=False) if feared else None)
        if heard is None:
            return []
        named = next((entry["prison"] for entry in said if entry["prison"]), memory.prison)
        known = replace(heard, prison=heard.prison or named)
        cards = self.watch.cards(known, memory, self.released.catalogue)
        return [{**card, "prison": card["prison"] or known.prison} for card in cards]

    def cards_alone(self, asked: Asked) -> Answered | None:
        """Return the crisis cards of a message there is no room for; None if it needs none."""
        memory = self._heard(asked, Memory())
        alarm = self.watch.check(asked.text) if asked.text else None
        cards = self._cards(alarm, [], memory)
        return Answered([self._filled(card) for card in cards], memory) if cards else None

    def thanks(self, question: Question, memory: Memory) -> Answered:
        """Say that the editors will see the question, and who can answer now."""
        said = self._filled(envelope(say("question.sent", question.language), question.language))
        return Answered([said], replace(memory, last=None, turns=memory.turns + 1))

    def sendable(self, text: str, messages: list[dict[str, Any]]) -> Question | None:
        """Return what may be sent to the editors of a message; None of danger, or if understood."""
        topics = {entry["topic"] for entry in messages}
        offered = {button["topic"] for entry in messages for button in entry["buttons"]}
        if self.turned_off or not topics & UNANSWERED or self._dangerous(text, topics | offered):
            return None
        return worth_sending(redact(text), messages)

    def complaint(self, text: str, topic: str | None, memory: Memory, why: str) -> Question | None:
        """Return what may be sent of a question whose answer did not help; None of danger."""
        if self._dangerous(text, {topic}):
            return None
        language = memory.language or Language.WELSH
        return worth_sending(redact(text), [envelope("", language, topic=topic)], why)

    def _dangerous(self, text: str, topics: set[str | None]) -> bool:
        """Say whether a message may be a cry for help: by its words, or by what it was taken for."""
        known = self.released.catalogue.topics
        about = {known[topic].group if topic in known else topic for topic in topics if topic}
        return bool({"crisis", *KINDS} & about or self.watch.check(text))

    def _heard(self, asked: Asked, memory: Memory) -> Memory:
        """Decide the language: own choice, then the words, then the talk, then the page."""
        if asked.language:
            return replace(memory, language=asked.language, chosen=True)
        if asked.text and not memory.chosen:
            heard = self._language_of(asked.text, memory)
            return replace(
                memory, language=heard or memory.language or asked.page or Language.WELSH
            )
        return replace(memory, language=memory.language or asked.page or Language.WELSH)

    def _language_of(self, text: str, memory: Memory) -> Language | None:
        model, names = self.released.languages, self.released.names
        if memory.language is None:
            return lean(model, text, names)
        if len(tokens(text)) <= 2:
            return None
        return identify(model, text, names)

    async def _said(
        self, key: str, asked: Asked, text: str | None, memory: Memory, patience: float
    ) -> list[dict[str, Any]]:
        if self.turned_off:
            return [self._while_off(asked, text, memory)]
        try:
            # An engine that sends a byte a second never times out by itself.
            async with asyncio.timeout(patience):
                return await self._from_engine(key, asked, text, memory)
        except (EngineDown, TimeoutError) as error:
            log.warning("engine.down", reason=str(error) or "too slow")
            COUNT_FALLBACKS.inc()
            return [self._without_engine(asked, text, memory)]

    async def _from_engine(
        self, key: str, asked: Asked, text: str | None, memory: Memory
    ) -> list[dict[str, Any]]:
        metadata = _metadata(memory)
        if asked.pressed:
            pressed = asked.pressed
            said = await self.engine.ask(key, metadata, topic=pressed.topic, ids=dict(pressed.ids))
        else:
            said = await self.engine.ask(key, metadata, text=text)
        if asked.text and _last(said) == "change_language":
            return await self._switched(key, asked.text, memory)
        return said

    async def _switched(self, key: str, text: str, memory: Memory) -> list[dict[str, Any]]:
        """The person asked for the other language in words: say so in that language."""
        wanted = next(
            (lang for word, lang in _NAMED_LANGUAGE.items() if word in text.casefold()), None
        )
        assert memory.language is not None
        target = wanted or memory.language.other
        metadata = {**_metadata(memory), "language": target.value}
        return await self.engine.ask(key, metadata, topic="change_language")

    def _without_engine(self, asked: Asked, text: str | None, memory: Memory) -> dict[str, Any]:
        """The written answer by its words, or the helplines, with a plain apology."""
        topic = self._named(asked, text)
        return self._written(topic or "talk_to_person", memory, "service.down")

    def _while_off(self, asked: Asked, text: str | None, memory: Memory) -> dict[str, Any]:
        """The helplines, whatever is said; but a chat can be deleted at any time."""
        assert memory.language is not None
        if self._named(asked, text) == "delete_chat":
            return message(self.released.catalogue, "delete_chat", memory.language)
        return self.helplines(memory.language)

    def _named(self, asked: Asked, text: str | None) -> str | None:
        """Return the topic of a button, or the one that words name clearly."""
        topic = asked.pressed.topic if asked.pressed else self.released.keywords.topic(text or "")
        return topic if topic in self.released.catalogue.topics else None

    def helplines(self, language: Language) -> dict[str, Any]:
        """Say that the assistant is turned off, and who can help."""
        return self._written("talk_to_person", Memory(language), "service.turned_off")

    def _written(self, topic: str, memory: Memory, apology: str) -> dict[str, Any]:
        assert memory.language is not None
        said = message(self.released.catalogue, topic, memory.language)
        return {**said, "text": f"{say(apology, memory.language)}\n\n{said['text']}"}

    def _notice(self, memory: Memory) -> dict[str, Any]:
        assert memory.language is not None
        catalogue, language = self.released.catalogue, memory.language
        about = button("privacy", catalogue, language)
        return envelope(say("privacy.details_removed", language), language, buttons=[about])

    def _filled(self, entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "text": fill(entry["text"], self.shown)}


def _metadata(memory: Memory) -> dict[str, Any]:
    assert memory.language is not None
    return {
        "language": memory.language.value,
        "topic": memory.topic,
        "offered": memory.offered,
        "last": memory.last,
    }


def _feared(messages: list[dict[str, Any]]) -> str | None:
    """Take from the engine's messages what danger it heard: the second net, below the patterns."""
    heard = [entry.pop("danger", None) for entry in messages]
    return next((kind for kind in heard if kind in DANGER), None)


def _adds_to(cards: list[dict[str, Any]], entry: dict[str, Any]) -> bool:
    """Say whether the engine's answer is worth giving after a crisis card."""
    shown = {card["topic"] for card in cards}
    return entry["topic"] not in shown and entry["topic"] not in _QUIET_AFTER_A_CARD


def _last(messages: list[dict[str, Any]]) -> str | None:
    return messages[-1]["topic"] if messages else None


def _remember(memory: Memory, messages: list[dict[str, Any]]) -> Memory:
    topics = [entry["topic"] for entry in messages if entry["topic"]]
    for topic in topics:
        COUNT_TOPICS.labels(topic, messages[-1]["language"]).inc()
    about = [topic for topic in topics if topic not in _QUIET_AFTER_A_CARD]
    asked_back = messages[-1] if messages and messages[-1]["topic"] == "did_you_mean" else None
    return replace(
        memory,
        language=Language(messages[-1]["language"]) if messages else memory.language,
        topic=about[-1] if about else memory.topic,
        offered=tuple(b["topic"] for b in asked_back["buttons"] if b["topic"])
        if asked_back
        else (),
        last=topics[-1] if topics else None,
        prison=next((entry["prison"] for entry in messages if entry["prison"]), memory.prison),
        turns=memory.turns + 1,
    )
