"""`make run`: release and directory, then engine, actions, gateway and desk under one supervisor.

On several machines: `prepare` once, then on each `run --only` the parts it is for.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.release import Release, UntrustedRelease, publish, verify
from bot.settings import ROOT, VAR, Settings
from directory.database import engine as open_database
from gateway.deployments import Deployments
from gateway.state import State
from launcher import train
from launcher.keeper import Keeper, Publisher
from launcher.setup import PYTHON, WEB, SetupFailed, step
from launcher.supervise import NeverReady, Program, keep_alive, ready, taken

PARTS = ("gateway", "engine", "editor")
"""What a machine can be for; an engine has its action server beside it."""


def run(only: Sequence[str] = ()) -> int:
    """Start everything and stay, or *only* some parts of what is prepared; return the exit status."""
    chosen = train.chosen()
    if port := _taken(chosen, only or PARTS):
        raise SetupFailed(
            f"Something already listens on port {port}. Stop it, or choose another with "
            "CYSWLLT_PORT, CYSWLLT_EDITOR_PORT, CYSWLLT_ENGINE_URL or CYSWLLT_ACTIONS_URL."
        )
    if not only:
        prepare()
    VAR.mkdir(exist_ok=True)
    deployments = Deployments(open_database(chosen.database_url))
    # Alone, a part writes to where its output is collected: no file of its own.
    logs = None if only else VAR / "log"
    try:
        return asyncio.run(_run(chosen, deployments, only or PARTS, logs))
    except NeverReady as error:
        print(error, file=sys.stderr)
        return 1


def prepare() -> int:
    """Fill the database and see that there is a release to run; doing so twice changes nothing."""
    chosen = train.chosen()
    fill_directory(chosen)
    database = open_database(chosen.database_url)
    State(database).create()
    deployments = Deployments(database)
    deployments.create()
    try:
        deployments.make_current(_release(chosen, deployments).id)
    except train.TrainingFailed as error:
        raise SetupFailed(str(error)) from error
    return 0


def _taken(chosen: Settings, parts: Sequence[str]) -> int | None:
    engine, actions = urlsplit(chosen.engine_url), urlsplit(chosen.actions_url)
    places = (
        ("gateway", chosen.host, chosen.port),
        ("editor", chosen.host, chosen.editor_port),
        ("engine", engine.hostname, engine.port),
        ("engine", actions.hostname, actions.port),
    )
    wanted = ((host, port) for part, host, port in places if part in parts and host and port)
    return next((port for host, port in wanted if taken(host, port)), None)


def fill_directory(chosen: Settings) -> None:
    """Bring the database up to date, and seed it if it is empty."""
    from directory.database import engine, upgrade
    from directory.seed import seed

    VAR.mkdir(exist_ok=True)
    with step("directory"):
        database = engine(chosen.database_url)
        upgrade(database)
        seed(database)
        database.dispose()


def programs(chosen: Settings, parts: Sequence[str], logs: Path | None) -> list[Program]:
    """Name the processes besides the engines: the gateway and the desk, where *parts* has them."""
    shared = {
        "PYTHONPATH": str(ROOT),
        **{f"CYSWLLT_{name.upper()}": str(value) for name, value in vars(chosen).items()},
    }
    python = str(WEB / PYTHON)
    door = f"http://{chosen.host}:{chosen.port}/healthz"
    desk = f"http://{chosen.host}:{chosen.editor_port}/editor/healthz"
    both = (
        Program("gateway", [python, "-m", "gateway"], shared, door, logs),
        Program("editor", [python, "-m", "editor", "serve"], shared, desk, logs),
    )
    return [program for program in both if program.name in parts]


def _release(chosen: Settings, deployments: Deployments) -> Release:
    """Return the release to start with: what was published last, else one of the content as it is.

    Where the desk publishes, a start never makes drafts live.
    """
    running = deployments.current()
    if running and deployments.published():
        try:
            release = verify(Path(chosen.releases) / running, chosen.secret)
        except UntrustedRelease as error:
            print(f"  {error}; building a new release instead", flush=True)
        else:
            publish(Path(chosen.releases), release)
            return release
    return train.release(chosen)


async def _run(
    chosen: Settings, deployments: Deployments, parts: Sequence[str], logs: Path | None
) -> int:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    keeper = Keeper(chosen, deployments, logs)
    started = programs(chosen, parts, logs)
    tasks = [asyncio.create_task(keep_alive(program, stopping)) for program in started]
    if "engine" in parts:
        tasks.append(asyncio.create_task(keeper.keep(stopping)))
    if "editor" in parts:
        tasks.append(asyncio.create_task(Publisher(deployments).keep(stopping)))
    try:
        for program in reversed(started):
            with step(program.name):
                await _or_stopped(ready(program), stopping)
        if "engine" in parts:
            with step("engine"):
                await _or_stopped(keeper.first_ready(), stopping)
        if not stopping.is_set():
            _say_where(chosen, parts)
        await stopping.wait()
        print("\n  stopping …", flush=True)
    finally:
        stopping.set()
        await asyncio.gather(*tasks)
    return 0


def _say_where(chosen: Settings, parts: Sequence[str]) -> None:
    if "gateway" in parts:
        print(f"\nCyswllt: http://{chosen.host}:{chosen.port}/   (Ctrl-C stops it)", flush=True)
        print(f"On a charity's page: http://{chosen.host}:{chosen.port}/en/example", flush=True)
    if "editor" in parts:
        print(f"Editors: http://{chosen.host}:{chosen.editor_port}/editor", flush=True)


async def _or_stopped(wanted: Coroutine[Any, Any, None], stopping: asyncio.Event) -> None:
    waiting = {asyncio.create_task(wanted), asyncio.create_task(stopping.wait())}
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    for task in done:
        task.result()
