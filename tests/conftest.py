"""What many tests need and one of is enough: the running assistant, a release, PostgreSQL, a directory."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, sync_playwright

from bot.release import publish, seal
from directory.database import engine, upgrade
from directory.seed import seed
from launcher.train import write_content
from tests.directory import postgres

ROOT = Path(__file__).parents[1]
SECRET = "a secret of the tests"  # pragma: allowlist secret


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed release of the content as it is, without Rasa's model: the gateway reads no model."""
    folder = tmp_path_factory.mktemp("releases")
    draft = folder / "20260101T000000-test"
    draft.mkdir()
    write_content(draft)
    publish(folder, seal(draft, SECRET, "test"))
    return folder


@pytest.fixture(scope="session")
def directory_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory as it is seeded, in an SQLite file: to be read, or copied."""
    file = tmp_path_factory.mktemp("directory") / "cyswllt.db"
    database = engine(f"sqlite:///{file}")
    upgrade(database)
    seed(database)
    database.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Lend the address of a server: the one that is named, else one started here."""
    if given := os.environ.get("CYSWLLT_TEST_POSTGRES"):
        yield given
        return
    if postgres.binaries() is None:
        assert os.environ.get("CI") != "true", "PostgreSQL must be installed where CI=true"
        pytest.skip("PostgreSQL is not installed")
    with (
        tempfile.TemporaryDirectory(prefix="cyswllt-pg-") as folder,
        postgres.server(Path(folder)) as url,
    ):
        yield url


@contextmanager
def own_database(server: str, name: str) -> Iterator[sa.Engine]:
    """Lend a new database on a PostgreSQL that others use too, and drop it."""
    unique = f"{name}_{secrets.token_hex(6)}"
    there = engine(server)
    lent = engine(there.url.set(database=unique).render_as_string(hide_password=False))
    with there.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {unique}")
        try:
            yield lent
        finally:
            lent.dispose()
            connection.exec_driver_sql(f"DROP DATABASE {unique} WITH (FORCE)")
            there.dispose()


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the whole assistant as `make run` does, on free ports and a database of its own.

    CYSWLLT_TEST_URL names one that runs already, to save the start while working on tests.
    """
    if running := os.environ.get("CYSWLLT_TEST_URL"):
        yield running
        return
    folder = tmp_path_factory.mktemp("assistant")
    environment, url = _environment(folder)
    log = (folder / "run.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "launcher", "run"], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    try:
        _wait(url, process, folder / "run.log")
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture
def written(assistant: str, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every file in which the running assistant may have left something: database and logs."""
    own = [path for path in tmp_path_factory.getbasetemp().glob("assistant*/*") if path.is_file()]
    usual = [] if own else list((ROOT / "var").glob("*.db*"))
    return [*own, *usual, *(ROOT / "var" / "log").glob("*.log")]


def _environment(folder: Path) -> tuple[dict[str, str], str]:
    door, engine, actions, desk = (free_port() for _ in range(4))
    environment = {
        **os.environ,
        "CYSWLLT_PORT": str(door),
        "CYSWLLT_EDITOR_PORT": str(desk),
        "CYSWLLT_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "CYSWLLT_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "CYSWLLT_DATABASE_URL": f"sqlite:///{folder / 'cyswllt.db'}",
        "CYSWLLT_RATE_LIMIT": "off",
    }
    return environment, f"http://127.0.0.1:{door}"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, within: float = 900) -> None:
    """Wait until all parts are ready: training included, on a machine that never trained."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the assistant did not start:\n{log.read_text()[-3000:]}"
        try:
            if httpx.get(f"{url}/readyz", timeout=3).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"the assistant was not ready in time:\n{log.read_text()[-3000:]}")


def run_alone(work: Coroutine[Any, Any, Any]) -> Any:
    """Run *work* on a thread of its own: browser tests leave a loop running on this one."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, work).result()


class Talk:
    """A conversation with the running assistant, through its public API."""

    def __init__(self, url: str, language: str | None = None) -> None:
        self._http = httpx.Client(base_url=url, timeout=30)
        opened = self._http.post("/api/v1/conversations", json={"language": language})
        assert opened.status_code == 201, opened.text
        self.id = opened.json()["conversation"]
        self.greeting = opened.json()["messages"]

    def post(self, body: dict[str, object], key: str | None = None) -> httpx.Response:
        """Send one message as it is and return the raw response."""
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        path = f"/api/v1/conversations/{self.id}/messages"
        return self._http.post(path, json=body, headers=headers)

    def say(self, text: str, language: str | None = None) -> list[dict[str, object]]:
        """Say something and return the messages of the reply."""
        answer = self.post({"text": text, "language": language})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])


@pytest.fixture
def talk(assistant: str) -> Talk:
    """A fresh conversation."""
    return Talk(assistant)


AXE = Path(__file__).parent / "browser" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CYSWLLT_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Lend a browser; skip on a laptop without one, fail where CI=true."""
    if not Path(CHROMIUM).exists():
        assert os.environ.get("CI") != "true", f"Chromium must be installed: {CHROMIUM}"
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return axe-core, which judges the accessibility of a page."""
    if not AXE.exists():
        assert os.environ.get("CI") != "true", "run `npm ci` in tests/browser"
        pytest.skip("axe-core is not installed: run `npm ci` in tests/browser")
    return AXE.read_text("utf-8")
