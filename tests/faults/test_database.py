"""The database is locked, gone or out of disk under load: every person is answered, and in time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from directory.database import engine
from gateway.state import METADATA
from tests.faults.cable import Cable
from tests.faults.conftest import House, until
from tests.faults.crowd import apologised, unanswered

LOCKED_FOR = 4.0


def lock_sqlite(house: House) -> None:
    file = house.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        time.sleep(LOCKED_FOR)


def lock_postgresql(house: House) -> None:
    with engine(house.database).begin() as writer:
        # In the order of the gateway's own transactions, or each would wait for the other.
        writer.execute(sa.text("LOCK TABLE erased, conversation, reply IN ACCESS EXCLUSIVE MODE"))
        time.sleep(LOCKED_FOR)


@pytest.fixture(params=["sqlite", "postgresql"])
def locking(
    request: pytest.FixtureRequest, tmp_path: Path, releases: Path
) -> Iterator[tuple[House, Callable[[House], None]]]:
    """A house on either database, and what locks it."""
    if request.param == "sqlite":
        yield request.getfixturevalue("house"), lock_sqlite
        return
    house = House(tmp_path, releases, request.getfixturevalue("postgres_url"))
    house.start()
    yield house, lock_postgresql
    house.close()
    METADATA.drop_all(engine(house.database))


def test_a_locked_database_costs_nobody_an_answer(
    locking: tuple[House, Callable[[House], None]],
) -> None:
    house, lock = locking
    before = house.crowd.talk(0.5)
    during = house.crowd.talk(LOCKED_FOR, lambda: lock(house))
    until(lambda: house.ready()["database"])
    time.sleep(1.5)  # after which the database is tried again
    after = house.crowd.talk(0.5)

    sent = [*before, *during, *after]
    assert unanswered(sent) == []
    assert len(apologised(sent)) <= len(sent) / 20, "the engine goes on answering"
    some = sent[:: len(sent) // 20]
    assert house.crowd.again(some) == [one.answer for one in some], "none is answered twice"


@pytest.fixture
def wired(tmp_path: Path, releases: Path, postgres_url: str) -> Iterator[tuple[House, Cable]]:
    """A house whose database is at the other end of a cable."""
    cable = Cable(postgres_url)
    house = House(tmp_path, releases, cable.url)
    house.start()
    yield house, cable
    house.close()
    cable.close()
    METADATA.drop_all(engine(postgres_url))


def test_a_silent_database_costs_nobody_an_answer(wired: tuple[House, Cable]) -> None:
    """No lock times out and no connection breaks: only `gateway.asking` ends the wait."""
    house, cable = wired
    before = house.crowd.talk(0.5)
    cable.cut()
    during = house.crowd.talk(LOCKED_FOR)
    cable.mend()
    until(lambda: house.ready()["database"])
    time.sleep(1.5)  # after which the database is tried again
    after = house.crowd.talk(0.5)

    sent = [*before, *during, *after]
    assert unanswered(sent) == []
    some = sent[:: len(sent) // 20]
    assert house.crowd.again(some) == [one.answer for one in some], "none is answered twice"


def test_a_full_disk_costs_nobody_an_answer(built: House) -> None:
    """No file may grow any more, and the log cannot be written."""
    with Path("/dev/full").open("w") as full:
        built.start(stdout=full)
    gateway = psutil.Process(built.gateway.pid)
    before = built.crowd.talk(0.5)
    hard = gateway.rlimit(psutil.RLIMIT_FSIZE)[1]
    gateway.rlimit(psutil.RLIMIT_FSIZE, (0, hard))
    built.behave("fails")  # each message would log a line
    during = built.crowd.talk(2)
    assert gateway.is_running()

    gateway.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
    built.behave("well")
    time.sleep(1.5)
    after = built.crowd.talk(0.5)
    sent = [*before, *during, *after]
    assert unanswered(sent) == []
    assert len(apologised(during)) == len(during) and apologised(after) == []
    some = sent[:: len(sent) // 20]
    assert built.crowd.again(some) == [one.answer for one in some]


def test_a_database_that_comes_later_is_taken_up(tmp_path: Path, releases: Path) -> None:
    away = tmp_path / "away"
    house = House(tmp_path, releases, f"sqlite:///{away / 'late.db'}")
    try:
        house.start()
        assert house.ready()["database"] is False
        without = house.crowd.talk(1)
        away.mkdir()
        until(lambda: house.ready()["database"], 15)
        time.sleep(1.5)
        found = house.crowd.talk(0.5)

        assert unanswered([*without, *found]) == []
        assert house.crowd.again(found[:5]) == [one.answer for one in found[:5]]
        with sqlite3.connect(away / "late.db") as database:
            assert database.execute("SELECT count(*) FROM conversation").fetchone()[0] > 0
    finally:
        house.close()
