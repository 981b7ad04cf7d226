"""Why a service is shown, as keys that bot/content words: "covers Carmarthenshire", "open until 20:00"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from directory.answers import FoundService, Reason
from directory.cards import Reader
from directory.opening_hours import LONDON


def why(found: FoundService, reader: Reader, prison: str | None = None) -> tuple[Reason, ...]:
    """Return the reasons in the order they are said."""
    return tuple(_reasons(found, reader, prison))


def _reasons(found: FoundService, reader: Reader, prison: str | None) -> Iterator[Reason]:
    if prison is not None and prison in found.prisons:
        yield _reason("for_prison", prison=prison)
    if "prisoner_family_support" in found.needs:
        yield _reason("for_families")
    yield _reason("covers", area=found.area)
    if found.distance_km is not None:
        yield _reason("distance", km=round(found.distance_km))
    if "cy" in found.languages:
        yield _reason("welsh")
    yield from _calls(found)
    yield from _hours(found, reader)
    if found.withheld:
        yield _reason("withheld")
    elif found.check:
        yield _reason("check")


def _calls(found: FoundService) -> Iterator[Reason]:
    if any(line.free for line in found.phones):
        yield _reason("free_call")


def _hours(found: FoundService, _reader: Reader) -> Iterator[Reason]:
    """Say when it is open; unknown hours are said to be unknown."""
    if found.open_now and found.closes:
        yield _reason("open_until", time=found.closes.astimezone(LONDON).strftime("%H:%M"))
    elif found.open_now:
        yield _reason("always_open")
    elif found.opens:
        opens = found.opens.astimezone(LONDON)
        days = (opens.date() - _reader.now.astimezone(LONDON).date()).days
        clock = opens.strftime("%H:%M")
        yield _reason("opens", weekday=opens.weekday(), time=clock, days_ahead=days)
    elif found.open_now is None and found.phones:
        yield _reason("hours_unknown")


def _reason(key: str, **values: Any) -> Reason:
    return Reason(key, values)
