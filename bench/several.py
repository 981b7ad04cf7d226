"""Several machines on one: nginx, two gateways, two engines with their action servers, PostgreSQL, Redis.

Each is a real process, started as `deploy/` starts it and brought back when it dies. The machines
with engines differ by their address on loopback.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from sqlalchemy import make_url

from bot.settings import ROOT
from directory.database import engine as open_database
from gateway.deployments import Deployments
from launcher.supervise import Program, free_port, keep_alive, ready
from tests.directory import postgres

ENGINE_HOSTS = ("127.0.0.2", "127.0.0.3")
NGINX = ROOT / "deploy" / "nginx.conf"
Address = tuple[str, int]


@dataclass
class House:
    """The processes by what they are, and where they listen."""

    folder: Path
    tree: Path
    releases: Path
    secret: str
    postgres: Path
    """A folder that the user of PostgreSQL may enter."""
    at: dict[str, Address] = field(default_factory=dict)
    database: str = ""

    @property
    def url(self) -> str:
        """Return where families come in."""
        return self._url("nginx")

    def _url(self, name: str) -> str:
        host, port = self.at[name]
        return f"http://{host}:{port}"

    def environment(self, letter: str) -> dict[str, str]:
        """Return the settings of one machine."""
        known = {name: value for name, value in os.environ.items() if "CYSWLLT" not in name}
        return {
            **known,
            "PYTHONPATH": str(self.tree),
            "CYSWLLT_PORT": str(self.at[f"gateway-{letter}"][1]),
            "CYSWLLT_ENGINE_URL": self._url(f"engine-{letter}"),
            "CYSWLLT_ACTIONS_URL": self._url(f"actions-{letter}"),
            "CYSWLLT_DATABASE_URL": self.database,
            "CYSWLLT_REDIS_URL": f"redis://{':'.join(map(str, self.at['redis']))}",
            "CYSWLLT_RELEASES": str(self.releases),
            "CYSWLLT_SECRET": self.secret,
            "CYSWLLT_ENGINE_TIMEOUT": "8",  # a busy machine is not what is looked at here
        }

    def programs(self) -> list[Program]:
        """Name everything that is kept alive."""
        found = [
            self._program("redis", _redis(self.at["redis"], self.folder), "a"),
            self._program("nginx", _nginx(self), "a", "/healthz"),
        ]
        for letter in ("a", "b"):
            alone = [sys.executable, "-m", "launcher", "run", "--only", "engine"]
            door = [sys.executable, "-m", "gateway"]
            found.append(self._program(f"engine-{letter}", alone, letter))
            found.append(self._program(f"gateway-{letter}", door, letter, "/readyz"))
        return found

    def _program(self, name: str, command: list[str], letter: str, health: str = "/") -> Program:
        return Program(
            name, command, self.environment(letter), self._url(name) + health, self.folder
        )

    # --- what is alive --------------------------------------------------------------------------

    def process(self, name: str) -> psutil.Process | None:
        """Return the process that listens where *name* should; of a launcher, the one that keeps its engine."""
        if name.startswith("launcher"):
            engine = self.process(f"engine-{name[-1]}")
            return engine.parent() if engine else None
        for each in psutil.net_connections("tcp"):
            if each.status == "LISTEN" and each.laddr == self.at[name] and each.pid:
                with suppress(psutil.NoSuchProcess):  # it has just died
                    found = psutil.Process(each.pid)
                    return _topmost(found) if name == "nginx" else found
        return None

    def serves(self, name: str) -> bool:
        """Say whether *name* is back at its work."""
        try:
            if name.startswith("gateway"):
                return httpx.get(f"{self._url(name)}/readyz", timeout=2).status_code == 200
            if name == "nginx":
                return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
            if name.startswith(("engine", "actions")):
                return self._url(f"engine-{name[-1]}") in self._engines()
        except Exception:  # whatever it is, it does not serve
            return False
        return self.process(name) is not None

    def _engines(self) -> list[str]:
        database = open_database(self.database)
        try:
            return [url for urls in Deployments(database).engines().values() for url in urls]
        finally:
            database.dispose()

    def restart_database(self) -> None:
        """Stop PostgreSQL as a power cut would, and start it again."""
        postgres.restart(self.postgres)


@asynccontextmanager
async def running(folder: Path, tree: Path, releases: Path, secret: str) -> AsyncIterator[House]:
    """Start everything, prepare it, and stop it all in the end."""
    lent = tempfile.TemporaryDirectory(prefix="cyswllt-pg-")
    house = House(folder, tree, releases, secret, Path(lent.name))
    for name in ("nginx", "redis", "gateway-a", "gateway-b"):
        house.at[name] = ("127.0.0.1", free_port())
    for host, letter in zip(ENGINE_HOSTS, "ab", strict=True):
        house.at[f"engine-{letter}"] = (host, free_port(host))
        house.at[f"actions-{letter}"] = (host, free_port(host))
    async with AsyncExitStack() as opened:
        house.database = opened.enter_context(postgres.server(Path(opened.enter_context(lent))))
        address = make_url(house.database)
        house.at["postgresql"] = (str(address.host), int(address.port or 0))
        _prepare(house)
        await opened.enter_async_context(_kept_alive(house.programs()))
        yield house


@asynccontextmanager
async def _kept_alive(programs: list[Program]) -> AsyncIterator[None]:
    others = set(psutil.Process().children(recursive=True))  # of whoever calls: not ours to end
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(keep_alive(program, stopping)) for program in programs]
    try:
        await asyncio.gather(*(ready(each, 180) for each in programs if each.name != "redis"))
        yield
    finally:
        below = set(psutil.Process().children(recursive=True)) - others
        stopping.set()
        await asyncio.gather(*tasks)
        for process in below:  # what a machine that was killed left behind
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _prepare(house: House) -> None:
    """Fill the database and build the release, as the one-off job does."""
    with (house.folder / "prepare.log").open("w") as log:
        subprocess.run(
            [sys.executable, "-m", "launcher", "prepare"],
            cwd=house.tree, env=house.environment("a"), stdout=log, stderr=log, check=True,
        )  # fmt: skip


def _redis(at: Address, folder: Path) -> list[str]:
    program = shutil.which("redis-server")
    assert program, "redis-server must be installed"
    host, port = at
    return [program, "--bind", host, "--port", str(port), "--save", "", "--dir", str(folder)]


def _nginx(house: House) -> list[str]:
    """Return how nginx is started with deploy/nginx.conf, its addresses put in."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    assert Path(program).exists(), "nginx must be installed"
    text = NGINX.read_text().replace("/tmp/", f"{house.folder}/")
    text = text.replace("listen 8080", "listen {}:{}".format(*house.at["nginx"]))
    for name in ("gateway-a", "gateway-b"):
        text = re.sub(rf"{name}:8080", "{}:{}".format(*house.at[name]), text)
    path = house.folder / "nginx.conf"
    path.write_text(text)
    return [program, "-c", str(path), "-e", "stderr", "-g", "daemon off;"]


def _topmost(process: psutil.Process) -> psutil.Process:
    """Return nginx's master: a worker holds the socket too."""
    above = process.parent()
    return above if above and above.name() == process.name() else process


# --- what goes wrong ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and what must be seen to work again after it."""

    name: str
    strike: Callable[[House], None]
    watched: str
    kills: bool = True
    """Whether what is watched comes back as another process."""


def _kill(name: str) -> Fault:
    def strike(house: House) -> None:
        process = house.process(name)
        assert process, f"{name} does not run"
        process.kill()

    return Fault(f"{name} killed", strike, name)


def _lose_machine(house: House) -> None:
    """Kill the keeper of the second machine and all it started: the machine is gone."""
    engine = house.process("engine-b")
    assert engine
    keeper = engine.parent()
    assert keeper
    for process in (keeper, *keeper.children(recursive=True)):
        process.kill()


FAULTS = (
    _kill("gateway-a"),
    _kill("actions-a"),
    _kill("engine-a"),
    _kill("gateway-b"),
    Fault("machine of engine-b lost", _lose_machine, "engine-b"),
    _kill("redis"),
    Fault("PostgreSQL restarted", House.restart_database, "gateway-a", kills=False),
    _kill("nginx"),
)
"""Each process in turn."""
