"""A gateway in this process, with a real release and database, and no engine behind it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.release import verify
from bot.settings import Settings
from gateway import released
from gateway.app import create
from gateway.crisis import Watch
from tests.conftest import SECRET, free_port


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Read crisis patterns and releases once for all gateways of the tests: most of what each start takes.

    Whether a release is whole and ours is looked at every time.
    """
    kept = cache(released.released_as)

    def read(folder: Path, secret: str) -> released.Released:
        verify(folder, secret)
        return kept(folder, secret)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watch, "load", cache(Watch.load))
        patch.setattr(released, "released_as", read)
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
def filled(chosen: Settings, directory_file: Path) -> Settings:
    """The same with the services directory in its database."""
    shutil.copy(directory_file, chosen.database_url.removeprefix("sqlite:///"))
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
    _wait_for(port)
    yield f"redis://127.0.0.1:{port}", process
    process.kill()
    process.wait(10)


def _wait_for(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nobody listens on {port}")
