"""Answers a topic with one prison's own facts, or asks which prison it is about."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import SlotSet

from actions.heard import Event, Heard, Reply
from actions.resources import catalogue, connection
from bot.catalogue.load import Catalogue, Source, Topic
from bot.catalogue.message import Addition, Prompt, message
from bot.language import Language
from bot.wording import say
from directory.errors import LookupUnavailable
from directory.records import Prison, PrisonFact
from directory.storage import KIND, stored

OFFERED = ("berwyn", "cardiff", "swansea", "parc", "usk", "prescoed", "eastwood-park", "styal")
"""Prisons on buttons: those that hold most people from Wales. Any other can be typed."""


def answer(said: Heard, part: str = "text") -> tuple[Reply, list[Event]]:
    """Compose the reply to the topic, or a *part* of it, with what the directory holds now."""
    asks = catalogue().topics[said.topic].asks_prison
    try:
        known = prisons([said.prison] if said.prison else list(OFFERED) if asks else [])
    except LookupUnavailable:
        return message(catalogue(), said.topic, said.language, part=part), []
    prison = known.get(said.prison or "")
    events = [SlotSet("prison", prison.id)] if prison else []
    return compose(catalogue(), said, part, prison, known), events


def prisons(ids: list[str]) -> dict[str, Prison]:
    """Return the prisons with these ids as the directory has them now."""
    with connection() as lent:
        return {
            key: record
            for key, record in stored(lent, KIND["prison"], ids).items()
            if isinstance(record, Prison)
        }


def compose(
    catalogue: Catalogue, said: Heard, part: str, prison: Prison | None, offered: dict[str, Prison]
) -> Reply:
    """Compose the reply: that prison's facts first, or a question which prison it is."""
    if prison:
        return message(
            catalogue,
            said.topic,
            said.language,
            part=part,
            addition=addition(prison, catalogue.topics[said.topic], said.language),
        )
    if not catalogue.topics[said.topic].asks_prison:
        return message(catalogue, said.topic, said.language, part=part)
    prompt = Prompt(
        say("prison.which", said.language), _buttons(said.topic, said.language, offered)
    )
    return message(catalogue, said.topic, said.language, part=part, prompt=prompt)


def _buttons(topic: str, language: Language, offered: dict[str, Prison]) -> list[dict[str, Any]]:
    return [
        {
            "title": _in(language, offered[name], "short"),
            "payload": f"{topic}?prison={name}",
            "topic": topic,
        }
        for name in OFFERED
        if name in offered
    ]


def addition(prison: Prison, topic: Topic, language: Language) -> Addition:
    """Return what the directory holds on *topic* at *prison*, with the caveat its confidence asks for.

    High is stated; medium is stated with whom to check with; low is not stated.
    """
    fact = prison.facts.get(topic.name)
    if fact is None or fact.confidence == "low":
        unknown = "not_known" if topic.asks_prison else "ring"
        sources = _sources(prison, None)
        return Addition(_whom_to_ask(unknown, prison, language), prison.id, sources, leads=False)
    text = str(getattr(fact, language.value))
    if fact.confidence == "medium":
        text = f"{text}\n\n{_check(prison, language)}"
    checked = fact.checked_on.isoformat() if fact.checked_on else None
    return Addition(
        f"{_name(prison, language)}\n\n{text}",
        prison.id,
        _sources(prison, fact),
        fact.as_of,
        checked,
    )


def _name(prison: Prison, language: Language) -> str:
    return say("prison.about", language, prison=_in(language, prison, "name"))


def _check(prison: Prison, language: Language) -> str:
    """Say whom to check with: the prison by phone where its number may be shown, else its page."""
    if number := _number(prison):
        return say("prison.check", language, phone=number, dial=_dial(number))
    return say("prison.check_page", language, title=_page(prison, language), url=prison.gov_uk_url)


def _whom_to_ask(key: str, prison: Prison, language: Language) -> str:
    values = {
        "prison": _in(language, prison, "name"),
        "title": _page(prison, language),
        "url": prison.gov_uk_url,
    }
    if number := _number(prison):
        return say(f"prison.{key}", language, phone=number, dial=_dial(number), **values)
    return say(f"prison.{key}_page", language, **values)


def _number(prison: Prison) -> str | None:
    phone = prison.phone
    return phone.number if phone and phone.confidence != "low" else None


def _dial(number: str) -> str:
    return re.sub(r"\D", "", number)


def _page(prison: Prison, language: Language) -> str:
    return f"{_in(language, prison, 'name')} (GOV.UK)"


def _sources(prison: Prison, fact: PrisonFact | None) -> tuple[Source, ...]:
    shown = prison.sources if fact is None or fact.sources is None else fact.sources
    return tuple(
        Source(
            titles={
                each: str(getattr(entry, f"title_{each.value}") or entry.title_en)
                for each in Language
            },
            urls=dict.fromkeys(Language, entry.url),
            as_of=entry.as_of,
        )
        for entry in shown
    )


def _in(language: Language, prison: Prison, field: str) -> str:
    return str(getattr(prison, f"{field}_{language.value}") or getattr(prison, f"{field}_en"))
