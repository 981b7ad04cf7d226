"""Open now, or when next: weekly hours, bank holidays of England and Wales, London time.

What is not known is said to be unknown: no hours at all, or a bank holiday nobody has told us about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LOOK_AHEAD = 15  # days: over Christmas and New Year every line opens again within these
_MIDNIGHT = "24:00"

BankHolidays = Literal["open", "closed", "unknown"]


@dataclass(frozen=True)
class Hours:
    """The same hours on each of *days* ("MO" …); "24:00" is the end of the day."""

    days: tuple[str, ...]
    opens: str
    closes: str


@dataclass(frozen=True)
class Schedule:
    """All hours of a week, and what happens on bank holidays."""

    hours: Sequence[Hours]
    bank_holidays: BankHolidays = "unknown"


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of *year*; Wales and England share theirs."""
    return frozenset(holidays.country_holidays("GB", subdiv="WLS", years=year))


def is_bank_holiday(day: date) -> bool:
    """Say whether *day* is a bank holiday in England and Wales."""
    return day in _holidays(day.year)


def open_now(schedule: Schedule, now: datetime) -> bool | None:
    """Say whether it is open at *now*, which carries its time zone; None where unknown."""
    here = now.astimezone(LONDON)
    if not schedule.hours:
        return None
    return _open_on(schedule, here, is_bank_holiday(here.date()))


def _open_on(schedule: Schedule, here: datetime, holiday: bool) -> bool | None:
    """Answer for a day that is or is not a bank holiday."""
    within = any(begin <= here < end for begin, end in _spans(schedule, here.date()))
    if not holiday or schedule.bank_holidays == "open":
        return within
    if schedule.bank_holidays == "closed" or not within:
        return False
    return None


def _spans(schedule: Schedule, day: date) -> list[tuple[datetime, datetime]]:
    """Return the hours of *day* in order, bank holiday or not."""
    name = DAYS[day.weekday()]
    return sorted(
        (_moment(day, hours.opens), _moment(day, hours.closes))
        for hours in schedule.hours
        if name in hours.days
    )


def _moment(day: date, clock: str) -> datetime:
    """Return the moment of a clock time on *day* in London."""
    if clock == _MIDNIGHT:
        return datetime.combine(day + timedelta(days=1), time(), LONDON)
    return datetime.combine(day, time.fromisoformat(clock), LONDON)


def closes_at(schedule: Schedule, now: datetime) -> datetime | None:
    """Return when it closes, if it is open at *now*; None if closed, unknown or never closing."""
    here = now.astimezone(LONDON)
    if not open_now(schedule, here) or is_always_open(schedule):
        return None
    end = here
    for day in (here.date() + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD)):
        for begin, closing in _spans(schedule, day):
            if begin <= end < closing:
                end = closing
    return end


def is_always_open(schedule: Schedule) -> bool:
    """Say whether it is open day and night, every day."""
    whole_days = [
        hours for hours in schedule.hours if (hours.opens, hours.closes) == ("00:00", _MIDNIGHT)
    ]
    every_day = {day for hours in whole_days for day in hours.days} == set(DAYS)
    return every_day and schedule.bank_holidays == "open"


def next_opening(schedule: Schedule, now: datetime) -> datetime | None:
    """Return when it next opens for certain after *now*; None where unknown or open already."""
    here = now.astimezone(LONDON)
    if open_now(schedule, here) is not False:
        return None
    for ahead in range(_LOOK_AHEAD):
        day = here.date() + timedelta(days=ahead)
        if is_bank_holiday(day) and schedule.bank_holidays != "open":
            continue
        for begin, _ in _spans(schedule, day):
            if begin > here:
                return begin
    return None
