"""Services as people are shown them: the public `Service` of the HTTP API, worded by bot/content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.language import Language
from bot.wording import say
from directory.answers import FoundService, OpeningHours, PhoneLine, Reason
from directory.opening_hours import DAYS

_APART = " · "


def service(found: FoundService, language: Language) -> dict[str, Any]:
    """Return the public fields of a service, in one language."""
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "phones": [_phone(line) for line in found.phones],
        "phone_welsh": found.phone_welsh,
        "url": found.url,
        "email": found.email,
        "address": found.address,
        "languages": list(found.languages),
        "schedule": schedule(found.schedule, language) or found.hours_note,
        "open_now": found.open_now,
        "area": found.area,
        "distance_km": found.distance_km,
        "why": why(found.why, language) or None,
        "as_of": found.as_of,
        "checked_on": found.checked_on.isoformat() if found.checked_on else None,
        "sources": [{"title": source.title, "url": source.url} for source in found.sources],
    }


def _phone(line: PhoneLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "type": line.type,
        "label": line.label,
        "free": line.free,
        "language": line.language,
        "keyword": line.keyword,
    }


def why(reasons: Sequence[Reason], language: Language) -> str:
    """Say why a service is shown: "covers Carmarthenshire · Welsh-speaking · open until 20:00"."""
    return _APART.join(_said(reason, language) for reason in reasons if reason.key not in _UNSAID)


_UNSAID = frozenset({"for_prison"})
"""Reasons that rank but are not worth a phrase: the name of the service says them."""


def _said(reason: Reason, language: Language) -> str:
    values = dict(reason.values)
    if reason.key == "opens":
        values["day"] = _day_of(values.pop("weekday"), values.pop("days_ahead"), language)
    return say(f"services.why.{reason.key}", language, **values)


def _day_of(weekday: int, days_ahead: int, language: Language) -> str:
    if days_ahead == 0:
        return say("services.today", language)
    return say(f"services.on_day.{DAYS[weekday].lower()}", language)


def schedule(hours: Sequence[OpeningHours], language: Language) -> str | None:
    """Write opening hours out: "Mon–Fri 09:00–20:00; Sat–Sun 10:00–15:00"; None where unknown."""
    if not hours:
        return None
    if all(set(part.days) == set(DAYS) and _all_day(part) for part in hours):
        return say("services.always", language)
    return "; ".join(f"{_days(part.days, language)} {part.opens}–{part.closes}" for part in hours)


def _all_day(part: OpeningHours) -> bool:
    return part.opens == "00:00" and part.closes == "24:00"


def _days(days: Sequence[str], language: Language) -> str:
    """Name days, three or more in a row by their first and last."""
    places = [DAYS.index(day) for day in days]
    names = [say(f"services.day.{day.lower()}", language) for day in days]
    if len(places) > 2 and places == list(range(places[0], places[0] + len(places))):
        return f"{names[0]}–{names[-1]}"
    return ", ".join(names)
