"""Finds help: by need, place, prison, language, age, cost and opening hours, in a helpline's order.

Local before national, fit before distance, Welsh-speaking first when the talk is in Welsh, services
for prisoners' families before general ones. The points are in directory.listing and directory.ranking, as named
numbers; the reasons of each result say what counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.language import Language
from bot.words import fold
from directory import reasons
from directory.answers import FoundService, SearchResult
from directory.cards import Reader, cards
from directory.closeness import WINDOW, closest_first
from directory.errors import answers
from directory.listing import ANYWHERE, PRISON_PREFIX
from directory.named import named_services
from directory.needs import need_of, weighed
from directory.places import Area, area_of_mentions, gazetteer, without_places
from directory.ranking import Points, Wanted, best
from directory.tables import prison as prisons

FAMILIES = "prisoner_family_support"
HELPLINE = "prisoners-families-helpline"
_FOR_FAMILIES = {FAMILIES: 10}
MOST = 50
"""Services in one answer, whatever is asked."""

# Tenths that the first, second … need counts where the caller names them.
_WEIGHTS = (10, 6, 4, 3, 2)
_LONGEST_QUERY = 2000
_AGE = re.compile(r"\b(\d{1,2})(?: |-)?(?:year|yr|yo\b|mlwydd|oed|blwydd|flwydd)")
# What gives way when nothing is found, the least important first.
CHILD, CHILDREN = 10, "children_support"
"""An age that services for children are for, in years, for nobody is asked one; and the need that then comes first."""
_GIVES_WAY = ("near", "open_now", "free", "phone", "in_welsh", "age")


@dataclass(frozen=True)
class Understood:
    """What a text says about the help it asks for."""

    needs: tuple[str, ...]
    area: Area | None
    prison: str | None
    age: int | None


@answers
def understand(connection: sa.Connection, text: str) -> Understood:
    """Return the needs, the area, the prison and the age that *text* names."""
    shortened = text[:_LONGEST_QUERY]
    mentions = gazetteer().find(shortened)
    prison = next((one.id for one in mentions if one.kind == "prison"), None)
    elsewhere = [one for one in mentions if one.kind != "prison"]
    age = _AGE.search(fold(shortened))
    return Understood(
        needs=tuple(need_of(without_places(shortened, mentions))),
        area=area_of_mentions(connection, elsewhere),
        prison=prison,
        age=int(age[1]) if age else None,
    )


@answers
def search(
    connection: sa.Connection,
    *,
    query: str | None = None,
    needs: Sequence[str] = (),
    area: Area | None = None,
    prison: str | None = None,
    language: Language | None = None,
    age: int | None = None,
    free: bool | None = None,
    open_now: bool | None = None,
    channel: str | None = None,
    in_welsh: bool | None = None,
    near: bool | None = None,
    now: datetime,
    limit: int = 5,
    offset: int = 0,
) -> SearchResult:
    """Find services; texts come in *language*, Welsh where it is not given.

    *query* is what a person typed: it may name a service, and where *needs* is empty it says what is
    needed. *in_welsh* is False where English is as good, also in a Welsh talk; *near* wants only what the
    area itself has. *now* carries its time zone. Nothing is ever silently dropped: `widened` says what was.
    """
    text = (query or "")[:_LONGEST_QUERY]
    mentions = gazetteer().find(text) if text else ()
    reader = Reader(language or Language.WELSH, now, area, text)
    page = max(offset, 0), max(0, min(limit, MOST))
    wanted = Wanted(
        needs=_weights(needs, without_places(text, mentions)), areas=_areas(connection, area, prison),
        local=frozenset(area.authorities if area else ()), prison=prison,
        language=reader.language, now=now, age=age, free=bool(free), open_now=bool(open_now),
        phone=channel == "phone", in_welsh=in_welsh,
        near=bool(near and area and area.authorities),
    )  # fmt: skip
    names = named_services(connection, text, mentions) if text else ()
    if names and not wanted.needs:
        return _named(connection, names, reader, *page)
    return _ranked(connection, _without_idle_words(wanted, text), names, reader, *page)


def _weights(needs: Sequence[str], text: str) -> dict[str, int]:
    """Return the needs with their weights: the caller's in their order, else those of *text*."""
    said = weighed(text) if text else {}
    if not needs:
        return said
    ranked = {need: _WEIGHTS[min(at, len(_WEIGHTS) - 1)] for at, need in enumerate(needs)}
    return {need: said.get(need, weight) for need, weight in ranked.items()}


def _areas(connection: sa.Connection, area: Area | None, prison: str | None) -> tuple[str, ...]:
    """Return the areas whose services may help."""
    if area is None and prison is None:
        return (ANYWHERE,)
    wide = ["england_and_wales", "uk"]
    country = area.country if area else "wales"
    local = list(area.authorities) if area else []
    if area is None or country == "wales" or local:
        wide.append("wales")
    if "england" in (country, _country(connection, prison, area) if prison else None):
        wide.append("england")
    wide.extend(name for name in ("scotland", "northern_ireland") if name == country)
    theirs = [f"{PRISON_PREFIX}{prison}"] if prison else []
    return (*theirs, *local, *wide)


def _country(connection: sa.Connection, prison: str, area: Area | None) -> str | None:
    """Return the country a prison lies in, which is known where it is the area too."""
    if area and (area.kind, area.id) == ("prison", prison):
        return area.country
    return connection.scalar(sa.select(prisons.c.country).where(prisons.c.id == prison))


def _without_idle_words(wanted: Wanted, text: str) -> Wanted:
    """Ask for prisoners' families' services where no need is said but a query or prison is."""
    needs = wanted.needs
    if not needs and (text or wanted.prison):
        return replace(wanted, needs=_FOR_FAMILIES, guessed=bool(text))
    if "welsh_language" in needs and len(needs) > 1:
        # "In Welsh" is how, not what.
        rest = {need: weight for need, weight in needs.items() if need != "welsh_language"}
        return replace(wanted, needs=rest, in_welsh=wanted.in_welsh is not False)
    return replace(wanted, needs=needs)


def _named(
    connection: sa.Connection, names: Sequence[str], reader: Reader, offset: int, limit: int
) -> SearchResult:
    """Answer with the services that were asked for by name."""
    page = names[offset : offset + limit]
    return SearchResult(_explained(connection, page, reader, {}, None), None, len(names), (), True)


def _ranked(
    connection: sa.Connection,
    wanted: Wanted,
    names: Sequence[str],
    reader: Reader,
    offset: int,
    limit: int,
) -> SearchResult:
    """Answer with the best services, those named first, letting filters go until some are found."""
    for asked, widened in _ever_wider(wanted):
        found = best(connection, asked, max(WINDOW, limit + offset + len(names)))
        if found.total:
            break
    else:
        found, asked, widened = Points({HELPLINE: 0}, 1, 0), wanted, "helpline"
    points = closest_first(found, reader.text, reader.area, asked.near)
    order = [*names, *(key for key in points if key not in names)]
    page = order[offset : offset + limit]
    if widened is None and wanted.local and not found.local:
        widened = "area"
    if widened is None and wanted.guessed and not names:
        widened = "need"
    extra = len([name for name in names if name not in found.points])
    explained = _explained(connection, page, reader, points, asked)
    let_go = tuple(
        name for name in _GIVES_WAY if getattr(wanted, name) and not getattr(asked, name)
    )
    total = found.total + extra
    return SearchResult(explained, widened, total, tuple(asked.needs), bool(names), let_go)


def _ever_wider(wanted: Wanted) -> Iterator[tuple[Wanted, str | None]]:
    """Yield the search as asked, then with one filter after another left out."""
    yield wanted, None
    for name in _GIVES_WAY:
        if getattr(wanted, name):
            let_go: dict[str, Any] = {name: None if name in ("age", "in_welsh") else False}
            wanted = replace(wanted, **let_go)
            yield wanted, name
    if wanted.areas != (ANYWHERE,):
        yield replace(wanted, areas=(*wanted.areas, ANYWHERE)), "area"
    if wanted.needs != _FOR_FAMILIES:
        yield replace(wanted, needs=_FOR_FAMILIES), "need"


def _explained(
    connection: sa.Connection,
    ids: Sequence[str],
    reader: Reader,
    points: dict[str, int],
    wanted: Wanted | None,
) -> tuple[FoundService, ...]:
    """Return the cards of *ids* in order, each with the reasons it is there."""
    found = cards(connection, ids, reader)
    prison = wanted.prison if wanted else None
    return tuple(
        replace(found[key], why=reasons.why(found[key], reader, prison), points=points.get(key, 0))
        for key in ids
        if key in found
    )


def wanted_by(connection: sa.Connection, text: str, language: Language, now: datetime) -> Wanted:
    """Return what *text* asks for: for looking at how a database finds it."""
    seen = understand(connection, text)
    local = frozenset(seen.area.authorities if seen.area else ())
    areas = _areas(connection, seen.area, seen.prison)
    return Wanted(_weights(seen.needs, text), areas, local, seen.prison, language, now)
