"""Settles the order among the best: a service that uses the person's own words, then the nearest."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

import sqlalchemy as sa

from bot.words import mutations, unmutated
from directory.listing import name_words
from directory.named import filler
from directory.places import Area, nearest
from directory.ranking import Points

WINDOW = 20
"""Services that are looked at so closely; those after them keep the order of their points."""
_FOR_EACH_WORD, _AT_MOST = 5, 15
_SHORTEST = 4  # letters: shorter words say too little


def closest_first(
    found: Points, text: str, area: Area | None, near: bool = False
) -> dict[str, int]:
    """Return the points in their final order, raised where a service speaks of what *text* does.

    Where *near* counts most, the nearest come first whatever their points.
    """
    points, rows = found.points, found.texts[:WINDOW]
    looked_at, raised = list(points)[:WINDOW], dict(points)
    for service, shared in _shared_words(rows, text).items():
        raised[service] += min(_AT_MOST, _FOR_EACH_WORD * shared)
    away = _distances(rows, area)
    order = {one: (-raised[one], away.get(one, inf)) for one in looked_at}
    first = sorted(looked_at, key=lambda one: (order[one][:: -1 if near else 1], one))
    return {one: raised[one] for one in [*first, *list(points)[WINDOW:]]}


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
    away = {row.service_id: nearest(area, row.positions) for row in rows}
    return {service: far for service, far in away.items() if far is not None}
