"""What is remembered of a conversation, and that it can be forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.language import Language
from directory.database import engine
from gateway.state import TRACKER, Memory, State, StateUnavailable

MEMORY = Memory(language=Language.WELSH, topic="letters", offered=("parcels",), turns=2)


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> sa.Engine:
    return engine(f"sqlite:///{tmp_path / 'state.db'}")


@pytest.fixture
def state(database: sa.Engine, clock: Clock) -> State:
    made = State(database, clock)
    made.create()
    return made


def test_what_is_kept_comes_back(state: State) -> None:
    assert state.keep("one", MEMORY, "request", "{}")

    assert state.find("one").memory == MEMORY
    assert state.find("one", "request").repeated == "{}"
    assert state.find("one", "another").repeated is None


def test_an_erased_conversation_stays_erased(state: State, database: sa.Engine) -> None:
    state.keep("one", MEMORY, "request", "{}")
    state.rate("one", "m", "letters", "cy", "yes")
    state.erase("one")
    with database.begin() as connection:  # the engine finishes a message meanwhile
        connection.execute(sa.text("INSERT INTO tracker VALUES ('one', '{}', 1)"))

    assert not state.keep("one", MEMORY, "request", "{}")
    assert state.find("one").erased
    with database.connect() as connection:
        for table in ("conversation", "reply", "feedback", "tracker"):
            assert connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_silence_is_forgotten_and_talk_is_not(
    state: State, clock: Clock, database: sa.Engine
) -> None:
    state.keep("old", MEMORY, "r", "{}")
    clock.now += 25 * 3600
    state.keep("new", MEMORY, "r", "{}")

    assert state.forget(hours=24) == 1
    assert state.find("old").updated is None
    assert state.find("new").updated == clock.now
    with database.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(TRACKER)).scalar() == 0


def test_a_database_that_is_gone_is_said_so(tmp_path: Path) -> None:
    state = State(engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}"))

    assert not state.ready()
    with pytest.raises(StateUnavailable):
        state.find("one")
