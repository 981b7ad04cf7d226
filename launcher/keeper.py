"""Keeps the engines of this machine as the database wants them: blue and green side by side."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
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
LET_GO = 1.5
"""Seconds between saying that an engine goes and stopping it: gateways look once a second."""
MOST_MISSED = 3
"""Looks in a row that an engine may leave without an answer before it is taken for hung."""
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A message is short: a second thread only waits for the first, and costs as much as it."""


@dataclass
class Pair:
    """The engine of one release and its action server, which answer together."""

    release: str
    engine: Program
    actions: Program
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    warming: asyncio.Task[None] | None = None
    warmed: asyncio.Event = field(default_factory=asyncio.Event)
    missed: int = 0
    """Looks in a row at which the engine or its actions did not answer."""

    @property
    def url(self) -> str:
        """Return the engine's address."""
        return self.engine.health


async def every_second(look: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
    """Look again and again until told to stop; a database that is down changes nothing."""
    while not stopping.is_set():
        try:
            await look()
        except SQLAlchemyError as error:
            print(f"  the database did not answer ({type(error).__name__})", flush=True)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stopping.wait(), EVERY)


class Keeper:
    """Starts and stops engines as the database says."""

    def __init__(self, chosen: Settings, deployments: Deployments, logs: Path | None) -> None:
        self._chosen, self._deployments, self._logs = chosen, deployments, logs
        self._pairs: dict[str, Pair] = {}
        self._http = httpx.AsyncClient(timeout=2.0)
        self._broken: set[str] = set()
        self._first = True

    async def keep(self, stopping: asyncio.Event) -> None:
        """Do what is wanted until told to stop."""
        with suppress(SQLAlchemyError):  # those that are not there any more are forgotten by age
            self._deployments.drop_engines(self._chosen.engine_url.rpartition(":")[0])
        await every_second(self._look, stopping)
        await asyncio.gather(*(self._stop(name) for name in list(self._pairs)))
        await self._http.aclose()

    async def first_ready(self) -> None:
        """Wait until an engine answers."""
        while not any(pair.warmed.is_set() for pair in self._pairs.values()):
            if self._broken:
                raise NeverReady(f"the engine did not start; see {self._logs or 'above'}")
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
            await self._examine(pair)
            seen = (pair.url, pair.release, pair.warmed.is_set())
            await asyncio.to_thread(self._deployments.see_engine, *seen)
        self._give_a_sign()

    async def _examine(self, pair: Pair) -> None:
        """Find out whether a pair still answers; one that does not is warmed again when it is back."""
        if pair.warming and not pair.warming.done():
            return
        pair.missed += await self._misses(pair)
        if not pair.warmed.is_set() or pair.missed >= MOST_MISSED:
            pair.warmed.clear()
            pair.warming = asyncio.create_task(self._warm(pair))

    async def _misses(self, pair: Pair) -> int:
        """Weigh a look that found no answer: a process that is gone is not waited for."""
        try:
            for program in (pair.engine, pair.actions):
                await self._http.get(program.health)
        except httpx.ConnectError:
            return MOST_MISSED
        except httpx.HTTPError:
            return 1
        return -pair.missed

    def _give_a_sign(self) -> None:
        """Touch the files that a container's probes look at."""
        (VAR / "alive").touch()
        if any(pair.warmed.is_set() for pair in self._pairs.values()):
            (VAR / "ready").touch()

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
        pair.warming = asyncio.create_task(self._warm(pair))

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
        told = train.engine_environment(**shared, **_ONE_THREAD)
        return Pair(
            name,
            Program("engine", rasa, told, engine, self._logs),
            Program("actions", sdk, shared, f"{actions}/health", self._logs),
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
        pair.missed = 0
        pair.warmed.set()

    async def _stop(self, name: str) -> None:
        """Say that an engine goes, let what it answers end, then stop it."""
        pair = self._pairs.pop(name)
        if pair.warming:
            pair.warming.cancel()
        with suppress(SQLAlchemyError):  # it is forgotten by its age
            await asyncio.to_thread(self._deployments.drop_engine, pair.url)
            await asyncio.sleep(LET_GO)
        pair.stopping.set()
        await asyncio.gather(*pair.tasks, return_exceptions=True)


class Publisher:
    """Takes on the publications that the desk asks for: it needs the sources and their history."""

    def __init__(self, deployments: Deployments) -> None:
        self._deployments = deployments
        self._job: asyncio.Task[None] | None = None

    async def keep(self, stopping: asyncio.Event) -> None:
        """Take on what waits, one at a time, until told to stop."""
        await every_second(self._look, stopping)
        if self._job:
            self._job.cancel()

    async def _look(self) -> None:
        if self._job and not self._job.done():
            return
        number = await asyncio.to_thread(self._deployments.claim)
        if number is not None:
            self._job = asyncio.create_task(self._publish(number))

    async def _publish(self, number: int) -> None:
        """Publish in a process of its own: whatever happens to it, the engines go on."""
        log = VAR / "log" / "publish.log"
        log.parent.mkdir(parents=True, exist_ok=True)
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
