"""What the rulebook of content says of the draft, and of one answer while it is being written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.__main__ import books, phones
from bot.catalogue.checks import OF_A_TOPIC, Books, Problem, problems
from bot.catalogue.load import Catalogue
from bot.examples import Example
from bot.language import Language
from bot.spelling import own_list
from editor.drafts import Pair, stamps


def everything(root: Path) -> tuple[list[Problem], list[Problem]]:
    """Return all that has to be mended, and all that should be looked at, in the whole draft."""
    content = root / "bot" / "content"
    lists = (own_list(language, content).stat().st_mtime_ns for language in Language)
    written = (*stamps(content), *stamps(root / "nlu"), *lists)
    found = _everything(root, written, date.today())
    return [p for p in found if not p.warning], [p for p in found if p.warning]


@lru_cache(maxsize=2)
def _everything(root: Path, written: tuple[int, ...], today: date) -> tuple[Problem, ...]:
    """Judge once what has not changed since: the whole rulebook takes a second."""
    return tuple(problems(books(root / "bot" / "content", root)))


def judged(
    catalogue: Catalogue, topic: str, own: Iterable[Example], content: Path
) -> list[Problem]:
    """Return what has to be mended or looked at in *topic*, of which *own* are the examples."""
    answers = {language: {topic: catalogue.answer(topic, language)} for language in Language}
    alone = Books(
        catalogue=replace(catalogue, answers=answers),
        texts={language: {} for language in Language},
        examples=tuple(own),
        phones=_phones(),
        folder=content,
    )
    return [each for each in problems(alone, OF_A_TOPIC) if each.topic == topic]


@lru_cache(maxsize=1)
def _phones() -> frozenset[str]:
    return frozenset(phones())


def as_typed(catalogue: Catalogue, typed: Pair) -> Catalogue:
    """Return *catalogue* with one answer as somebody is writing it."""
    answers = {language: dict(catalogue.answers[language]) for language in Language}
    for language in Language:
        parts = dict(typed.sides[language])
        known = answers[language][typed.topic]
        answers[language][typed.topic] = replace(known, title=parts.pop("title"), parts=parts)
    return replace(catalogue, answers=answers)
