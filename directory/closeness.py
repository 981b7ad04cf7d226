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
from directory.places import Area, kilometres

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
    raised = dict(points)
    for service, shared in _shared_words(connection, looked_at, text).items():
        raised[service] += min(_AT_MOST, _FOR_EACH_WORD * shared)
    away = distances(connection, looked_at, area)
    order = {one: (-raised[one], away.get(one, inf)) for one in looked_at}
    first = sorted(looked_at, key=lambda one: (order[one][:: -1 if near else 1], one))
    return {one: raised[one] for one in [*first, *list(points)[WINDOW:]]}


def _shared_words(connection: sa.Connection, ids: Iterable[str], text: str) -> dict[str, int]:
    """Count the telling words of *text* that the texts of each service hold too."""
    words = [word for word in name_words(text) if len(word) >= _SHORTEST and word not in filler()]
    if not words:
        return {}
    forms = [_forms(word) for word in words]
    row = tables.service_text.c
    held = connection.execute(sa.select(row.service_id, row.words).where(row.service_id.in_(ids)))
    return {service: _shared(forms, set(said.split())) for service, said in held}


def _forms(word: str) -> set[str]:
    """Return everything a word may look like: its radicals, and what they mutate to."""
    radicals = {word, *unmutated(word)}
    return radicals.union(*map(mutations, radicals))


def _shared(forms: Iterable[set[str]], held: set[str]) -> int:
    """Count the words of which a service holds any form."""
    return sum(1 for one in forms if not held.isdisjoint(one))


def distances(connection: sa.Connection, ids: Iterable[str], area: Area | None) -> dict[str, float]:
    """Return how far each service with a place of its own is from *area*, in kilometres."""
    if area is None or area.position is None:
        return {}
    rows = connection.execute(_positions(), {"ids": list(ids)})
    found: dict[str, float] = {}
    for row in rows:
        away = kilometres(area.position, (row.latitude, row.longitude))
        found[row.service_id] = min(away, found.get(row.service_id, away))
    return found


@lru_cache(maxsize=1)
def _positions() -> sa.Select[Any]:
    """Ask where services are that have a place of their own."""
    at, place = tables.service_at_location.c, tables.location.c
    wanted = sa.bindparam("ids", expanding=True, type_=sa.String)
    return sa.select(at.service_id, place.latitude, place.longitude).where(
        at.location_id == place.id, at.service_id.in_(wanted), place.latitude.is_not(None)
    )
