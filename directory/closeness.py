"""Settles the order among the best: a service that uses the person's own words, then the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

import sqlalchemy as sa

from bot.words import unmutated
from directory import tables
from directory.listing import name_words
from directory.named import filler
from directory.places import Area, kilometres

WINDOW = 20
"""Services that are looked at so closely; those after them keep the order of their points."""
_FOR_EACH_WORD, _AT_MOST = 5, 15
_SHORTEST = 4  # letters: shorter words say too little


def closest_first(
    connection: sa.Connection, points: Mapping[str, int], text: str, area: Area | None
) -> dict[str, int]:
    """Return *points* in their final order, raised where a service speaks of what *text* does."""
    looked_at = list(points)[:WINDOW]
    raised = dict(points)
    for service, shared in _shared_words(connection, looked_at, text).items():
        raised[service] += min(_AT_MOST, _FOR_EACH_WORD * shared)
    away = distances(connection, looked_at, area)
    first = sorted(looked_at, key=lambda one: (-raised[one], away.get(one, inf), one))
    return {one: raised[one] for one in [*first, *list(points)[WINDOW:]]}


def _shared_words(connection: sa.Connection, ids: Iterable[str], text: str) -> dict[str, int]:
    """Count the telling words of *text* that the texts of each service hold too."""
    words = [word for word in name_words(text) if len(word) >= _SHORTEST and word not in filler()]
    if not words:
        return {}
    column, eligible = tables.service.c, tables.eligibility.c
    texts = (column.name_cy, column.name_en, column.description_cy, column.description_en,
             eligible.eligibility_cy, eligible.eligibility_en)  # fmt: skip
    joined = tables.service.outerjoin(tables.eligibility, eligible.service_id == column.id)
    rows = connection.execute(sa.select(column.id, *texts).select_from(joined).where(column.id.in_(ids)))
    return {row[0]: _shared(words, " ".join(filter(None, row[1:]))) for row in rows}


def _shared(words: Iterable[str], text: str) -> int:
    """Count the *words* that *text* holds, mutated or not on either side."""
    held = {form for word in name_words(text) for form in (word, *unmutated(word))}
    return sum(1 for word in words if not held.isdisjoint({word, *unmutated(word)}))


def distances(connection: sa.Connection, ids: Iterable[str], area: Area | None) -> dict[str, float]:
    """Return how far each service with a place of its own is from *area*, in kilometres."""
    if area is None or area.position is None:
        return {}
    at, place = tables.service_at_location.c, tables.location.c
    columns = sa.select(at.service_id, place.latitude, place.longitude).where(
        at.location_id == place.id, at.service_id.in_(ids), place.latitude.is_not(None)
    )
    found: dict[str, float] = {}
    for row in connection.execute(columns):
        away = kilometres(area.position, (row.latitude, row.longitude))
        found[row.service_id] = min(away, found.get(row.service_id, away))
    return found
