"""Works out what search needs to know of each service, once, when the service changes.

A row of service_listing stands for one need met in one area. Areas are ids of local authorities, wide
areas ("wales", "uk" …), "prison:<id>" for services of one prison, and ANYWHERE for a search without a
place. ANY stands for every need. A row of service_word stands for one word of a service's names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from bot.words import fold, spans
from directory.gathered import gathered, referrers
from directory.records import Service
from directory.storage import KIND, Row, stored
from directory.tables import service_listing, service_text, service_word, taxonomy_term

ANY = "*"
ANYWHERE = "anywhere"
_BATCH = 1000

# Points of a service itself: what a helpline worker would weigh before knowing who asks.
RELEVANCE = {"core": 20, "secondary": 10, "reference": -30}
CONFIDENCE = {"high": 3, "medium": 1, "low": 0}
FAMILIES = 9
"""Services for prisoners' families come before general ones."""
PHONE = 2

# How near a service is to the person by its area alone: local before national.
REACH = {
    "local": 30,
    "wales": 16,
    "england_and_wales": 10,
    "uk": 8,
    "england": 4,
    "scotland": -40,
    "northern_ireland": -40,
}
REGIONAL = 24
"""A service for several authorities is a little less local than one for a single authority."""
_REGIONAL_FROM = 3

# The first need of a service is what it is there for.
FIT = (24, 17, 11, 8, 6)
FIT_OF_SPECIALIST = (24, 8, 6, 5)
"""A service that is there for something narrow fits its other needs less well."""
PRISON_PREFIX = "prison:"
_WELSH = {"yes": 2, "partly": 1}
OLDEST = 120
_BRACKETS = re.compile(r"[()]")
# What names have and people leave out.
_ADDED = frozenset(["cymru", "wales", "helpline", "llinell", "gymorth", "the", "and", "of", "line"])


def refresh_after(connection: sa.Connection, changed: Mapping[str, Sequence[str]]) -> None:
    """Rebuild the rows of all services that are, or refer to, the records *changed*: ids by kind."""
    refresh(connection, referrers(connection, changed))


def refresh(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Rebuild the rows of the services *ids*."""
    narrow = sa.select(taxonomy_term.c.id, taxonomy_term.c.broader)
    special = frozenset(row.id for row in connection.execute(narrow) if row.broader)
    for start in range(0, len(ids), _BATCH):
        chosen = list(ids[start : start + _BATCH])
        for table in (service_listing, service_word, service_text):
            connection.execute(sa.delete(table).where(table.c.service_id.in_(chosen)))
        held = stored(connection, KIND["service"], chosen).values()
        services = [one for one in held if isinstance(one, Service)]
        active = [one for one in services if one.status == "active"]
        listed = (row for one in active for row in listings(one, special))
        texts = (
            {**row, "words": _text(one)}
            for one, row in zip(services, gathered(connection, services), strict=True)
        )
        _insert(connection, service_listing, listed)
        _insert(connection, service_word, (row for one in active for row in words(one)))
        _insert(connection, service_text, texts)


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> None:
    if held := list(rows):
        connection.execute(sa.insert(table), held)


def listings(service: Service, special: frozenset[str] = frozenset()) -> list[Row]:
    """Return the rows of service_listing for one service; *special* are the narrow needs."""
    fits = FIT_OF_SPECIALIST if service.needs[0] in special else FIT
    terms = {ANY: fits[0]}
    for place, need in enumerate(service.needs):
        terms[need] = fits[min(place, len(fits) - 1)]
    common = _common(service)
    return [
        {"term": term, "area": area, "fit": fit, "reach": reach, **common}
        for term, fit in terms.items()
        for area, reach in _areas(service).items()
    ]


def _areas(service: Service) -> dict[str, int]:
    """Return each area the service is listed in, with the points for being there."""
    regional = len(service.authorities) >= _REGIONAL_FROM
    reach = REGIONAL if regional else REACH[service.coverage]
    areas = dict.fromkeys(service.authorities or [service.coverage], reach)
    for prison in service.prisons:
        areas[f"{PRISON_PREFIX}{prison}"] = REGIONAL if regional else REACH["local"]
    # Without a place, what serves everybody comes before what serves one county.
    areas[ANYWHERE] = REACH["uk"] if service.authorities else reach
    return areas


def _common(service: Service) -> Row:
    """Return what is the same in every row of a service."""
    eligible = service.eligibility
    return {
        "service_id": service.id,
        "score": _score(service),
        "welsh": _WELSH.get(service.welsh or "", 0),
        "free": int(is_free(service)),
        "has_phone": int(bool(service.phones) and service.confidence != "low"),
        "for_prison": int(bool(service.prisons)),
        "hours": _hours(service),
        "minimum_age": (eligible and eligible.minimum_age) or 0,
        "maximum_age": OLDEST
        if not eligible or eligible.maximum_age is None
        else eligible.maximum_age,
    }


def _hours(service: Service) -> int:
    """Say whether hours are known and may be shown, and whether they hold on bank holidays."""
    if not service.schedule or service.confidence == "low":
        return 0
    return 2 if service.bank_holidays == "open" else 1


def is_free(service: Service) -> bool:
    """Say whether the service is known to cost nothing: its call is free or its price is nought."""
    return any(phone.free for phone in service.phones) or any(c.amount == 0 for c in service.costs)


def _score(service: Service) -> int:
    """Add up the points of a service itself."""
    families = FAMILIES if "prisoner_family_support" in service.needs else 0
    phone = PHONE if service.phones and service.confidence != "low" else 0
    return RELEVANCE[service.relevance] + CONFIDENCE[service.confidence] + families + phone


def words(service: Service) -> list[Row]:
    """Return the rows of service_word for one service."""
    shortest: dict[str, int] = {}
    for name in _names(service):
        found = [word for word in name_words(name) if word not in _ADDED] or name_words(name)
        for word in found:
            shortest[word] = min(len(found), shortest.get(word, len(found)))
    return [
        {"word": word, "service_id": service.id, "of_words": count}
        for word, count in shortest.items()
    ]


def _text(service: Service) -> str:
    """Return the words of all texts of one service."""
    eligible = service.eligibility
    texts = [service.name_cy, service.name_en, service.description_cy, service.description_en]
    texts += [eligible.eligibility_cy, eligible.eligibility_en] if eligible else []
    return " ".join(name_words(" ".join(filter(None, texts))))


def _names(service: Service) -> list[str]:
    """Return the names a service goes by, what stands in brackets apart."""
    whole = [service.name_cy, service.name_en, service.id.replace("-", " ")]
    return [name for text in whole if text for name in _BRACKETS.split(text) if name.strip()]


def name_words(text: str) -> list[str]:
    """Return the folded words of a name or of a question about one, each once."""
    folded = (fold(token.text).strip("'-").replace("'", "")[:60] for token in spans(text))
    parts = [part for word in folded for part in {word, *word.split("-")}]
    return list(dict.fromkeys(part for part in parts if len(part) > 1))
