"""Danger first: finds it in what a person writes, and answers with the fixed, reviewed cards.

Works on the raw text in memory, with the engine, the action server and the database down, and never
raises. What danger sounds like is data: `patterns/*.yml` for what can be said in patterns, and
`patterns/watch.json`, a small frozen model, for what cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.catalogue.load import Catalogue, Source, read, source
from bot.catalogue.message import Addition, message
from bot.language import Language
from bot.wording import MissingWording, say
from gateway.crisis_model import MODEL, Model
from gateway.crisis_patterns import KINDS, PATTERNS, Patterns
from gateway.metrics import COUNT_CRISES

if TYPE_CHECKING:
    from bot.gazetteer import Gazetteer
    from gateway.state import Memory

log = structlog.get_logger()

PRISONS = Path(__file__).parents[1] / "directory" / "data" / "prisons.yml"
_ANSWERS = {"worried_about_prisoner": "worried_about_prisoner_now"}
"""Kinds whose card is written under another name than their topic."""
_STATED = frozenset({"high", "medium"})
_MOST_CARDS = 3


@dataclass(frozen=True)
class Alarm:
    """What a message may be a cry for help about."""

    kinds: tuple[str, ...]
    """The most urgent first."""
    sure: bool
    """False: ask gently, and show the numbers all the same."""
    child: bool = False
    """True if a child seems to be writing."""
    prison: str | None = None
    """The prison named in the message."""


@dataclass(frozen=True)
class Watch:
    """Reads every message before anything else does."""

    patterns: Patterns
    model: Model | None
    prisons: Mapping[str, Mapping[str, Any]]
    gazetteer: Gazetteer | None = None

    @classmethod
    def load(
        cls,
        patterns: Path = PATTERNS,
        model: Path = MODEL,
        prisons: Path = PRISONS,
        gazetteer: Gazetteer | None = None,
    ) -> Watch:
        """Load patterns and model; what *prisons* adds to a card may be missing."""
        return cls(Patterns.load(patterns), Model.load(model), _prisons(prisons), gazetteer)

    def check(self, text: str) -> Alarm | None:
        """Return the alarm that *text* gives, if any."""
        patterns = self.patterns
        readings = [patterns.without_harmless(one) for one in patterns.lexicon.readings(text)]
        levels = self._levels(readings)
        guessed = () if not self.model else self.model.kinds(readings[0])
        child = any(map(patterns.by_child, readings))
        heard = {*levels, *(() if levels else guessed)}
        kinds = _most_urgent_first(_of_a_child(heard) if child else heard)
        if not kinds:
            return None
        return Alarm(kinds, "explicit" in levels.values(), child, self._prison(text))

    def _levels(self, readings: list[str]) -> dict[str, str]:
        """Return the kinds that patterns find; `explicit` outweighs `indirect`."""
        found: dict[str, str] = {}
        for rule in chain.from_iterable(map(self.patterns.found, readings)):
            if found.get(rule.kind) != "explicit":
                found[rule.kind] = rule.level
        return found

    def _prison(self, text: str) -> str | None:
        mentions = self.gazetteer.find(text) if self.gazetteer else ()
        return next((found.prison or found.id for found in mentions if _names_prison(found)), None)

    def cards(self, alarm: Alarm, memory: Memory, catalogue: Catalogue) -> list[dict[str, Any]]:
        """Return the fixed answers to *alarm*, the most urgent first."""
        language = memory.language or Language.WELSH
        shown = [self._card(kind, alarm, memory, catalogue, language) for kind in alarm.kinds]
        for kind in alarm.kinds:
            COUNT_CRISES.labels(kind).inc()
        if not alarm.sure:
            shown[0] = _after(_wording("crisis.unsure", language), shown[0])
        return shown

    def _card(
        self, kind: str, alarm: Alarm, memory: Memory, catalogue: Catalogue, language: Language
    ) -> dict[str, Any]:
        """Return one card; its topic is a name of the taxonomy."""
        part = "child" if alarm.child else "text"
        prison = alarm.prison or memory.prison
        addition = self._number(prison, language) if kind == "worried_about_prisoner" else None
        answer = _ANSWERS.get(kind, kind)
        return {
            **message(catalogue, answer, language, part=part, addition=addition),
            "topic": kind,
        }

    def _number(self, prison: str | None, language: Language) -> Addition | None:
        """Return the prison's own safer-custody number, else its switchboard, if we may state one."""
        record = self.prisons.get(prison or "")
        for name, key in (
            ("safer_custody_phone", "crisis.safer_custody"),
            ("phone", "crisis.switchboard"),
        ):
            phone = (record or {}).get(name)
            if prison and record and phone and phone.get("confidence") in _STATED:
                return _addition(prison, record, phone, key, language)
        return None


def _addition(
    prison: str,
    record: Mapping[str, Any],
    phone: Mapping[str, Any],
    key: str,
    language: Language,
) -> Addition | None:
    number = str(phone["number"])
    values = {
        "prison": record[f"short_{language.value}"],
        "phone": number,
        "dial": number.replace(" ", ""),
        "url": record.get("gov_uk_url", ""),
    }
    doubt = "_check" if phone["confidence"] == "medium" and values["url"] else ""
    text = _wording(f"{key}{doubt}", language, **values)
    sources: tuple[Source, ...] = tuple(source(entry) for entry in record.get("sources") or ())
    return Addition(text, prison, sources, phone.get("as_of")) if text else None


def _wording(key: str, language: Language, **values: object) -> str:
    """Return an interface text; none at all rather than no card."""
    try:
        return say(key, language, **values)
    except MissingWording:
        log.error("crisis.wording_missing", key=key, language=language.value)
        return ""


def _after(words: str, card: dict[str, Any]) -> dict[str, Any]:
    return {**card, "text": f"{words}\n\n{card['text']}"} if words else card


def _of_a_child(kinds: Iterable[str]) -> set[str]:
    """A child who writes of being hit at home is a child in danger, whoever does it."""
    return {"crisis_child" if kind == "domestic_abuse" else kind for kind in kinds}


def _most_urgent_first(kinds: Iterable[str]) -> tuple[str, ...]:
    """Order *kinds*, and keep no more than a frightened person can read."""
    return tuple(sorted(kinds, key=KINDS.index))[:_MOST_CARDS]


def _names_prison(mention: Any) -> bool:
    return mention.kind == "prison" or bool(mention.prison)


def _prisons(path: Path) -> dict[str, Mapping[str, Any]]:
    """Read the prisons by id; none where the file cannot be read: the card stands without."""
    try:
        return {str(entry["id"]): entry for entry in read(path)["prisons"]}
    except (ValueError, KeyError, TypeError) as error:
        log.error("crisis.prisons_missing", reason=type(error).__name__)
        return {}
