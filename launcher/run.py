"""`make run`: environments, release, directory, then engine, actions and gateway under one supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from urllib.parse import urlsplit

from bot.release import Release
from bot.settings import ROOT, VAR, Settings
from launcher import train
from launcher.setup import ENGINE, PYTHON, WEB, SetupFailed, step
from launcher.supervise import NeverReady, Program, keep_alive, ready, taken


def run() -> int:
    """Start everything and stay; return the exit status."""
    chosen = train.chosen()
    if port := _taken(chosen):
        raise SetupFailed(
            f"Something already listens on port {port}. Stop it, or choose another with "
            "CYSWLLT_PORT, CYSWLLT_EDITOR_PORT, CYSWLLT_ENGINE_URL or CYSWLLT_ACTIONS_URL."
        )
    try:
        release = train.release(chosen)
    except train.TrainingFailed as error:
        raise SetupFailed(str(error)) from error
    fill_directory(chosen)
    try:
        return asyncio.run(_run(chosen, release))
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


def programs(chosen: Settings, release: Release) -> list[Program]:
    """Name the processes of the assistant, the slowest to start first."""
    shared = {
        "PYTHONPATH": str(ROOT),
        **{f"CYSWLLT_{name.upper()}": str(value) for name, value in vars(chosen).items()},
    }
    engine, actions = urlsplit(chosen.engine_url), urlsplit(chosen.actions_url)
    rasa = [
        str(ENGINE / PYTHON), "-m", "rasa", "run", "--model", str(release.model), "--endpoints", "endpoints.yml",
        "--credentials", "credentials.yml", "-i", engine.hostname or "", "-p", str(engine.port), "--quiet",
    ]  # fmt: skip
    sdk = [str(WEB / PYTHON), "-m", "actions", actions.hostname or "", str(actions.port)]
    door = [str(WEB / PYTHON), "-m", "gateway"]
    desk = [str(WEB / PYTHON), "-m", "editor", "serve"]
    logs = VAR / "log"
    return [
        Program(
            "engine",
            rasa,
            train.engine_environment(**shared),
            chosen.engine_url,
            logs / "engine.log",
        ),
        Program("actions", sdk, shared, f"{chosen.actions_url}/health", logs / "actions.log"),
        Program(
            "gateway",
            door,
            shared,
            f"http://{chosen.host}:{chosen.port}/healthz",
            logs / "gateway.log",
        ),
        Program(
            "editor",
            desk,
            shared,
            f"http://{chosen.host}:{chosen.editor_port}/editor/healthz",
            logs / "editor.log",
        ),
    ]


async def _run(chosen: Settings, release: Release) -> int:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    started = programs(chosen, release)
    tasks = [asyncio.create_task(keep_alive(program, stopping)) for program in started]
    try:
        for program in reversed(started):
            with step(program.name):
                await _ready_or_stopped(program, stopping)
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


async def _ready_or_stopped(program: Program, stopping: asyncio.Event) -> None:
    waiting = {asyncio.create_task(ready(program)), asyncio.create_task(stopping.wait())}
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    for task in done:
        task.result()
