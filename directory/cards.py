"""Builds the cards of services from their records: one language, nothing shown that may not be."""

from __future__ import annotations

from collections.abc import Sequence
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

_NO_SCHEDULE = Schedule(())


@dataclass(frozen=True)
class Reader:
    """Whom cards are for: their language, the moment, and where they are looking."""

    language: Language
    now: datetime
    area: Area | None = None
    text: str = ""


def cards(connection: sa.Connection, ids: Sequence[str], reader: Reader) -> dict[str, FoundService]:
    """Return the cards of the services *ids*."""
    rows = connection.execute(_gathered(), {"ids": list(ids)})
    return {row.service_id: _card(row, reader) for row in rows}


@lru_cache(maxsize=1)
def _gathered() -> sa.Select[Any]:
    """Ask for all that cards need, gathered when the services changed: see directory.gathered."""
    row = tables.service_text.c
    asked = [column for column in row if column is not row.words]
    chosen = row.service_id.in_(sa.bindparam("ids", expanding=True, type_=sa.String))
    return sa.select(*asked).where(chosen)


def _card(row: sa.Row[Any], reader: Reader) -> FoundService:
    """Build one card; phone and hours are withheld where confidence is low."""
    service = records.Service.model_validate_json(row.record)
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
        address=None if withheld else in_language(row, "address", reader.language),
        languages=_languages(service),
        schedule=tuple(OpeningHours(one.days, one.opens, one.closes) for one in schedule.hours),
        hours_note=None if withheld else said("hours_note"),
        open_now=open_now(schedule, reader.now),
        opens=next_opening(schedule, reader.now),
        closes=closes_at(schedule, reader.now),
        area=in_language(row, "area", reader.language) or service.coverage,
        distance_km=nearest(reader.area, row.positions),
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
        organization=in_language(row, "organization", reader.language),
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
