"""Open now: weekdays, bank holidays, summer time, midnight, and what is not known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.opening_hours import (
    DAYS,
    LONDON,
    Hours,
    Schedule,
    closes_at,
    is_always_open,
    next_opening,
    open_now,
)

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")
OFFICE = Schedule([Hours(WEEKDAYS, "09:00", "17:00")])
EVENING = Schedule([Hours(DAYS, "17:00", "24:00")], "open")
ALWAYS = Schedule([Hours(DAYS, "00:00", "24:00")], "open")
CLOSED_ON_HOLIDAYS = Schedule([Hours(WEEKDAYS, "09:00", "17:00")], "closed")
UNKNOWN = Schedule([])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        pytest.param(OFFICE, "2026-11-24 09:00", True, id="the first minute"),
        pytest.param(OFFICE, "2026-11-24 08:59", False, id="a minute early"),
        pytest.param(OFFICE, "2026-11-24 17:00", False, id="closing time is closed"),
        pytest.param(OFFICE, "2026-11-28 11:00", False, id="a Saturday"),
        pytest.param(OFFICE, "2026-12-25 11:00", None, id="a bank holiday nobody told us about"),
        pytest.param(OFFICE, "2026-12-25 20:00", False, id="shut on any day at this hour"),
        pytest.param(
            CLOSED_ON_HOLIDAYS, "2026-12-25 11:00", False, id="known to close on holidays"
        ),
        pytest.param(ALWAYS, "2026-12-25 03:00", True, id="day and night"),
        pytest.param(EVENING, "2026-11-24 23:59", True, id="the last minute before midnight"),
        pytest.param(EVENING, "2026-11-25 00:00", False, id="midnight itself"),
        pytest.param(UNKNOWN, "2026-11-24 11:00", None, id="unknown hours are unknown"),
        pytest.param(OFFICE, "2026-05-25 11:00", None, id="the spring bank holiday"),
    ],
)
def test_open_now(schedule: Schedule, now: str, expected: bool | None) -> None:
    assert expected is open_now(schedule, at(now))


@pytest.mark.parametrize(
    ("utc", "expected"),
    [("2026-07-01 08:30", True), ("2026-12-01 08:30", False)],
    ids=["summer: half past nine in London", "winter: half past eight"],
)
def test_summer_time(utc: str, expected: bool) -> None:
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert expected is open_now(OFFICE, now)


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        pytest.param(
            OFFICE, "2026-11-27 18:00", "2026-11-30 09:00", id="Friday evening: Monday at 9"
        ),
        pytest.param(OFFICE, "2026-11-24 07:00", "2026-11-24 09:00", id="later today"),
        pytest.param(
            OFFICE, "2026-12-24 18:00", "2026-12-29 09:00", id="past Christmas and Boxing Day"
        ),
        pytest.param(OFFICE, "2026-11-24 11:00", None, id="open already"),
        pytest.param(UNKNOWN, "2026-11-24 11:00", None, id="unknown"),
        pytest.param(ALWAYS, "2026-11-24 11:00", None, id="never closed"),
    ],
)
def test_next_opening(schedule: Schedule, now: str, expected: str | None) -> None:
    assert (at(expected) if expected else None) == next_opening(schedule, at(now))


def test_closes_at_the_end_of_hours_that_run_on() -> None:
    split = Schedule([Hours(WEEKDAYS, "09:00", "12:00"), Hours(WEEKDAYS, "12:00", "20:00")])

    assert at("2026-11-24 20:00") == closes_at(split, at("2026-11-24 11:00"))


def test_what_never_closes_has_no_closing_time() -> None:
    assert is_always_open(ALWAYS)
    assert closes_at(ALWAYS, at("2026-11-24 11:00")) is None


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_an_opening_to_come_is_an_opening(now: datetime) -> None:
    opens = next_opening(OFFICE, now.replace(tzinfo=LONDON))

    assert opens is None or open_now(OFFICE, opens)
