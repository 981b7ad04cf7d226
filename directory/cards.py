"""Builds the cards of services from their records: one language, nothing shown that may not be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bot.language import Language
from directory import records, tables
from directory.answers import FoundService, OpeningHours, PhoneLine, Source
from directory.opening_hours import Hours, Schedule, closes_at, next_opening, open_now
from directory.places import Area, nearest
from directory.storage import KIND, stored

_NO_SCHEDULE = Schedule(())
# The entry of data/places.yml whose name an area without authorities goes by.
_PLACE_OF_COVERAGE = {
    "wales": "wales",
    "england_and_wales": "england-and-wales",
    "uk": "uk",
    "england": "england",
    "scotland": "scotland",
    "northern_ireland": "northern-ireland",
}
_NOT_ON_CARDS = (tables.cost_option, tables.contact)


@dataclass(frozen=True)
class Reader:
    """Whom cards are for: their language, the moment, and where they are looking."""

    language: Language
    now: datetime
    area: Area | None = None
    text: str = ""


def cards(connection: sa.Connection, ids: Sequence[str], reader: Reader) -> dict[str, FoundService]:
    """Return the cards of the services *ids*."""
    held = stored(connection, KIND["service"], ids, _NOT_ON_CARDS)
    services = [one for one in held.values() if isinstance(one, records.Service)]
    rows = _spoken_of(connection, services)
    names = _names(rows, reader.language)
    places = {row.id: (row.latitude, row.longitude) for row in rows if row.latitude is not None}
    return {
        one.id: _card(
            one, reader, names, nearest(reader.area, filter(None, map(places.get, one.locations)))
        )
        for one in services
    }


def _card(
    service: records.Service, reader: Reader, names: Mapping[str, str], distance: float | None
) -> FoundService:
    """Build one card; phone and hours are withheld where confidence is low."""
    said = Spoken(service, reader.language)
    withheld = service.confidence == "low"
    schedule = _NO_SCHEDULE if withheld else schedule_of(service)
    phones = () if withheld else said.phones()
    eligible = service.eligibility
    return FoundService(
        id=service.id,
        name=said("name") or service.name_en,
        description=said("description") or "",
        phones=phones,
        phone_welsh=next((line.number for line in phones if line.language == "cy"), None),
        url=said("url") or service.url or service.url_cy,
        email=None if withheld else said("email") or service.email,
        address=None if withheld else next(map(names.get, service.locations), None),
        languages=_languages(service),
        schedule=tuple(OpeningHours(one.days, one.opens, one.closes) for one in schedule.hours),
        hours_note=None if withheld else said("hours_note"),
        open_now=open_now(schedule, reader.now),
        opens=next_opening(schedule, reader.now),
        closes=closes_at(schedule, reader.now),
        area=_area_name(service, names),
        distance_km=distance,
        as_of=service.as_of,
        checked_on=service.checked_on,
        checked_by=service.checked_by,
        sources=shown_sources(service.sources, reader.language),
        confidence=service.confidence,
        check=service.confidence == "medium",
        withheld=withheld and bool(service.phones or service.schedule),
        eligibility=in_language(eligible, "eligibility", reader.language) if eligible else None,
        needs=tuple(service.needs),
        prisons=tuple(service.prisons),
        webchat=bool(service.webchat) and not withheld,
        organization=names.get(service.organization),
    )


@dataclass(frozen=True)
class Spoken:
    """A service in one language."""

    service: records.Service
    language: Language

    def __call__(self, field: str) -> str | None:
        return in_language(self.service, field, self.language)

    def phones(self) -> tuple[PhoneLine, ...]:
        """Return the phone lines, the one in the person's language first."""
        lines = [
            PhoneLine(
                number=one.number,
                type=one.type,
                label=in_language(one, "description", self.language),
                free=one.free,
                language=one.language,
                keyword=one.keyword,
            )
            for one in self.service.phones
        ]
        return tuple(sorted(lines, key=lambda line: line.language != self.language.value))


def in_language(part: Any, field: str, language: Language) -> str | None:
    """Return the text of *field* in *language*; only proper names go by their English form.

    Fields of one form in English (url, email) have the bare name there and `_cy` in Welsh.
    """
    if language is Language.WELSH:
        welsh = getattr(part, f"{field}_cy", None)
        return welsh if welsh is not None else _proper(part, field)
    english = getattr(part, f"{field}_en", None)
    return english if english is not None else getattr(part, field, None)


def _proper(part: Any, field: str) -> str | None:
    name: str | None = getattr(part, "name_en", None) if field == "name" else None
    return name


def schedule_of(service: records.Service) -> Schedule:
    """Return the opening hours of a service."""
    hours = [
        Hours(tuple(one.byday.split(",")), one.opens_at, one.closes_at) for one in service.schedule
    ]
    return Schedule(hours, service.bank_holidays)


def _languages(service: records.Service) -> tuple[str, ...]:
    """Return the languages people can count on; English is not recorded, it goes without saying."""
    codes = [one.code for one in service.languages]
    return tuple(dict.fromkeys([*(["cy"] if service.welsh == "yes" else []), *codes, "en"]))


def shown_sources(sources: Sequence[Any] | None, language: Language) -> tuple[Source, ...]:
    """Return sources as people see them, titled in *language*."""
    found = [
        one if isinstance(one, records.Source) else records.Source(**one) for one in sources or ()
    ]
    return tuple(
        Source(in_language(one, "title", language) or one.url or "", one.url, one.as_of)
        for one in found
    )


def _spoken_of(
    connection: sa.Connection, services: Sequence[records.Service]
) -> Sequence[sa.Row[Any]]:
    """Return the rows of all authorities, wide areas, organizations and locations of *services*."""
    wanted = {
        "authority": {one for service in services for one in service.authorities},
        "organization": {service.organization for service in services},
        "place": {_PLACE_OF_COVERAGE.get(service.coverage, "") for service in services},
        "location": {place for service in services for place in service.locations},
    }
    filled = {kind: list(ids) for kind, ids in wanted.items()}
    return connection.execute(_name_question(), filled).all()


def _names(rows: Iterable[sa.Row[Any]], language: Language) -> dict[str, str]:
    """Return names by id, those of places as `place:<id>`; a location goes by its address."""
    return {
        f"place:{row.id}" if row.kind == "place" else row.id: (
            (row.name_cy if language is Language.WELSH else None) or row.name_en
        )
        for row in rows
    }


@lru_cache(maxsize=1)
def _name_question() -> sa.CompoundSelect[Any]:
    """Ask for authorities, organizations, places and locations at once: their names, and where they are."""
    at = tables.location.c
    postcode = sa.func.coalesce(sa.literal(", ") + at.postal_code, "")
    nowhere = (sa.cast(None, sa.Float), sa.cast(None, sa.Float))
    asked = {
        "authority": (*_both_names(tables.local_authority), *nowhere),
        "organization": (*_both_names(tables.organization), *nowhere),
        "place": (*_both_names(tables.place), *nowhere),
        "location": (
            at.id,
            at.address_cy + postcode,
            at.address_en + postcode,
            at.latitude,
            at.longitude,
        ),
    }
    return sa.union_all(*(_asked(kind, *columns) for kind, columns in asked.items()))


def _asked(kind: str, id: sa.ColumnElement[str], *others: sa.ColumnElement[Any]) -> sa.Select[Any]:
    names = ("name_cy", "name_en", "latitude", "longitude")
    labelled = (column.label(name) for column, name in zip(others, names, strict=True))
    chosen = id.in_(sa.bindparam(kind, expanding=True, type_=sa.String))
    return sa.select(sa.literal(kind).label("kind"), id.label("id"), *labelled).where(chosen)


def _both_names(table: sa.Table) -> tuple[sa.ColumnElement[str], ...]:
    return table.c.id, table.c.name_cy, table.c.name_en


def _area_name(service: records.Service, names: Mapping[str, str]) -> str:
    """Name the area a service covers: its authorities, or Wales, or wider."""
    if not service.authorities:
        wide = _PLACE_OF_COVERAGE.get(service.coverage, "")
        return names.get(f"place:{wide}", service.coverage)
    return ", ".join(names.get(one, one) for one in service.authorities)
