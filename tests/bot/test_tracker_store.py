"""The tracker store in Rasa's own Python, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT
from launcher.setup import ENGINE, PYTHON
from launcher.train import engine_environment
from tests.conftest import own_database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What tests/bot/engine_side.py saw."""
    folder = tmp_path_factory.mktemp("store")
    if request.param == "sqlite":
        yield _seen(f"sqlite:///{folder / 'tracker.db'}")
        return
    with own_database(request.getfixturevalue("postgres_url"), "tracker") as made:
        yield _seen(made.url.set(drivername="postgresql").render_as_string(hide_password=False))


def _seen(url: str) -> Any:
    script = Path(__file__).parent / "engine_side.py"
    done = subprocess.run(
        [str(ENGINE / PYTHON), str(script), url],
        cwd=ROOT, env=engine_environment(), capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_turn_is_one_write_and_one_read(told: Any) -> None:
    assert (told["written"], told["read"]) == (1, 1)


def test_three_hundred_messages_come_back_as_few_events(told: Any) -> None:
    assert told["events"] <= 6


def test_the_five_thousandth_message_reads_no_more_than_the_third(told: Any) -> None:
    assert set(told["last_sizes"]) == {told["first_sizes"][-1]}


def test_slots_outlive_the_engine_and_words_do_not(told: Any) -> None:
    assert told["need"] == told["after_restart"] == ["visits"]
    assert not told["words_kept"]


def test_concurrent_turns_and_starts_leave_one_row_a_conversation(told: Any) -> None:
    assert told["rows"] == ["endless", "long", "many"]
