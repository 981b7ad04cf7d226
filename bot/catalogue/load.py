"""Content files as frozen values; nothing here knows Rasa, a database or the web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.language import Language

ON_TOPIC = ("more", "simpler")
"""Intents answered with another part of the topic that the talk is about."""
CONTENT = Path(__file__).parents[1] / "content"


class ContentError(ValueError):
    """A content file that cannot be read as what it should be."""


@dataclass(frozen=True)
class Source:
    """An official page or document that a person is shown under an answer."""

    titles: Mapping[Language, str]
    urls: Mapping[Language, str | None]
    """The address in each language; a document that is not on the web has none."""
    as_of: str | None
    """The day the source is of, as precise as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""


@dataclass(frozen=True)
class Topic:
    """What is true of a topic in both languages. Names: the project's taxonomy."""

    name: str
    group: str
    prison: bool
    """True if directory facts about one prison belong in the answer."""
    asks_prison: bool
    """True if the answer asks which prison it is about, where that is not known."""
    services: bool
    """True if help near a place that is named belongs beside the answer."""
    asked: bool
    """False for a card that is only shown: nobody asks for it by this name."""
    follow_ups: tuple[str, ...]
    sources: tuple[Source, ...]
    checked_on: str | None
    review_by: str | None
    confidence: str | None

    @property
    def as_of(self) -> str | None:
        """Return the date of the newest source; None where no date is known."""
        return max((s.as_of for s in self.sources if s.as_of), default=None)

    @property
    def looked_up(self) -> bool:
        """True if the answer needs the directory: an action gives it."""
        return self.prison or self.services or self.group == "services" or self.name in ON_TOPIC


@dataclass(frozen=True)
class Answer:
    """The wording of one topic in one language: `title`, `text` and named variants."""

    title: str
    parts: Mapping[str, str]
    """`text` always; `more`, `simpler`, `again`, `child` where written."""
    register: str | None = None
    """`ti` where the answer speaks to a child."""


@dataclass(frozen=True)
class Catalogue:
    """All topics and their answers in both languages."""

    topics: Mapping[str, Topic]
    answers: Mapping[Language, Mapping[str, Answer]]

    def answer(self, topic: str, language: Language) -> Answer:
        """Return the answer of *topic*; KeyError if this language has none."""
        return self.answers[language][topic]

    def title(self, topic: str, language: Language) -> str:
        """Return the short title of *topic*, as buttons and pages show it."""
        return self.answers[language][topic].title

    @property
    def asked(self) -> list[Topic]:
        """List the topics that people ask about, in the order editors wrote them."""
        return [topic for topic in self.topics.values() if topic.asked]


def read(path: Path) -> dict[str, Any]:
    """Read one YAML file; ContentError names the file and the line that is wrong."""
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentError(f"{path}: {error}") from error
    if not isinstance(loaded, dict):
        raise ContentError(f"{path}: expected names and values, found {type(loaded).__name__}")
    return loaded


def load(content: Path = CONTENT) -> Catalogue:
    """Load every topic and answer below *content*."""
    topics = dict(_topics(content))
    answers = {language: dict(_answers(content / language.value)) for language in Language}
    return Catalogue(topics=topics, answers=answers)


def _topics(content: Path) -> Any:
    for path in sorted((content / "topics").glob("*.yml")):
        for name, body in read(path)["topics"].items():
            yield name, _topic(name, path.stem, body)


def _topic(name: str, group: str, body: Mapping[str, Any]) -> Topic:
    return Topic(
        name=name,
        group=group,
        prison=bool(body.get("prison")),
        asks_prison=body.get("prison") is True,
        services=bool(body.get("services")),
        asked=body.get("asked", True),
        follow_ups=tuple(body.get("follow_ups") or ()),
        sources=tuple(source(entry) for entry in body.get("sources") or ()),
        checked_on=_day(body.get("checked_on")),
        review_by=_day(body.get("review_by")),
        confidence=body.get("confidence"),
    )


def source(entry: Mapping[str, Any]) -> Source:
    """Read one entry of a `sources` list."""
    titles = {language: entry[f"title_{language.value}"] for language in Language}
    urls = {
        language: entry.get(f"url_{language.value}") or entry.get("url") for language in Language
    }
    return Source(titles=titles, urls=urls, as_of=_day(entry.get("as_of")))


def _day(value: object) -> str | None:
    return None if value is None else str(value)


def _answers(folder: Path) -> Any:
    for path in sorted(folder.glob("*.yml")):
        for name, body in (read(path).get("answers") or {}).items():
            yield name, _answer(body)


def _answer(body: Mapping[str, Any]) -> Answer:
    parts = {
        key: value.strip()
        for key, value in body.items()
        if key not in ("title", "register") and isinstance(value, str)
    }
    return Answer(title=body["title"], parts=parts, register=body.get("register"))
