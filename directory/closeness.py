"""Settles the order among the best: a service that uses the person's own words, then the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import inf
from typing import Any

import sqlalchemy as sa

from bot.words import mutations, unmutated
from directory import tables
from directory.listing import name_words
from directory.named import filler
from directory.places import Area, nearest

WINDOW = 20
"""Services that are looked at so closely; those after them keep the order of their points."""
_FOR_EACH_WORD, _AT_MOST = 5, 15
_SHORTEST = 4  # letters: shorter words say too little


def closest_first(
    connection: sa.Connection,
    points: Mapping[str, int],
    text: str,
    area: Area | None,
    near: bool = False,
) -> dict[str, int]:
    """Return *points* in their final order, raised where a service speaks of what *text* does.

    Where *near* counts most, the nearest come first whatever their points.
    """
    looked_at = list(points)[:WINDOW]
    rows = connection.execute(_texts_and_positions(), {"ids": looked_at}).all()
    raised = dict(points)
    for service, shared in _shared_words(rows, text).items():
        raised[service] += min(_AT_MOST, _FOR_EACH_WORD * shared)
    away = _distances(rows, area)
    order = {one: (-raised[one], away.get(one, inf)) for one in looked_at}
    first = sorted(looked_at, key=lambda one: (order[one][:: -1 if near else 1], one))
    return {one: raised[one] for one in [*first, *list(points)[WINDOW:]]}


@lru_cache(maxsize=1)
def _texts_and_positions() -> sa.Select[Any]:
    """Ask for the words of services, once for each place of their own where they have any."""
    text, at, place = tables.service_text, tables.service_at_location, tables.location
    placed = text.outerjoin(at, at.c.service_id == text.c.service_id).outerjoin(
        place, place.c.id == at.c.location_id
    )
    wanted = sa.bindparam("ids", expanding=True, type_=sa.String)
    asked = sa.select(text.c.service_id, text.c.words, place.c.latitude, place.c.longitude)
    return asked.select_from(placed).where(text.c.service_id.in_(wanted))


def _shared_words(rows: Iterable[sa.Row[Any]], text: str) -> dict[str, int]:
    """Count the telling words of *text* that the texts of each service hold too."""
    words = [word for word in name_words(text) if len(word) >= _SHORTEST and word not in filler()]
    forms = [_forms(word) for word in words]
    return {row.service_id: _shared(forms, set(row.words.split())) for row in rows if forms}


def _forms(word: str) -> set[str]:
    """Return everything a word may look like: its radicals, and what they mutate to."""
    radicals = {word, *unmutated(word)}
    return radicals.union(*map(mutations, radicals))


def _shared(forms: Iterable[set[str]], held: set[str]) -> int:
    """Count the words of which a service holds any form."""
    return sum(1 for one in forms if not held.isdisjoint(one))


def _distances(rows: Iterable[sa.Row[Any]], area: Area | None) -> dict[str, float]:
    """Return how far each service with a place of its own is from *area*, in kilometres."""
    found: dict[str, float] = {}
    for row in rows:
        away = nearest(area, [(row.latitude, row.longitude)] if row.latitude is not None else [])
        if away is not None:
            found[row.service_id] = min(away, found.get(row.service_id, away))
    return found
