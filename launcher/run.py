"""`make run`: environments, release, directory, then engine, actions and gateway under one supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.release import Release, UntrustedRelease, publish, verify
from bot.settings import ROOT, VAR, Settings
from directory.database import engine as open_database
from gateway.deployments import Deployments
from launcher import train
from launcher.keeper import Keeper
from launcher.setup import PYTHON, WEB, SetupFailed, step
from launcher.supervise import NeverReady, Program, keep_alive, ready, taken


def run() -> int:
    """Start everything and stay; return the exit status."""
    chosen = train.chosen()
    if port := _taken(chosen):
        raise SetupFailed(
            f"Something already listens on port {port}. Stop it, or choose another with "
            "CYSWLLT_PORT, CYSWLLT_EDITOR_PORT, CYSWLLT_ENGINE_URL or CYSWLLT_ACTIONS_URL."
        )
    fill_directory(chosen)
    deployments = Deployments(open_database(chosen.database_url))
    deployments.create()
    try:
        deployments.make_current(_release(chosen, deployments).id)
    except train.TrainingFailed as error:
        raise SetupFailed(str(error)) from error
    try:
        return asyncio.run(_run(chosen, deployments))
    except NeverReady as error:
        print(error, file=sys.stderr)
        return 1


def _taken(chosen: Settings) -> int | None:
    engine, actions = urlsplit(chosen.engine_url), urlsplit(chosen.actions_url)
    places = (
        (chosen.host, chosen.port),
        (chosen.host, chosen.editor_port),
        (engine.hostname, engine.port),
        (actions.hostname, actions.port),
    )
    return next((port for host, port in places if host and port and taken(host, port)), None)


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


def programs(chosen: Settings) -> list[Program]:
    """Name the processes besides the engines: the gateway and the desk."""
    shared = {
        "PYTHONPATH": str(ROOT),
        **{f"CYSWLLT_{name.upper()}": str(value) for name, value in vars(chosen).items()},
    }
    python = str(WEB / PYTHON)
    door = f"http://{chosen.host}:{chosen.port}/healthz"
    desk = f"http://{chosen.host}:{chosen.editor_port}/editor/healthz"
    logs = VAR / "log"
    return [
        Program("gateway", [python, "-m", "gateway"], shared, door, logs / "gateway.log"),
        Program("editor", [python, "-m", "editor", "serve"], shared, desk, logs / "editor.log"),
    ]


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


async def _run(chosen: Settings, deployments: Deployments) -> int:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    keeper = Keeper(chosen, deployments)
    started = programs(chosen)
    tasks = [asyncio.create_task(keep_alive(program, stopping)) for program in started]
    tasks.append(asyncio.create_task(keeper.keep(stopping)))
    try:
        for program in reversed(started):
            with step(program.name):
                await _or_stopped(ready(program), stopping)
        with step("engine"):
            await _or_stopped(keeper.first_ready(), stopping)
        if not stopping.is_set():
            print(f"\nCyswllt: http://{chosen.host}:{chosen.port}/   (Ctrl-C stops it)", flush=True)
            print(f"On a charity's page: http://{chosen.host}:{chosen.port}/en/example", flush=True)
            print(f"Editors: http://{chosen.host}:{chosen.editor_port}/editor", flush=True)
        await stopping.wait()
        print("\n  stopping …", flush=True)
    finally:
        stopping.set()
        await asyncio.gather(*tasks)
    return 0


async def _or_stopped(wanted: Coroutine[Any, Any, None], stopping: asyncio.Event) -> None:
    waiting = {asyncio.create_task(wanted), asyncio.create_task(stopping.wait())}
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    for task in done:
        task.result()
