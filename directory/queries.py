"""Questions about one thing: a service, a prison, a council. Each has one answer type, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.language import Language
from directory import reasons
from directory.answers import (
    Authority,
    CouncilLine,
    FoundService,
    NeedAnswer,
    PrisonAnswer,
    PrisonFact,
    PrisonPhone,
)
from directory.cards import Reader, cards, in_language, shown_sources
from directory.errors import answers
from directory.named import named_services
from directory.places import gazetteer
from directory.records import CouncilContact
from directory.tables import local_authority, prison_fact, taxonomy_term
from directory.tables import prison as prison_table


@answers
def service(
    connection: sa.Connection, identity: str, language: Language, now: datetime | None = None
) -> FoundService | None:
    """Return one service by id; None where there is none."""
    reader = Reader(language, now or datetime.now(UTC))
    found = cards(connection, [identity], reader).get(identity)
    return found and FoundService(**{**vars(found), "why": reasons.why(found, reader)})


@answers
def services_named(
    connection: sa.Connection, text: str, language: Language, now: datetime | None = None
) -> tuple[FoundService, ...]:
    """Return the services that *text* names, the fullest name first."""
    ids = named_services(connection, text, gazetteer().find(text))
    reader = Reader(language, now or datetime.now(UTC), text=text)
    found = cards(connection, ids, reader)
    return tuple(found[one] for one in ids if one in found)


@answers
def prison(
    connection: sa.Connection, identity: str, language: Language = Language.WELSH
) -> PrisonAnswer | None:
    """Return one prison by id; None where there is none."""
    chosen = sa.select(prison_table).where(prison_table.c.id == identity)
    row = connection.execute(chosen).first()
    return _prison(row, language) if row else None


@answers
def prisons(
    connection: sa.Connection, language: Language = Language.WELSH
) -> tuple[PrisonAnswer, ...]:
    """Return every prison: those in Wales first, then by name."""
    rows = connection.execute(sa.select(prison_table)).all()
    found = [_prison(row, language) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.country != "wales", one.short)))


def _prison(row: sa.Row[Any], language: Language) -> PrisonAnswer:
    return PrisonAnswer(
        id=row.id,
        name=in_language(row, "name", language) or row.name_en,
        short=in_language(row, "short", language) or row.short_en,
        operator=row.operator,
        holds=row.holds,
        category=in_language(row, "category", language),
        address=in_language(row, "address", language) or "",
        postcode=row.postcode,
        local_authority=row.local_authority_id,
        country=row.country,
        lat=row.lat,
        lon=row.lon,
        phone=_dated(row.phone),
        booking_phone=_dated(row.booking_phone),
        safer_custody_phone=_dated(row.safer_custody_phone),
        gov_uk_url=row.gov_uk_url,
        as_of=row.as_of or _newest(row.sources),
        checked_on=row.checked_on,
        sources=shown_sources(row.sources, language),
    )


def _dated(phone: Mapping[str, Any] | None) -> PrisonPhone | None:
    """Return a number that may be given; none of low confidence is."""
    if not phone or phone["confidence"] == "low":
        return None
    return PrisonPhone(phone["number"], phone.get("as_of"), phone["confidence"] == "medium")


def _newest(sources: Sequence[Mapping[str, Any]] | None) -> str | None:
    """Return the date of the newest source."""
    return max((one["as_of"] for one in sources or () if one.get("as_of")), default=None)


@answers
def prison_facts(
    connection: sa.Connection,
    identity: str,
    topic: str | None = None,
    language: Language = Language.WELSH,
) -> tuple[PrisonFact, ...]:
    """Return what is known about a prison, or about one topic there; nothing of low confidence."""
    fact, inside = prison_fact.c, prison_table.c
    chosen = (
        sa.select(prison_fact, inside.sources.label("prison_sources"))
        .join(prison_table, inside.id == fact.prison_id)
        .where(fact.prison_id == identity, fact.confidence != "low")
        .order_by(fact.position)
    )
    if topic is not None:
        chosen = chosen.where(fact.topic == topic)
    return tuple(_fact(row, language) for row in connection.execute(chosen))


def _fact(row: sa.Row[Any], language: Language) -> PrisonFact:
    return PrisonFact(
        prison=row.prison_id,
        topic=row.topic,
        text=row.text_cy if language is Language.WELSH else row.text_en,
        as_of=row.as_of,
        checked_on=row.checked_on,
        confidence=row.confidence,
        check=row.confidence == "medium",
        sources=shown_sources(row.sources or row.prison_sources, language),
    )


@answers
def authorities(
    connection: sa.Connection, language: Language = Language.WELSH
) -> tuple[Authority, ...]:
    """Return the 22 local authorities by name."""
    rows = connection.execute(sa.select(local_authority)).all()
    return tuple(sorted((_authority(row, language) for row in rows), key=lambda one: one.name))


@answers
def authority(
    connection: sa.Connection, identity: str, language: Language = Language.WELSH
) -> Authority | None:
    """Return one local authority by id; None where there is none."""
    chosen = sa.select(local_authority).where(local_authority.c.id == identity)
    row = connection.execute(chosen).first()
    return _authority(row, language) if row else None


def _authority(row: sa.Row[Any], language: Language) -> Authority:
    return Authority(
        id=row.id,
        name=in_language(row, "name", language) or row.name_en,
        council_name=in_language(row, "council_name", language),
        region=row.region,
        council=_line(row.council, language),
        childrens_services=_line(row.childrens_services, language),
        fis_service=row.fis_service,
    )


def _line(held: Mapping[str, Any] | None, language: Language) -> CouncilLine:
    """Return how to reach a part of a council; numbers of low confidence are left out."""
    line = CouncilContact.model_validate(held or {})
    told = line.confidence != "low"
    return CouncilLine(
        phone=(line.phone_welsh if language is Language.WELSH else None) or line.phone
        if told
        else None,
        out_of_hours_phone=line.out_of_hours_phone if told else None,
        hours=in_language(line, "hours", language) if told else None,
        email=line.email if told else None,
        url=in_language(line, "url", language) or line.url,
        check=line.confidence == "medium",
        sources=shown_sources(line.sources, language),
    )


@answers
def needs(connection: sa.Connection, language: Language = Language.WELSH) -> tuple[NeedAnswer, ...]:
    """Return every kind of help, in the order of the data file."""
    column = taxonomy_term.c
    rows = connection.execute(
        sa.select(column.id, column.name_cy, column.name_en).order_by(column.position)
    )
    return tuple(
        NeedAnswer(row.id, in_language(row, "name", language) or row.name_en) for row in rows
    )
