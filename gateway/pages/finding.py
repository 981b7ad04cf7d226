"""A search for services as a person puts it on the page, and what is shown of its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.language import Language
from bot.wording import say, say_count
from directory import public, queries
from directory.answers import SearchResult
from directory.places import Area
from directory.search import CHILD, CHILDREN, search, understand

SHOWN = 10
"""Services on one page of results."""
FILTERS = ("open_now", "free", "phone", "in_welsh", "child")
"""What a box on the page narrows a search to."""
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Wish:
    """What was filled in; nothing of it is kept or logged."""

    q: str = ""
    need: str = ""
    place: str = ""
    open_now: bool = False
    free: bool = False
    phone: bool = False
    """Only who can be rung."""
    in_welsh: bool = False
    child: bool = False
    """Who helps children first."""
    prison: str = ""
    """Id of the prison that somebody is in."""
    skipped: int = 0
    """Services already seen."""

    @property
    def empty(self) -> bool:
        """Say whether nothing was asked for yet."""
        return self == Wish()


@dataclass(frozen=True)
class Results:
    """What the page shows: the kinds of help to choose from and, after a search, its outcome."""

    needs: Sequence[tuple[str, str]] = ()
    services: Sequence[dict[str, Any]] = ()
    notes: Sequence[str] = ()
    places: Sequence[str] = ()
    """Names to choose from where several places bear the name that was given."""
    more: int | None = None
    """How many to skip to see the next services; None where these are all."""


def wish_from(fields: dict[str, str]) -> Wish:
    """Read what was filled in; what is too long is cut, what is no number is none."""
    return Wish(
        q=fields.get("q", "").strip()[:500],
        need=fields.get("need", "")[:60],
        place=fields.get("place", "").strip()[:200],
        open_now=fields.get("open_now") == "yes",
        free=fields.get("free") == "yes",
        phone=fields.get("phone") == "yes",
        in_welsh=fields.get("in_welsh") == "yes",
        child=fields.get("child") == "yes",
        skipped=_number(fields.get("skipped", "")) or 0,
    )


def _number(said: str) -> int | None:
    said = said.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else None


def look(connection: sa.Connection, wish: Wish, language: Language) -> Results:
    """Search the directory as it is now."""
    needs = [(each.id, each.name) for each in queries.needs(connection, language)]
    if wish.empty:
        return Results(needs)
    told = understand(connection, f"{wish.place}\n{wish.q}")
    wanted = [wish.need] if wish.need in dict(needs) else told.needs
    found = search(
        connection,
        query=wish.q or None,
        needs=[*([CHILDREN] if wish.child else []), *wanted],
        area=told.area,
        prison=wish.prison or told.prison,
        language=language,
        age=told.age or (CHILD if wish.child else None),
        free=wish.free,
        open_now=wish.open_now,
        channel="phone" if wish.phone else None,
        in_welsh=wish.in_welsh or None,
        now=datetime.now(LONDON),
        limit=SHOWN,
        offset=wish.skipped,
    )
    lost = bool(wish.place) and told.area is None and not (wish.prison or told.prison)
    seen = wish.skipped + len(found.services)
    return Results(
        needs,
        services=[public.service(each, language) for each in found.services],
        notes=_notes(found, told.area, lost, wish, language),
        places=[choice.label_cy if language is Language.WELSH else choice.label_en
                for choice in (told.area.choices if told.area else ())],
        more=seen if found.services and seen < found.total else None,
    )  # fmt: skip


def _notes(
    found: SearchResult, area: Area | None, lost: bool, wish: Wish, language: Language
) -> list[str]:
    """Say what was found and where, and what had to give way."""
    if not found.services:
        return [say("services.no_more" if wish.skipped else "services.none", language)]
    notes = [say("page.place_unknown", language)] if lost else []
    if area and area.note == "ambiguous":
        notes.append(say("services.which_place", language))
    missed = ("child" if each == "age" else each for each in found.let_go)
    given_up = [say(f"services.nothing.{each}", language) for each in missed]
    return [*notes, *given_up, _opening(found, area, language)]


def _opening(found: SearchResult, area: Area | None, language: Language) -> str:
    if area and area.note in ("outside_wales", "border"):
        key = "outside" if area.note == "outside_wales" else "border"
        return say(f"services.{key}", language, area=area.label(language))
    if found.widened and not found.let_go:
        return say("services.widened", language)
    where = say("services.anywhere", language)
    if area:
        where = say("services.in_area", language, area=area.label(language))
    return say_count("services.found", len(found.services), language, where=where)


def described(service: dict[str, Any]) -> dict[str, Any]:
    """Describe a service for search engines, in the words of schema.org."""
    provider = {
        "@type": "Organization",
        "name": service["name"],
        "url": service["url"],
        "email": service["email"],
        "telephone": [phone["number"] for phone in service["phones"] if phone["type"] == "voice"],
    }
    said = {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": service["name"],
        "description": service["description"],
        "url": service["url"],
        "areaServed": service["area"],
        "availableChannel": {
            "@type": "ServiceChannel",
            "availableLanguage": service["languages"],
            "serviceUrl": service["url"],
        },
        "provider": {name: value for name, value in provider.items() if value},
    }
    return {name: value for name, value in said.items() if value}
