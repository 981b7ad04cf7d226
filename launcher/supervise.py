"""Start processes, keep them alive, stop them all: one supervisor for the whole assistant."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

LONGEST_PAUSE = 30.0
"""Seconds between two restarts of a process that keeps dying."""
STEADY = 60.0
"""Seconds after which a process that ran is taken to be well again."""


@dataclass(frozen=True)
class Program:
    """One process of the assistant."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    health: str
    """Address that answers 200 once the process is ready."""
    logs: Path | None
    """Folder of its log; without one it writes where the launcher writes."""

    @property
    def log(self) -> Path | None:
        """Return the file of its log."""
        return self.logs and self.logs / f"{self.name}.log"


class NeverReady(Exception):
    """A process did not become ready in time."""


def taken(host: str, port: int) -> bool:
    """Say whether another program listens there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port of *host* that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


async def keep_alive(program: Program, stopping: asyncio.Event) -> None:
    """Run *program* until told to stop, starting it again with growing pauses when it dies."""
    pause = 0.5
    while not stopping.is_set():
        started = time.monotonic()
        process = await _start(program)
        ended = asyncio.create_task(process.wait())
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            return await _end(process)
        stop.cancel()
        pause = 0.5 if time.monotonic() - started > STEADY else min(pause * 2, LONGEST_PAUSE)
        print(
            f"  {program.name} stopped (exit {process.returncode}); starting it again in {pause:.0f} s. "
            f"See {program.log or 'above'}",
            flush=True,
        )
        await asyncio.wait({asyncio.create_task(stopping.wait())}, timeout=pause)


async def _start(program: Program) -> asyncio.subprocess.Process:
    with ExitStack() as opened:
        log = opened.enter_context(_opened(program.log)) if program.log else None
        return await asyncio.create_subprocess_exec(
            *program.command,
            env={**os.environ, **program.environment},
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is ours to pass on, in order
        )


def _opened(log: Path) -> BinaryIO:
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("ab")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the process and its children to stop; insist after five seconds."""
    if process.returncode is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), 5)
    except asyncio.TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def ready(program: Program, within: float = 120.0) -> None:
    """Wait until *program* answers; NeverReady with the end of its log if it does not."""
    deadline = time.monotonic() + within
    async with httpx.AsyncClient(timeout=2.0) as client:
        while time.monotonic() < deadline:
            try:
                if (await client.get(program.health)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)
    if program.log is None:
        raise NeverReady(f"{program.name} did not start")
    told = program.log.read_text("utf-8", "replace").strip().splitlines()[-8:]
    raise NeverReady(f"{program.name} did not start. {program.log} ends:\n  " + "\n  ".join(told))
