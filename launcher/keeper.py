"""Keeps the engines of this machine as the database wants them: blue and green side by side."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from sqlalchemy.exc import SQLAlchemyError

from bot.release import UntrustedRelease, verify
from bot.settings import ROOT, VAR, Settings
from gateway.deployments import CURRENT, Deployments
from launcher import train
from launcher.setup import ENGINE, PYTHON, WEB
from launcher.supervise import NeverReady, Program, free_port, keep_alive, ready

EVERY = 1.0
"""Seconds between two looks at what is wanted."""


@dataclass
class Pair:
    """The engine of one release and its action server, which answer together."""

    release: str
    engine: Program
    actions: Program
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    warmed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Return the engine's address."""
        return self.engine.health


class Keeper:
    """Starts and stops engines as the database says, and takes publications on."""

    def __init__(self, chosen: Settings, deployments: Deployments) -> None:
        self._chosen, self._deployments = chosen, deployments
        self._pairs: dict[str, Pair] = {}
        self._job: asyncio.Task[None] | None = None
        self._broken: set[str] = set()
        self._first = True

    async def keep(self, stopping: asyncio.Event) -> None:
        """Do what is wanted until told to stop; a database that is down changes nothing."""
        self._deployments.drop_engines(self._chosen.engine_url.rpartition(":")[0])
        while not stopping.is_set():
            try:
                await self._look()
            except SQLAlchemyError as error:
                print(f"  the database did not answer ({type(error).__name__})", flush=True)
            await asyncio.wait({asyncio.create_task(stopping.wait())}, timeout=EVERY)
        if self._job:
            self._job.cancel()
        await asyncio.gather(*(self._stop(name) for name in list(self._pairs)))

    async def first_ready(self) -> None:
        """Wait until an engine answers."""
        while not any(pair.warmed.is_set() for pair in self._pairs.values()):
            if self._broken:
                raise NeverReady(f"the engine did not start; see {VAR / 'log'}")
            await asyncio.sleep(0.1)

    async def _look(self) -> None:
        wanted = await asyncio.to_thread(self._deployments.roles)
        new = wanted.keys() - self._pairs.keys() - self._broken
        for name in sorted(new, key=lambda name: (wanted[name] != CURRENT, name)):
            self._start(name)
        for name in self._pairs.keys() - wanted.keys():
            await self._stop(name)
        self._broken &= wanted.keys()
        for pair in self._pairs.values():
            seen = (pair.url, pair.release, pair.warmed.is_set())
            await asyncio.to_thread(self._deployments.see_engine, *seen)
        if self._job is None or self._job.done():
            number = await asyncio.to_thread(self._deployments.claim)
            if number is not None:
                self._job = asyncio.create_task(self._publish(number))

    def _start(self, name: str) -> None:
        try:
            release = verify(Path(self._chosen.releases) / name, self._chosen.secret)
        except UntrustedRelease as error:
            print(f"  {error}", flush=True)
            self._broken.add(name)
            return
        pair = self._pair(release.id, release.model)
        self._pairs[name] = pair
        for program in (pair.actions, pair.engine):
            pair.tasks.append(asyncio.create_task(keep_alive(program, pair.stopping)))
        pair.tasks.append(asyncio.create_task(self._warm(pair)))

    def _pair(self, name: str, model: Path) -> Pair:
        """The first pair stands where the settings say, those beside it on free ports."""
        engine, actions = self._chosen.engine_url, self._chosen.actions_url
        if not self._first:
            engine, actions = (_moved(url) for url in (engine, actions))
        self._first = False
        shared = {
            "PYTHONPATH": str(ROOT),
            **{f"CYSWLLT_{key.upper()}": str(value) for key, value in vars(self._chosen).items()},
            "CYSWLLT_RELEASE": name,
            "CYSWLLT_ENGINE_URL": engine,
            "CYSWLLT_ACTIONS_URL": actions,
        }
        at, beside = urlsplit(engine), urlsplit(actions)
        rasa = [
            str(ENGINE / PYTHON), "-m", "rasa", "run", "--model", str(model), "--endpoints", "endpoints.yml",
            "--credentials", "credentials.yml", "-i", at.hostname or "", "-p", str(at.port), "--quiet",
        ]  # fmt: skip
        sdk = [str(WEB / PYTHON), "-m", "actions", beside.hostname or "", str(beside.port)]
        logs = VAR / "log"
        return Pair(
            name,
            Program(
                "engine", rasa, train.engine_environment(**shared), engine, logs / "engine.log"
            ),
            Program("actions", sdk, shared, f"{actions}/health", logs / "actions.log"),
        )

    async def _warm(self, pair: Pair) -> None:
        """Let the engine read a message in each language before anybody waits for it."""
        try:
            await ready(pair.actions)
            await ready(pair.engine)
        except NeverReady as error:
            print(f"  {error}", flush=True)
            self._broken.add(pair.release)
            return
        async with httpx.AsyncClient(base_url=pair.url, timeout=30) as client:
            for language, text in (
                ("cy", "sut mae bwcio ymweliad"),
                ("en", "how do I book a visit"),
            ):
                said = {"text": text, "metadata": {"language": language}}
                await client.post("/webhooks/cyswllt/explain", json=said)
        pair.warmed.set()

    async def _stop(self, name: str) -> None:
        pair = self._pairs.pop(name)
        pair.stopping.set()
        await asyncio.gather(*pair.tasks[:2], return_exceptions=True)
        pair.tasks[-1].cancel()
        try:
            await asyncio.to_thread(self._deployments.drop_engine, pair.url)
        except SQLAlchemyError:
            return  # it is forgotten by its age

    async def _publish(self, number: int) -> None:
        """Publish in a process of its own: whatever happens to it, the engines go on."""
        log = VAR / "log" / "publish.log"
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "launcher", "publish", "--job", str(number),
                cwd=ROOT, stdout=out, stderr=out,
            )  # fmt: skip
        try:
            await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            raise
        await asyncio.to_thread(self._deployments.end, number, "failed", "crashed")


def _moved(url: str) -> str:
    at = urlsplit(url)
    return f"{at.scheme}://{at.hostname}:{free_port(at.hostname or '127.0.0.1')}"
