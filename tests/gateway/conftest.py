"""A gateway in this process, with a real release and database, and no engine behind it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.release import publish, seal
from bot.settings import Settings
from directory.database import engine, upgrade
from directory.seed import seed
from gateway.app import create
from gateway.crisis import Watch
from launcher.train import write_content
from tests.conftest import free_port

SECRET = "a secret of the tests"


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed release of the content as it is, without Rasa's model: the gateway reads no model."""
    folder = tmp_path_factory.mktemp("releases")
    draft = folder / "20260101T000000-test"
    draft.mkdir()
    write_content(draft)
    publish(folder, seal(draft, SECRET, "test"))
    return folder


@pytest.fixture(scope="session", autouse=True)
def one_watch() -> Iterator[None]:
    """Read the crisis patterns once for all gateways of the tests: half of the time each takes to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watch, "load", cache(Watch.load))
        yield


@pytest.fixture
def chosen(releases: Path, tmp_path: Path) -> Settings:
    """Settings of a gateway whose engine and actions nobody started."""
    return Settings(
        engine_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
        database_url=f"sqlite:///{tmp_path / 'cyswllt.db'}",
        releases=str(releases),
        secret=SECRET,
    )


@pytest.fixture
def door(chosen: Settings) -> Iterator[TestClient]:
    """The gateway, as a client on the network would find it."""
    with TestClient(
        create(chosen), raise_server_exceptions=False, client=("127.0.0.1", 50000)
    ) as client:
        yield client


@pytest.fixture
def filled(chosen: Settings) -> Settings:
    """The same with the services directory in its database."""
    database = engine(chosen.database_url)
    upgrade(database)
    seed(database)
    database.dispose()
    return chosen


@pytest.fixture
def conversation(door: TestClient) -> str:
    """A conversation nobody has spoken in yet."""
    return str(door.post("/api/v1/conversations", json={}).json()["conversation"])


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of the test's own, on loopback, and its process."""
    if (program := shutil.which("redis-server")) is None:
        assert os.environ.get("CI") != "true", "redis-server must be installed"
        pytest.skip("Redis is not installed")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    yield f"redis://127.0.0.1:{port}", process
    process.kill()
    process.wait(10)
