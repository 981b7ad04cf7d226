"""Finds services by name: "Samaritans", "rhif Meic", "is StepChange open"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from bot.gazetteer import Mention
from bot.words import unmutated
from directory.errors import answers
from directory.files import DATA
from directory.listing import name_words
from directory.tables import service_word

_ENOUGH = 0.6  # share of a name that must be there
_SHORT = 4  # words of a question in which an ordinary word may be a name
_MOST = 10


@dataclass(frozen=True)
class _Common:
    """Words that say little (*filler*) and words that may be a name or not (*ordinary*)."""

    filler: frozenset[str]
    ordinary: frozenset[str]


@lru_cache(maxsize=1)
def _common(path: Path = DATA / "search_words.yml") -> _Common:
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _Common(frozenset(map(str, held["filler"])), frozenset(map(str, held["ordinary"])))


def filler() -> frozenset[str]:
    """Return the words that say little about which service is meant."""
    return _common().filler


@answers
def named_services(
    connection: sa.Connection, text: str, mentions: Sequence[Mention]
) -> tuple[str, ...]:
    """Return the ids of the services that *text* names, the fullest name first.

    The words of *mentions*, the places and prisons named in it, say where and not who.
    """
    words = name_words(text)
    places = {word for mention in mentions for word in name_words(mention.surface)}
    forms = _telling([word for word in words if word not in places])
    if not forms:
        return ()
    spoken = {form for word in words for form in (word, *unmutated(word))}
    chosen = {"telling": list(forms), "spoken": list(spoken)}
    return _fullest(connection.execute(_counted(), chosen).all())


@lru_cache(maxsize=1)
def _counted() -> sa.Select[tuple[str, int, int]]:
    """Ask how much of their names was said of the services that a telling word names."""
    row = service_word.c
    # Start from the telling words, which few services share.
    named = sa.select(row.service_id).where(row.word.in_(_words("telling"))).limit(200)
    said, of = sa.func.count().label("said"), sa.func.min(row.of_words).label("of")
    counted = sa.select(row.service_id, said, of).group_by(row.service_id)
    return counted.where(row.service_id.in_(named), row.word.in_(_words("spoken")))


def _words(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, expanding=True, type_=sa.String)


def _telling(words: Sequence[str]) -> set[str]:
    """Return the words, and what they may be mutated from, that can tell one service from another."""
    common = _common()
    content = [word for word in words if word not in common.filler]
    if len(words) > _SHORT:
        content = [word for word in content if word not in common.ordinary]
    forms = {form for word in content for form in (word, *unmutated(word))}
    return forms - common.filler


def _fullest(rows: Sequence[sa.Row[tuple[str, int, int]]]) -> tuple[str, ...]:
    """Keep the services of which enough of the name was said, the best first."""
    good = [(min(1.0, row.said / row.of), row.said, row.service_id) for row in rows]
    best = sorted(
        (one for one in good if one[0] >= _ENOUGH), key=lambda one: (-one[0], -one[1], one[2])
    )
    fullest = [one for one in best if one[:2] >= (best[0][0], 0)] if best else []
    return tuple(identity for _, _, identity in fullest[:_MOST])
