"""The whole assistant over a small tree, started as an operator starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import free_port
from tests.story.small import small_tree


@dataclass(frozen=True)
class House:
    """A running assistant: where its pages are, and the tree it was started from."""

    url: str
    desk: str
    tree: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run one of our commands as the operator does, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.tree, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Cut the content down, train, and start everything."""
    folder = tmp_path_factory.mktemp("house")
    tree = small_tree(folder)
    door, desk, engine, actions = (free_port() for _ in range(4))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CYSWLLT_")},
        "PYTHONPATH": str(tree),
        "CYSWLLT_PORT": str(door),
        "CYSWLLT_EDITOR_PORT": str(desk),
        "CYSWLLT_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "CYSWLLT_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "CYSWLLT_DATABASE_URL": f"sqlite:///{folder / 'house.db'}",
        "CYSWLLT_RELEASES": str(folder / "releases"),
        "CYSWLLT_RATE_LIMIT": "off",
    }
    log = folder / "run.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "run"],
            cwd=tree,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        url = f"http://127.0.0.1:{door}"
        until(lambda: process.poll() is not None or _ready(url), 280)
        assert process.poll() is None, log.read_text()[-3000:]
        yield House(url, f"http://127.0.0.1:{desk}/editor", tree, environment)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=3).status_code == 200
    except httpx.HTTPError:
        return False


def until(holds: Callable[[], object], within: float) -> None:
    """Wait until *holds*; fail where it does not in *within* seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.3)
    raise AssertionError(f"not within {within:.0f} s")
