"""Two of everything, real processes, each killed in turn under load: nobody's message is lost or answered twice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bench.drill import Seen, drill, table
from bench.load import Load
from bench.several import FAULTS, House, running
from directory.database import engine as open_database
from gateway import tickets
from gateway.state import CONVERSATION
from tests.conftest import run_alone
from tests.story.small import small_tree

pytestmark = pytest.mark.timeout(600)
RATE = 6.0
TRACE = "0123456789abcdef0123456789abcdef"


@dataclass
class Drilled:
    """What is left of the drill when all is over."""

    load: Load
    seen: list[Seen]
    turns: dict[int, int]
    """Messages the database remembers, by conversation."""
    traced: httpx.Response
    logs: str


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    """Train a small release, start everything, and let everything happen once."""
    tree = small_tree(tmp_path_factory.mktemp("tree"))
    folder = tmp_path_factory.mktemp("several")
    return run_alone(_drilled(folder, tree))


async def _drilled(folder: Path, tree: Path) -> Drilled:
    async with running(folder, tree, folder / "releases", "a secret") as house:
        traced = await _traced(house)
        load, stopping = Load(house.url, RATE), asyncio.Event()
        talking = asyncio.create_task(load.run(stopping))
        seen = await drill(house, load, FAULTS)
        stopping.set()
        await talking
        print("\n".join(table(seen)))
        logs = "\n".join(path.read_text("utf-8", "replace") for path in folder.glob("*.log"))
        return Drilled(load, seen, _turns(house, load), traced, logs)


async def _traced(house: House) -> httpx.Response:
    """Ask something that passes gateway, engine and actions, with an id of our own."""
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        opened = await client.post("/api/v1/conversations", json={"language": "en"})
        path = f"/api/v1/conversations/{opened.json()['conversation']}/messages"
        body = {"text": "what services are there in Wrexham for Rhys Davies"}
        return await client.post(path, json=body, headers={"X-Request-ID": TRACE})


def _turns(house: House, load: Load) -> dict[int, int]:
    keys = {tickets.read(house.secret, talk).key: at for at, talk in enumerate(load.talks)}
    database = open_database(house.database)
    with database.connect() as connection:
        rows = connection.execute(sa.select(CONVERSATION.c.key, CONVERSATION.c.memory)).all()
    database.dispose()
    return {keys[row.key]: json.loads(row.memory)["turns"] for row in rows if row.key in keys}


def test_no_message_is_lost(drilled: Drilled) -> None:
    lost = [each for each in drilled.load.sent if each.lost]
    assert len(drilled.load.sent) > 200
    assert not lost


def test_every_message_is_answered_once_and_in_order(drilled: Drilled) -> None:
    """Memory counts what was answered: more is an answer given twice, less two answers at one time."""
    said = Counter(each.talk for each in drilled.load.sent)
    (outage,) = (each for each in drilled.seen if each.fault.startswith("PostgreSQL"))
    forgotten = Counter(each.talk for each in outage.sent)
    for talk, answered in said.items():
        assert answered - forgotten[talk] <= drilled.turns[talk] <= answered, talk
    assert sum(not forgotten[talk] for talk in said), "no conversation was spared the outage"


def test_one_of_two_engines_is_enough(drilled: Drilled) -> None:
    """Only without the database do answers come without the engine."""
    hurt = {each.fault: each.degraded for each in drilled.seen if each.degraded}
    assert hurt.keys() <= {"PostgreSQL restarted"}


def test_one_of_two_gateways_is_enough(drilled: Drilled) -> None:
    """Only while nothing stands in front of them does anybody have to send again."""
    hurt = {each.fault: each.again for each in drilled.seen if each.again}
    assert hurt.keys() <= {"nginx killed"}


def test_all_who_take_part_log_the_id_of_the_request(drilled: Drilled) -> None:
    assert drilled.traced.headers["X-Request-ID"] == TRACE
    lines = [line for line in drilled.logs.splitlines() if TRACE in line]
    events = {json.loads(line)["event"] for line in lines}
    assert events >= {"message.answered", "engine.answered", "action.done"}
    assert all(json.loads(line)["request_id"] == TRACE for line in lines)


def test_logs_hold_nothing_of_what_was_said(drilled: Drilled) -> None:
    assert "Wrexham" not in drilled.logs
    assert "Rhys" not in drilled.logs
    assert "llythyr" not in drilled.logs
