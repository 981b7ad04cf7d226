"""The whole assistant as `make run` starts it, for measurements: on free ports, with a database of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot.settings import ROOT

_LONGEST_START = 600.0  # seconds: training may be needed first


@contextmanager
def running() -> Iterator[str]:
    """Lend the address of a running assistant; the one of CYSWLLT_TEST_URL, or a new one."""
    if given := os.environ.get("CYSWLLT_TEST_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        url, environment = _place(Path(folder))
        command = [sys.executable, "-m", "launcher", "run"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            _wait(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _place(folder: Path) -> tuple[str, dict[str, str]]:
    door, engine, actions, desk = (_free_port() for _ in range(4))
    settings = {
        "CYSWLLT_PORT": str(door),
        "CYSWLLT_EDITOR_PORT": str(desk),
        "CYSWLLT_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "CYSWLLT_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "CYSWLLT_DATABASE_URL": f"sqlite:///{folder / 'cyswllt.db'}",
        "CYSWLLT_RATE_LIMIT": "off",
    }
    return f"http://127.0.0.1:{door}", {**os.environ, **settings}


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _LONGEST_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("The assistant did not start; try `make run` to see why.")
        try:
            if httpx.get(f"{url}/readyz", timeout=2.0).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise SystemExit("The assistant was not ready in ten minutes; try `make run` to see why.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
