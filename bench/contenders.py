"""What `make bench-speed` measures side by side: vanilla Rasa, our pipeline on it, and Cyswllt.

Vanilla is what `rasa init` makes (DIET, TED, SQLite tracker store, REST channel), trained on the same
questions. Stock is the model of our own release and our action server, served by Rasa as it comes:
its SQL tracker store, its REST channel, its action calls. Cyswllt is the whole path, gateway and all.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import yaml

from bot.examples import examples
from bot.language import Language
from bot.release import current
from bot.settings import ROOT, VAR
from launcher import train
from launcher.setup import ENGINE, PYTHON, WEB
from launcher.train import engine_environment

TOPICS = (
    "find_a_prisoner",
    "number_of_children",
    "release_dates",
    "home_detention_curfew",
    "parole",
    "privacy",
    "about_bot",
    "talk_to_person",
)
"""Topics whose answer is written and asks nothing of the action server."""
EACH = 15
"""Examples a topic and language that vanilla is trained on: DIET at full size takes an hour."""
LOOKED_UP = ("who helps with debts in Llanelli", "pwy sy'n helpu gyda dyledion yn Llanelli")
"""Questions that the directory answers, through an action."""
FOLDER = VAR / "bench"
_PARTS = ("rasa", "actions", "gateway")

Ask = Callable[[httpx.AsyncClient, str, str], Awaitable[None]]
"""Says something in a conversation and waits for the answer."""


@dataclass
class Contender:
    """One assistant that runs, and how to talk to it."""

    name: str
    ask: Ask
    opened: Callable[[httpx.AsyncClient], Awaitable[str]]
    """Makes a new conversation; that is not part of a message: Rasa has no such step."""
    start: float
    """Seconds until it answered."""
    process: psutil.Process
    database: Path
    parse: str | None = None
    """Address that only reads a message, where Rasa's HTTP API is on."""
    looks_up: bool = True

    def processes(self) -> dict[str, psutil.Process]:
        """Return what runs, by what it is."""
        found = {}
        for each in [self.process, *self.process.children(recursive=True)]:
            line = " ".join(each.cmdline())
            part = next((part for part in _PARTS if f"-m {part} " in f"{line} "), None)
            if part:
                found["engine" if part == "rasa" else part] = each
        return found

    def stored(self) -> int:
        """Return the bytes of the database, its journal included."""
        files = self.database.parent.glob(f"{self.database.name}*")
        return sum(path.stat().st_size for path in files)


def questions() -> list[str]:
    """Return examples of the topics in both languages: not those that vanilla is trained on."""
    found = []
    for topic in TOPICS:
        for language in Language:
            said = [e.text for e in examples() if (e.intent, e.language) == (topic, language)]
            found += said[EACH : EACH + 10]
    return found


@contextmanager
def vanilla() -> Iterator[Contender]:
    """Run the bot of `rasa init`, training it first if it is not there."""
    bot = _vanilla_bot(FOLDER / "vanilla")
    (bot / "endpoints.yml").write_text("tracker_store: {type: SQL, dialect: sqlite, db: rasa.db}\n")
    (bot / "rasa.db").unlink(missing_ok=True)
    port = _free_port()
    command = _rasa_run(port, bot / "endpoints.yml", bot / "credentials.yml")
    with _running(command, bot, f"http://127.0.0.1:{port}/") as (process, start):
        yield Contender(
            "vanilla", _by_rest(port), _any_name, start, process, bot / "rasa.db",
            f"http://127.0.0.1:{port}/model/parse", looks_up=False,
        )  # fmt: skip


@contextmanager
def stock() -> Iterator[Contender]:
    """Run the model of our release on Rasa as it comes."""
    place = FOLDER / "stock"
    place.mkdir(parents=True, exist_ok=True)
    (place / "rasa.db").unlink(missing_ok=True)
    door, beside = _free_port(), _free_port()
    endpoints = {
        "action_endpoint": {"url": f"http://127.0.0.1:{beside}/webhook"},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(place / "rasa.db")},
        "nlg": {"type": "bot.nlg.WrittenAnswers"},
    }
    (place / "endpoints.yml").write_text(yaml.safe_dump(endpoints))
    (place / "credentials.yml").write_text("bench.stock_channel.StockRest:\n")
    chosen = train.chosen()
    model = current(Path(chosen.releases), chosen.secret).folder / "model.tar.gz"
    command = _rasa_run(door, place / "endpoints.yml", place / "credentials.yml", str(model))
    actions = [str(WEB / PYTHON), "-m", "actions", "127.0.0.1", str(beside)]
    shared = {
        **{f"CYSWLLT_{name.upper()}": str(value) for name, value in vars(chosen).items()},
        "CYSWLLT_DATABASE_URL": f"sqlite:///{FOLDER / 'ours.db'}",
    }
    with ExitStack() as both:
        both.enter_context(_running(actions, ROOT, f"http://127.0.0.1:{beside}/health", shared))
        process, start = both.enter_context(
            _running(command, ROOT, f"http://127.0.0.1:{door}/", shared)
        )
        yield Contender(
            "stock", _by_rest(door), _any_name, start, process, place / "rasa.db",
            f"http://127.0.0.1:{door}/model/parse",
        )  # fmt: skip


@contextmanager
def cyswllt() -> Iterator[Contender]:
    """Run everything as `make run` does."""
    door, engine, actions, desk = (_free_port() for _ in range(4))
    database = FOLDER / "ours.db"
    for path in FOLDER.glob("ours.db*"):
        path.unlink()
    environment = {
        "CYSWLLT_PORT": str(door),
        "CYSWLLT_EDITOR_PORT": str(desk),
        "CYSWLLT_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "CYSWLLT_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "CYSWLLT_DATABASE_URL": f"sqlite:///{database}",
        "CYSWLLT_RATE_LIMIT": "off",
    }
    base = f"http://127.0.0.1:{door}"

    async def ask(client: httpx.AsyncClient, talk: str, text: str) -> None:
        path = f"{base}/api/v1/conversations/{talk}/messages"
        answer = await client.post(path, json={"text": text})
        assert answer.status_code == 200, answer.text

    async def opened(client: httpx.AsyncClient) -> str:
        answer = await client.post(f"{base}/api/v1/conversations", json={})
        return str(answer.json()["conversation"])

    command = [sys.executable, "-m", "launcher", "run"]
    with _running(command, ROOT, f"{base}/readyz", environment) as (process, start):
        yield Contender("cyswllt", ask, opened, start, process, database)


def _by_rest(port: int) -> Ask:
    async def ask(client: httpx.AsyncClient, talk: str, text: str) -> None:
        said = {"language": "cy", "topic": None, "offered": [], "last": None}
        body = {"sender": talk, "message": text, "metadata": said}
        answer = await client.post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", json=body)
        assert answer.status_code == 200, answer.text  # it may have nothing to say

    return ask


async def _any_name(_client: httpx.AsyncClient) -> str:
    return secrets.token_hex(8)


def _rasa_run(port: int, endpoints: Path, credentials: Path, model: str = "models") -> list[str]:
    return [
        str(ENGINE / PYTHON), "-m", "rasa", "run", "--model", model, "--endpoints", str(endpoints),
        "--credentials", str(credentials), "-i", "127.0.0.1", "-p", str(port), "--quiet", "--enable-api",
    ]  # fmt: skip


def _vanilla_bot(bot: Path) -> Path:
    """Make and train the bot of `rasa init`, with our questions in place of its own."""
    if list(bot.glob("models/*.tar.gz")) and _vanilla_topics(bot) == list(TOPICS):
        return bot
    bot.mkdir(parents=True, exist_ok=True)
    _call([str(ENGINE / PYTHON), "-m", "rasa", "init", "--no-prompt", "--init-dir", str(bot)], bot)
    for model in bot.glob("models/*"):
        model.unlink()
    for name in ("nlu.yml", "stories.yml", "rules.yml"):
        (bot / "data" / name).unlink(missing_ok=True)
    blocks = [
        {"intent": topic, "examples": "".join(f"- {_plain(text)}\n" for text in _some(topic))}
        for topic in TOPICS
    ]
    rules = [{"rule": t, "steps": [{"intent": t}, {"action": f"utter_{t}"}]} for t in TOPICS]
    domain = {
        "version": "3.1",
        "intents": list(TOPICS),
        "responses": {f"utter_{topic}": [{"text": "x" * 400}] for topic in TOPICS},
    }
    dump = {
        "data/nlu.yml": {"nlu": blocks},
        "data/rules.yml": {"rules": rules},
        "domain.yml": domain,
    }
    for name, content in dump.items():
        (bot / name).write_text(yaml.safe_dump({"version": "3.1", **content}, allow_unicode=True))
    print("  training vanilla Rasa (DIET and TED, 100 epochs each) …", flush=True)
    _call([str(ENGINE / PYTHON), "-m", "rasa", "train"], bot)
    return bot


def _vanilla_topics(bot: Path) -> list[str]:
    domain = yaml.safe_load((bot / "domain.yml").read_text())
    return list(domain["intents"])


def _plain(text: str) -> str:
    return text.replace("[", "").replace("]", "")


def _some(topic: str) -> list[str]:
    """Return the examples vanilla is trained on, both languages together."""
    said = list(examples())
    return [
        text
        for language in Language
        for text in [e.text for e in said if (e.intent, e.language) == (topic, language)][:EACH]
    ]


def _call(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=engine_environment(), capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[-3:])} failed:\n{done.stderr[-2000:]}")


@contextmanager
def _running(
    command: list[str], folder: Path, url: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[psutil.Process, float]]:
    """Start a process and end it; lend it and the seconds until *url* answered."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "process.log").open("ab") as log:
        start = time.monotonic()
        env = engine_environment(**(environment or {}))
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
        try:
            while time.monotonic() - start < 900:
                if process.poll() is not None:
                    sys.exit(f"{' '.join(command[1:4])} stopped; {log.name} says why.")
                try:
                    if httpx.get(url, timeout=2).status_code == 200:
                        break
                except httpx.HTTPError:
                    time.sleep(0.2)
            yield psutil.Process(process.pid), time.monotonic() - start
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def megabytes(process: psutil.Process) -> float:
    """Return the resident memory of a process and what it started."""
    each = [process, *process.children(recursive=True)]
    return float(sum(one.memory_info().rss for one in each) / 1e6)


def cores() -> int:
    """Return how many cores there are."""
    return os.cpu_count() or 1
