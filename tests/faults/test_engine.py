"""The engine dies, hangs or speaks nonsense under load: every person is answered, and in time."""

from __future__ import annotations

import sqlite3

import pytest

from tests.faults.conftest import House, until
from tests.faults.crowd import Sent, apologised, unanswered
from tests.faults.engine import BEHAVIOURS


def turns_kept(house: House) -> int:
    """Count the messages that the conversations remember."""
    with sqlite3.connect(house.database.removeprefix("sqlite:///")) as database:
        (turns,) = database.execute(
            "SELECT coalesce(sum(json_extract(memory, '$.turns')), 0) FROM conversation"
        ).fetchone()
    return int(turns)


def asked_twice(house: House, sent: list[Sent]) -> list[str]:
    """Return the messages that the engine answered more than once."""
    lines = house.asked.read_text().splitlines()
    return [one.key for one in sent if sum(line.endswith(one.key) for line in lines) > 1]


def test_the_engine_is_killed_and_comes_back(house: House) -> None:
    kept = turns_kept(house)
    before = house.crowd.talk(1)
    assert apologised(before) == []

    during = house.crowd.talk(2, house.kill_engine)
    assert house.ready()["engine"] is False
    house.start_engine()
    until(lambda: house.ready()["engine"])
    after = house.crowd.talk(1)

    sent = [*before, *during, *after]
    assert unanswered(sent) == []
    assert len(apologised(during)) > len(during) / 2
    assert apologised(after) == [], "it recovers without a restart"
    assert turns_kept(house) == kept + len(sent), "no message that was accepted is lost"
    some = sent[:: len(sent) // 30]
    assert house.crowd.again(some) == [one.answer for one in some]
    assert turns_kept(house) == kept + len(sent) and asked_twice(house, sent) == []


@pytest.mark.parametrize(
    "ways", [["hangs"], ["drips"], [w for w in BEHAVIOURS if w not in ("well", "hangs", "drips")]],
    ids=["hangs", "drips", "garbage"],
)  # fmt: skip
def test_an_engine_that_hangs_or_speaks_nonsense(house: House, ways: list[str]) -> None:
    kept, sent = turns_kept(house), list[Sent]()
    for way in ways:
        house.behave(way)
        during = house.crowd.talk(1 if len(ways) == 1 else 0.3)
        assert unanswered(during) == [], way
        assert len(apologised(during)) == len(during), way
        sent += during

    house.behave("well")
    after = house.crowd.talk(0.5)
    assert unanswered(after) == [] and apologised(after) == []
    assert turns_kept(house) == kept + len(sent) + len(after)
