"""Finds help: by need, place, prison, language, age, cost and opening hours, in a helpline's order.

Local before national, fit before distance, Welsh-speaking first when the talk is in Welsh, services
for prisoners' families before general ones. The points are in directory.listing and here, as named
numbers; the reasons of each result say what counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.language import Language
from bot.words import fold
from directory import listing, reasons
from directory.answers import FoundService, SearchResult
from directory.cards import Reader, cards
from directory.closeness import WINDOW, closest_first
from directory.errors import answers
from directory.listing import ANY, ANYWHERE, PRISON_PREFIX
from directory.named import named_services
from directory.needs import need_of, weighed
from directory.opening_hours import DAYS, LONDON, is_bank_holiday
from directory.places import Area, area_of_mentions, gazetteer
from directory.tables import prison as prisons
from directory.tables import schedule, service, service_listing

FAMILIES = "prisoner_family_support"
HELPLINE = "prisoners-families-helpline"
_FOR_FAMILIES = {FAMILIES: 10}
MOST = 50
"""Services in one answer, whatever is asked."""

# Tenths that the first, second … need counts where the caller names them.
_WEIGHTS = (10, 6, 4, 3, 2)
_WELSH_TALK, _WELSH_WANTED = 3, 8
_RIGHT_PRISON, _OTHER_PRISON, _PRISON_UNASKED = 40, -45, -14
_RIGHT_AGE = 8
_YOUNG = 25
_LONGEST_QUERY = 2000
_AGE = re.compile(r"\b(\d{1,2})(?: |-)?(?:year|yr|yo\b|mlwydd|oed|blwydd|flwydd)")
# What gives way when nothing is found, the least important first.
_GIVES_WAY = ("open_now", "free", "phone", "in_welsh", "age")


@dataclass(frozen=True)
class Wanted:
    """What is looked for, understood."""

    needs: Mapping[str, int]
    """Ids with how much each counts, in tenths."""
    areas: tuple[str, ...]
    local: frozenset[str]
    prison: str | None
    language: Language
    now: datetime
    age: int | None = None
    free: bool = False
    open_now: bool = False
    phone: bool = False
    in_welsh: bool = False
    guessed: bool = False
    """Nothing that was said is a need we know: services for prisoners' families are offered."""


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
        needs=tuple(need_of(shortened)),
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
    now: datetime,
    limit: int = 5,
    offset: int = 0,
) -> SearchResult:
    """Find services; texts come in *language*, Welsh where it is not given.

    *query* is what a person typed: it may name a service, and where *needs* is empty it says what is
    needed. *now* carries its time zone. Nothing is ever silently dropped: `widened` says what was.
    """
    text = (query or "")[:_LONGEST_QUERY]
    understood = _weights(needs, text)
    spoken = language or Language.WELSH
    reader = Reader(spoken, now, area, text)
    first, count = max(offset, 0), max(0, min(limit, MOST))
    wanted = Wanted(
        needs=understood,
        areas=_areas(connection, area, prison),
        local=frozenset(area.authorities if area else ()),
        prison=prison,
        language=spoken,
        now=now,
        age=age,
        free=bool(free),
        open_now=bool(open_now),
        phone=channel == "phone",
        in_welsh=bool(in_welsh),
    )
    names = named_services(connection, text) if text else ()
    if names and not understood:
        return _named(connection, names, reader, first, count)
    return _ranked(connection, _without_idle_words(wanted, text), names, reader, first, count)


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
    if "england" in (country, _country(connection, prison) if prison else None):
        wide.append("england")
    wide.extend(name for name in ("scotland", "northern_ireland") if name == country)
    theirs = [f"{PRISON_PREFIX}{prison}"] if prison else []
    return (*theirs, *local, *wide)


def _country(connection: sa.Connection, prison: str) -> str | None:
    """Return the country a prison lies in."""
    return connection.scalar(sa.select(prisons.c.country).where(prisons.c.id == prison))


def _without_idle_words(wanted: Wanted, text: str) -> Wanted:
    """Ask for prisoners' families' services where no need is said but a query or prison is."""
    needs = wanted.needs
    if not needs and (text or wanted.prison):
        return replace(wanted, needs=_FOR_FAMILIES, guessed=bool(text))
    if "welsh_language" in needs and len(needs) > 1:
        # "In Welsh" is how, not what.
        rest = {need: weight for need, weight in needs.items() if need != "welsh_language"}
        return replace(wanted, needs=rest, in_welsh=True)
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
        found = _points(connection, asked, max(WINDOW, limit + offset + len(names)))
        if found.total:
            break
    else:
        found, asked, widened = Points({HELPLINE: 0}, 1, 0), wanted, "helpline"
    points = closest_first(connection, found.points, reader.text, reader.area)
    order = [*names, *(key for key in points if key not in names)]
    page = order[offset : offset + limit]
    if widened is None and wanted.local and not found.local:
        widened = "area"
    if widened is None and wanted.guessed and not names:
        widened = "need"
    extra = len([name for name in names if name not in found.points])
    explained = _explained(connection, page, reader, points, asked)
    return SearchResult(explained, widened, found.total + extra, tuple(asked.needs), bool(names))


def _ever_wider(wanted: Wanted) -> Iterator[tuple[Wanted, str | None]]:
    """Yield the search as asked, then with one filter after another left out."""
    yield wanted, None
    for name in _GIVES_WAY:
        if getattr(wanted, name):
            let_go: dict[str, Any] = {name: None if name == "age" else False}
            wanted = replace(wanted, **let_go)
            yield wanted, name
    if wanted.areas != (ANYWHERE,):
        yield replace(wanted, areas=(*wanted.areas, ANYWHERE)), "area"
    if wanted.needs != _FOR_FAMILIES:
        yield replace(wanted, needs=_FOR_FAMILIES), "need"


@dataclass(frozen=True)
class Points:
    """The best services with their points, how many there are in all, and how many of them local."""

    points: dict[str, int]
    total: int
    local: int


def _points(connection: sa.Connection, wanted: Wanted, count: int) -> Points:
    """Let the database rank the services, and count them."""
    rows = connection.execute(_best(wanted, count)).all()
    total, local = (rows[0].total, int(rows[0].local or 0)) if rows else (0, 0)
    return Points({row.service_id: int(row.points) for row in rows}, total, local)


def _best(wanted: Wanted, count: int) -> sa.Select[Any]:
    """Ask for the *count* best services, each with how many there are in all."""
    ranked = ranking(wanted).subquery()
    everything = sa.select(
        ranked.c.service_id,
        ranked.c.points,
        sa.func.count().over().label("total"),
        sa.func.sum(ranked.c.local).over().label("local"),
    )
    return everything.order_by(ranked.c.points.desc(), ranked.c.service_id).limit(max(count, 1))


def ranking(wanted: Wanted) -> sa.Select[tuple[str, int, int]]:
    """Ask for every service that fits with its points: one row each."""
    row = service_listing.c
    weights = dict(wanted.needs) or {ANY: _WEIGHTS[0]}
    weight = sa.case(weights, value=row.term, else_=0)
    is_local = sa.case((row.area.in_(wanted.local), 1), else_=0) if wanted.local else sa.literal(0)
    met = (
        sa.select(
            row.service_id,
            sa.func.max(row.fit * weight).label("fit"),
            sa.func.max(row.reach).label("reach"),
            sa.func.max(_own_points(wanted)).label("own"),
            sa.func.max(is_local).label("local"),
        )
        .where(row.term.in_(weights), row.area.in_(wanted.areas), *_filters(wanted))
        .group_by(row.service_id, row.term)
        .subquery()
    )
    points = sa.func.sum(met.c.fit) / 10 + sa.func.max(met.c.reach) + sa.func.max(met.c.own)
    columns = (met.c.service_id, points.label("points"), sa.func.max(met.c.local).label("local"))
    return sa.select(*columns).group_by(met.c.service_id)


def _own_points(wanted: Wanted) -> sa.ColumnElement[int]:
    """Add up what a service has for this person whatever the need."""
    row = service_listing.c
    points = row.score + row.welsh * _welsh_weight(wanted)
    if wanted.prison:
        right = row.area == f"{PRISON_PREFIX}{wanted.prison}"
        other = sa.case((row.for_prison == 1, _OTHER_PRISON), else_=0)
        points = points + sa.case((right, _RIGHT_PRISON), else_=other)
    else:
        points = points + row.for_prison * _PRISON_UNASKED
    if wanted.age is not None and wanted.age < _YOUNG:
        points = points + sa.case((row.maximum_age <= _YOUNG, _RIGHT_AGE), else_=0)
    return points


def _welsh_weight(wanted: Wanted) -> int:
    if wanted.in_welsh:
        return _WELSH_WANTED
    return _WELSH_TALK if wanted.language is Language.WELSH else 0


def _filters(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what a service must fulfil."""
    row = service_listing.c
    if wanted.free:
        yield row.free == 1
    if wanted.phone:
        yield row.has_phone == 1
    if wanted.in_welsh:
        yield row.welsh >= 1
    if wanted.age is not None:
        yield row.minimum_age <= wanted.age
        yield row.maximum_age >= wanted.age
    if wanted.open_now:
        yield _is_open(wanted.now)


def _is_open(now: datetime) -> sa.ColumnElement[bool]:
    """Ask whether a service is open for certain at *now*."""
    here = now.astimezone(LONDON)
    clock = here.strftime("%H:%M")
    open_hours = [
        schedule.c.service_id == service_listing.c.service_id,
        schedule.c.byday.contains(DAYS[here.weekday()]),
        schedule.c.opens_at <= clock,
        schedule.c.closes_at > clock,
        service.c.id == schedule.c.service_id,
        service.c.confidence != "low",
    ]
    if is_bank_holiday(here.date()):
        open_hours.append(service.c.bank_holidays == "open")
    return sa.exists().where(*open_hours)


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


def search_query(
    connection: sa.Connection, text: str, language: Language, now: datetime
) -> sa.Select[Any]:
    """Return the query that ranks the answers to *text*: for looking at how a database runs it."""
    seen = understand(connection, text)
    areas = _areas(connection, seen.area, seen.prison)
    local = frozenset(seen.area.authorities if seen.area else ())
    return _best(Wanted(weighed(text), areas, local, seen.prison, language, now), WINDOW)
