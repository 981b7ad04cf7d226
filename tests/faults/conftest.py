"""A gateway in a process of its own, before an engine and a database that break."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import ROOT
from tests.conftest import SECRET, free_port
from tests.faults.crowd import Crowd


def until(holds: Callable[[], object], within: float = 90) -> None:
    """Wait until *holds*; fail where it does not in *within* seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"not within {within:.0f} s")


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code < 600
    except httpx.HTTPError:
        return False


@contextmanager
def running(command: list[str], url: str, **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until it answers at *url*, and end it afterwards."""
    how.setdefault("stdout", subprocess.DEVNULL)
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, **how)
    try:
        until(lambda: process.poll() is not None or answers(url))
        assert process.poll() is None, f"{command} ended"
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)


class House:
    """A real gateway, the engine behind it, and the crowd before it."""

    def __init__(self, folder: Path, releases: Path, database: str = "") -> None:
        self._up, self._folder = ExitStack(), folder
        self.asked = folder / "asked.txt"
        self.asked.touch()
        self._engine_port, self._port = free_port(), free_port()
        self.url, self.engine_url = (
            f"http://127.0.0.1:{p}" for p in (self._port, self._engine_port)
        )
        self.database = database or f"sqlite:///{folder / 'faults.db'}"
        self._environment = {
            **os.environ,
            "CYSWLLT_PORT": str(self._port),
            "CYSWLLT_ENGINE_URL": self.engine_url,
            "CYSWLLT_ACTIONS_URL": self.engine_url,
            "CYSWLLT_DATABASE_URL": self.database,
            "CYSWLLT_RELEASES": str(releases),
            "CYSWLLT_SECRET": SECRET,
            "CYSWLLT_RATE_LIMIT": "off",
        }
        self.crowd = Crowd(self.url)

    def start(self, stdout: Any = subprocess.DEVNULL) -> None:
        self.start_engine()
        command, healthy = ["-m", "gateway"], f"{self.url}/healthz"
        how = {"env": self._environment, "stdout": stdout}
        self.gateway = self._up.enter_context(running(command, healthy, **how))
        self.crowd.arrive()

    def start_engine(self) -> None:
        command = ["-m", "tests.faults.engine", str(self._engine_port), str(self.asked)]
        self.engine = self._up.enter_context(running(command, self.engine_url))

    def kill_engine(self) -> None:
        self.engine.kill()
        self.engine.wait(10)

    def behave(self, how: str) -> None:
        httpx.put(f"{self.engine_url}/behave", content=how, timeout=5).raise_for_status()

    def ready(self) -> dict[str, Any]:
        return dict(httpx.get(f"{self.url}/readyz", timeout=5).json())

    def close(self) -> None:
        self._up.close()


@pytest.fixture
def built(tmp_path: Path, releases: Path) -> Iterator[House]:
    """A house that nobody has started yet."""
    made = House(tmp_path, releases)
    yield made
    made.close()


@pytest.fixture(scope="package")
def lived_in(tmp_path_factory: pytest.TempPathFactory, releases: Path) -> Iterator[House]:
    """A house for all tests that leave it as they found it."""
    made = House(tmp_path_factory.mktemp("house"), releases)
    made.start()
    yield made
    made.close()


@pytest.fixture
def house(lived_in: House) -> House:
    """A house in which everything runs well."""
    until(lambda: lived_in.ready()["engine"] and lived_in.ready()["database"])
    lived_in.behave("well")
    return lived_in
