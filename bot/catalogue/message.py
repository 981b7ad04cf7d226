"""From content to what a person is shown: the public `Message` of the HTTP API, without its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.catalogue.load import Catalogue, Source
from bot.language import Language
from bot.wording import say


@dataclass(frozen=True)
class Addition:
    """What the directory adds to a written answer: one prison's own facts."""

    text: str
    prison: str
    sources: tuple[Source, ...] = ()
    as_of: str | None = None
    checked_on: str | None = None
    leads: bool = True
    """False where there is nothing to say first: that we do not know comes after the answer."""


@dataclass(frozen=True)
class Prompt:
    """A question back to the person: its sentence and the buttons that answer it."""

    text: str
    buttons: Sequence[Mapping[str, Any]] = field(default=())


def button(topic: str, catalogue: Catalogue, language: Language, **ids: str) -> dict[str, Any]:
    """Return a button that asks about *topic*; *ids* are the closed grammar's details."""
    details = "&".join(f"{name}={value}" for name, value in sorted(ids.items()))
    return {
        "title": catalogue.title(topic, language),
        "payload": f"{topic}?{details}" if details else topic,
        "topic": topic,
    }


def message(
    catalogue: Catalogue,
    topic: str,
    language: Language,
    *,
    part: str = "text",
    addition: Addition | None = None,
    prompt: Prompt | None = None,
) -> dict[str, Any]:
    """Compose the answer to *topic*: prison facts first, then the written text, then its caveat.

    A *part* that is not written (not every topic has `more`) falls back to `text`.
    """
    about = catalogue.topics[topic]
    parts = catalogue.answer(topic, language).parts
    sources = [*(addition.sources if addition else ()), *about.sources]
    checked_on = _oldest_check(about.checked_on, addition)
    leading = addition is not None and addition.leads
    paragraphs = [
        addition.text if addition and leading else "",
        parts.get(part) or parts["text"],
        addition.text if addition and not leading else "",
        prompt.text if prompt else "",
        "" if checked_on else caveat(sources, language),
    ]
    buttons = prompt.buttons if prompt else _follow_ups(catalogue, topic, language, addition)
    dates = [day for day in (about.as_of, addition.as_of if addition else None) if day]
    return envelope(
        "\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        language,
        topic=topic,
        buttons=list(buttons),
        sources=[shown(source, language) for source in _once(sources)],
        as_of=max(dates, default=None),
        checked_on=checked_on,
        prison=addition.prison if addition else None,
    )


def envelope(text: str, language: Language, **fields: Any) -> dict[str, Any]:
    """Return a complete Message without its id: every field present, absent ones null or empty."""
    empty: dict[str, Any] = {
        "topic": None,
        "buttons": [],
        "sources": [],
        "as_of": None,
        "checked_on": None,
        "services": [],
        "prison": None,
    }
    return {"text": text, "language": language.value, **empty, **fields}


def shown(source: Source, language: Language) -> dict[str, str | None]:
    """Return a source as a person is shown it."""
    return {"title": source.titles[language], "url": source.urls[language]}


def caveat(sources: Sequence[Source], language: Language) -> str:
    """Say that no editor has confirmed this yet, and where to check; empty without sources."""
    for source in sources:
        if url := source.urls[language]:
            return say("answer.unchecked", language, title=source.titles[language], url=url)
    return ""


def _oldest_check(answer: str | None, addition: Addition | None) -> str | None:
    if addition is None:
        return answer
    return min(answer, addition.checked_on) if answer and addition.checked_on else None


def _once(sources: Sequence[Source]) -> list[Source]:
    return list({tuple(source.titles.values()): source for source in sources}.values())


def _follow_ups(
    catalogue: Catalogue, topic: str, language: Language, addition: Addition | None
) -> list[dict[str, Any]]:
    ids = {"prison": addition.prison} if addition else {}
    return [
        button(name, catalogue, language, **(ids if catalogue.topics[name].prison else {}))
        for name in catalogue.topics[topic].follow_ups
    ]
