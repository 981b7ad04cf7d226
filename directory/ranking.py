"""Ranks services inside the database: one query for all that is wanted, its points named here.

The query is built once for each shape of search and then only filled in: building it anew took longer
than running it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bot.language import Language
from directory.listing import ANY, ANYWHERE, PRISON_PREFIX
from directory.opening_hours import DAYS, LONDON, is_bank_holiday
from directory.tables import schedule, service_listing, service_text

# Points beside those of directory.listing: what depends on who asks.
_WELSH_TALK, _WELSH_WANTED = 3, 8
_RIGHT_PRISON, _OTHER_PRISON, _PRISON_UNASKED = 40, -45, -14
_RIGHT_AGE = 8
_YOUNG = 25
_TENTHS = 10

Query = sa.Select[Any]


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
    in_welsh: bool | None = None
    """False where English is as good, also in a Welsh talk."""
    near: bool = False
    """Only what is listed in the area itself, the nearest first."""
    guessed: bool = False
    """Nothing that was said is a need we know: services for prisoners' families are offered."""

    @property
    def listed_in(self) -> tuple[str, ...]:
        """Return the areas whose services may help."""
        return tuple(self.local) if self.near else self.areas


@dataclass(frozen=True)
class Points:
    """The best services with their points, how many there are in all, and how many of them local.

    *texts* has the words and the positions of each, in the same order.
    """

    points: dict[str, int]
    total: int
    local: int
    texts: Sequence[sa.Row[Any]] = ()


@dataclass(frozen=True)
class _Shape:
    """All that changes the query itself and not only its values."""

    terms: int
    single: bool
    """No service can stand in two of the areas, so its rows need no gathering by area."""
    prison: bool
    young: bool
    aged: bool
    free: bool
    phone: bool
    in_welsh: bool
    open_now: bool
    holiday: bool


def best(connection: sa.Connection, wanted: Wanted, count: int) -> Points:
    """Let the database rank the services and count them; return the *count* best."""
    rows = connection.execute(_query(_shape(wanted)), values(wanted, count)).all()
    total, local = (rows[0].total, int(rows[0].local or 0)) if rows else (0, 0)
    return Points({row.service_id: int(row.points) for row in rows}, total, local, rows)


def query(wanted: Wanted) -> Query:
    """Return the query that ranks, for looking at how a database runs it."""
    return _query(_shape(wanted))


def _shape(wanted: Wanted) -> _Shape:
    return _Shape(
        terms=len(wanted.needs) or 1,
        single=_stand_apart(wanted),
        prison=wanted.prison is not None,
        young=wanted.age is not None and wanted.age < _YOUNG,
        aged=wanted.age is not None,
        free=wanted.free,
        phone=wanted.phone,
        in_welsh=bool(wanted.in_welsh),
        open_now=wanted.open_now,
        holiday=wanted.open_now and is_bank_holiday(wanted.now.astimezone(LONDON).date()),
    )


def _stand_apart(wanted: Wanted) -> bool:
    """Say whether no service can be listed in two of the areas."""
    if ANYWHERE in wanted.listed_in:
        return len(wanted.listed_in) == 1
    return len(wanted.local) <= 1 and wanted.prison is None


def values(wanted: Wanted, count: int) -> dict[str, Any]:
    """Return what the query is filled in with."""
    here = wanted.now.astimezone(LONDON)
    weights = dict(wanted.needs) or {ANY: _TENTHS}
    return {
        "terms": list(weights),
        "areas": list(wanted.listed_in),
        "local": list(wanted.local),
        "welsh": _welsh_points(wanted),
        "prison": f"{PRISON_PREFIX}{wanted.prison}",
        "age": wanted.age,
        "day": f"%{DAYS[here.weekday()]}%",
        "clock": here.strftime("%H:%M"),
        "most": max(count, 1),
        **{f"term{at}": term for at, term in enumerate(weights)},
        **{f"weight{at}": weight for at, weight in enumerate(weights.values())},
    }


def _welsh_points(wanted: Wanted) -> int:
    if wanted.in_welsh is not None:
        return _WELSH_WANTED if wanted.in_welsh else 0
    return _WELSH_TALK if wanted.language is Language.WELSH else 0


@lru_cache(maxsize=512)
def _query(shape: _Shape) -> Query:
    """Ask for the best services with their texts, how many there are in all and how many local."""
    chosen, text = _best(shape).subquery(), service_text.c
    return (
        sa.select(chosen, text.words, text.positions)
        .join(service_text, text.service_id == chosen.c.service_id)
        .order_by(chosen.c.points.desc(), chosen.c.service_id)
    )


def _best(shape: _Shape) -> Query:
    ranked = (_of_one_need if shape.terms == 1 else _of_several_needs)(shape).subquery()
    return (
        sa.select(
            ranked.c.service_id,
            ranked.c.points,
            sa.func.count().over().label("total"),
            sa.func.sum(ranked.c.local).over().label("local"),
        )
        .order_by(ranked.c.points.desc(), ranked.c.service_id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


def _of_one_need(shape: _Shape) -> Query:
    """Rank by one need: one row for each area a service is listed in becomes one for the service."""
    row = service_listing.c
    points = row.fit * _number("weight0") // _TENTHS + row.reach + _own_points(shape)
    if shape.single:
        columns = (row.service_id, points.label("points"), _is_local().label("local"))
        return sa.select(*columns).where(*_conditions(shape))
    best_points, local = sa.func.max(points), sa.func.max(_is_local())
    gathered = sa.select(row.service_id, best_points.label("points"), local.label("local"))
    return gathered.where(*_conditions(shape)).group_by(row.service_id)


def _of_several_needs(shape: _Shape) -> Query:
    """Rank by several needs: what a service does for each of them adds up."""
    row = service_listing.c
    cases = [
        (row.term == sa.bindparam(f"term{at}"), _number(f"weight{at}")) for at in range(shape.terms)
    ]
    fit, rest = row.fit * sa.case(*cases, else_=0), row.reach + _own_points(shape)
    if shape.single:
        asked = sa.select(row.service_id, *_named(fit, rest, _is_local()))
        met = asked.where(*_conditions(shape)).subquery()
    else:
        parts = (sa.func.max(part) for part in (fit, rest, _is_local()))
        asked = sa.select(row.service_id, *_named(*parts)).where(*_conditions(shape))
        met = asked.group_by(row.service_id, row.term).subquery()
    points = sa.func.sum(met.c.fit) // _TENTHS + sa.func.max(met.c.rest)
    columns = (met.c.service_id, points.label("points"), sa.func.max(met.c.local).label("local"))
    return sa.select(*columns).group_by(met.c.service_id)


def _named(*parts: sa.ColumnElement[Any]) -> list[sa.Label[Any]]:
    """Name the three parts that points are made of."""
    return [part.label(name) for part, name in zip(parts, ("fit", "rest", "local"), strict=True)]


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.Integer)


def _is_local() -> sa.ColumnElement[int]:
    listed = service_listing.c.area.in_(sa.bindparam("local", expanding=True, type_=sa.String))
    return sa.case((listed, 1), else_=0)


def _own_points(shape: _Shape) -> sa.ColumnElement[int]:
    """Add up what a service has for this person whatever the need."""
    row = service_listing.c
    points = row.score + row.welsh * _number("welsh")
    if shape.prison:
        other = sa.case((row.for_prison == 1, _OTHER_PRISON), else_=0)
        points = points + sa.case((row.area == sa.bindparam("prison"), _RIGHT_PRISON), else_=other)
    else:
        points = points + row.for_prison * _PRISON_UNASKED
    if shape.young:
        points = points + sa.case((row.maximum_age <= _YOUNG, _RIGHT_AGE), else_=0)
    return points


def _conditions(shape: _Shape) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what a service must fulfil."""
    row = service_listing.c
    yield row.term.in_(sa.bindparam("terms", expanding=True, type_=sa.String))
    yield row.area.in_(sa.bindparam("areas", expanding=True, type_=sa.String))
    if shape.free:
        yield row.free == 1
    if shape.phone:
        yield row.has_phone == 1
    if shape.in_welsh:
        yield row.welsh >= 1
    if shape.aged:
        yield row.minimum_age <= _number("age")
        yield row.maximum_age >= _number("age")
    if shape.open_now:
        yield _is_open(shape.holiday)


def _is_open(holiday: bool) -> sa.ColumnElement[bool]:
    """Ask whether a service is open for certain; on a bank holiday only if it is known to be.

    Counting keeps PostgreSQL from reading all hours of all services first, which EXISTS made it do.
    """
    hours, clock = schedule.c, sa.bindparam("clock", type_=sa.String)
    now = sa.select(sa.func.count()).where(
        hours.service_id == service_listing.c.service_id,
        hours.byday.like(sa.bindparam("day", type_=sa.String)),
        hours.opens_at <= clock,
        hours.closes_at > clock,
    )
    known = service_listing.c.hours >= (2 if holiday else 1)
    return sa.and_(known, now.correlate(service_listing).scalar_subquery() > 0)
