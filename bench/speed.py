"""`make bench-speed`: latency, throughput, start-up and memory beside vanilla Rasa, in one run.

Vanilla is what `rasa init` makes (DIET, TED, SQLite tracker store, REST channel), trained on the same
questions. Ratios are what count: machines differ and are shared.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import yaml

from bot.examples import examples
from bot.language import Language
from bot.settings import ROOT, VAR
from launcher.setup import ENGINE, PYTHON
from launcher.train import engine_environment

TOPICS = (
    "crisis_self",
    "tell_children",
    "visit_costs",
    "parole",
    "housing",
    "emotional_support",
    "remand",
    "school",
)
"""Topics with a written answer, which both assistants know."""
EACH = 15
"""Examples a topic and language that vanilla is trained on: DIET at full size takes an hour."""
REPORT = ROOT / "docs" / "performance.md"

Ask = Callable[[httpx.AsyncClient, int], Awaitable[None]]


@dataclass
class Measured:
    """What was seen of one assistant."""

    name: str
    start: float
    memory: dict[str, float] = field(default_factory=dict)
    """Resident megabytes by process."""
    single: list[float] = field(default_factory=list)
    """Milliseconds a message, one client, a new conversation each."""
    rate: float = 0.0
    """Messages a second, eight clients."""
    long: tuple[float, float] = (0.0, 0.0)
    """Median milliseconds of messages 3 to 12, and of the last ten, of one long conversation."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--length", type=int, default=150, help="messages in the long conversation")
    options = parser.parse_args()
    folder = VAR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    questions = _questions()
    measured = []
    for name, started in (("vanilla", _vanilla(folder)), ("cyswllt", _ours(folder))):
        with started as (seen, ask_new, ask_same):
            print(f"  {name}: started in {seen.start:.1f} s", flush=True)
            asyncio.run(_measure(seen, ask_new, ask_same, questions, options))
            measured.append(seen)
    report = table(measured, options)
    REPORT.write_text(report)
    print(report)


def _questions() -> list[str]:
    """Return held-back examples of the topics: not those that vanilla is trained on."""
    found = []
    for topic in TOPICS:
        for language in Language:
            said = [e.text for e in examples() if (e.intent, e.language) == (topic, language)]
            found += said[EACH : EACH + 10]
    return found


async def _measure(
    seen: Measured, ask_new: Ask, ask_same: Ask, questions: list[str], options: argparse.Namespace
) -> None:
    async with httpx.AsyncClient(timeout=60) as client:
        for number in range(20):  # warm up
            await ask_new(client, number)
        seen.single = [await _timed(ask_new, client, n) for n in range(options.messages)]
        print(f"  {seen.name}: p50 {statistics.median(seen.single):.1f} ms", flush=True)
        seen.rate = await _throughput(ask_new, client, options.messages)
        print(f"  {seen.name}: {seen.rate:.0f} messages/s with eight clients", flush=True)
        talk = [await _timed(ask_same, client, n) for n in range(options.length)]
        seen.long = (statistics.median(talk[2:12]), statistics.median(talk[-10:]))


async def _timed(ask: Ask, client: httpx.AsyncClient, number: int) -> float:
    start = time.perf_counter()
    await ask(client, number)
    return (time.perf_counter() - start) * 1e3


async def _throughput(ask: Ask, client: httpx.AsyncClient, messages: int) -> float:
    numbers = iter(range(messages))

    async def work() -> None:
        for number in numbers:
            await ask(client, number)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(8)))
    return messages / (time.perf_counter() - start)


@contextmanager
def _vanilla(folder: Path) -> Iterator[tuple[Measured, Ask, Ask]]:
    bot = _vanilla_bot(folder / "vanilla")
    port = _free_port()
    (bot / "endpoints.yml").write_text("tracker_store: {type: SQL, dialect: sqlite, db: rasa.db}\n")
    (bot / "rasa.db").unlink(missing_ok=True)
    command = [
        str(ENGINE / PYTHON),
        "-m",
        "rasa",
        "run",
        "-p",
        str(port),
        "-i",
        "127.0.0.1",
        "--quiet",
    ]
    command += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    questions = _questions()

    async def ask(client: httpx.AsyncClient, sender: str, number: int) -> None:
        body = {"sender": sender, "message": questions[number % len(questions)]}
        answer = await client.post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", json=body)
        assert answer.status_code == 200, answer.text  # it may have nothing to say

    async def ask_new(client: httpx.AsyncClient, number: int) -> None:
        await ask(client, os.urandom(8).hex(), number)

    async def ask_same(client: httpx.AsyncClient, number: int) -> None:
        await ask(client, "long", number)

    with _process(command, bot, f"http://127.0.0.1:{port}/") as (process, start):
        seen = Measured("vanilla", start, {"engine": _megabytes(process.pid)})
        yield seen, ask_new, ask_same
        seen.memory["engine"] = _megabytes(process.pid)


def _vanilla_bot(bot: Path) -> Path:
    """Make and train the bot of `rasa init`, with our questions in place of its own."""
    if list(bot.glob("models/*.tar.gz")):
        return bot
    init = [str(ENGINE / PYTHON), "-m", "rasa", "init", "--no-prompt", "--init-dir", str(bot)]
    bot.mkdir(parents=True, exist_ok=True)
    _call([*init], bot)
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
def _ours(folder: Path) -> Iterator[tuple[Measured, Ask, Ask]]:
    door, engine, actions, desk = (_free_port() for _ in range(4))
    database = folder / "ours.db"
    for path in folder.glob("ours.db*"):
        path.unlink()
    environment = {
        "CYSWLLT_PORT": str(door),
        "CYSWLLT_EDITOR_PORT": str(desk),
        "CYSWLLT_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "CYSWLLT_ACTIONS_URL": f"http://127.0.0.1:{actions}",
        "CYSWLLT_DATABASE_URL": f"sqlite:///{database}",
        "CYSWLLT_RATE_LIMIT": "off",
    }
    command = [sys.executable, "-m", "launcher", "run"]
    base, questions = f"http://127.0.0.1:{door}", _questions()
    open_talks: list[str] = []

    async def ask(client: httpx.AsyncClient, talk: str, number: int) -> None:
        path = f"{base}/api/v1/conversations/{talk}/messages"
        answer = await client.post(path, json={"text": questions[number % len(questions)]})
        assert answer.status_code == 200, answer.text

    async def opened(client: httpx.AsyncClient) -> str:
        answer = await client.post(f"{base}/api/v1/conversations", json={})
        return str(answer.json()["conversation"])

    async def ask_new(client: httpx.AsyncClient, number: int) -> None:
        if not open_talks:  # opening is not part of a message: vanilla has no such step
            open_talks.extend([await opened(client) for _ in range(50)])
        await ask(client, open_talks.pop(), number)

    same: list[str] = []

    async def ask_same(client: httpx.AsyncClient, number: int) -> None:
        if not same:
            same.append(await opened(client))
        await ask(client, same[0], number)

    with _process(command, ROOT, f"{base}/readyz", environment) as (process, start):
        seen = Measured("cyswllt", start)
        yield seen, ask_new, ask_same
        for child in psutil.Process(process.pid).children():
            line = " ".join(child.cmdline())
            part = next((p for p in ("rasa", "actions", "gateway") if f"-m {p}" in line), None)
            if part:
                seen.memory["engine" if part == "rasa" else part] = _megabytes(child.pid)


@contextmanager
def _process(
    command: list[str], folder: Path, url: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    log = (VAR / "bench" / "process.log").open("ab")
    start = time.monotonic()
    env = engine_environment(**(environment or {}))
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        while time.monotonic() - start < 900:
            assert process.poll() is None, f"{command[2:5]} stopped; see {log.name}"
            try:
                if httpx.get(url, timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield process, time.monotonic() - start
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _megabytes(pid: int) -> float:
    process = psutil.Process(pid)
    return sum(p.memory_info().rss for p in (process, *process.children(recursive=True))) / 1e6


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def table(measured: list[Measured], options: argparse.Namespace) -> str:
    """Write the report as Markdown."""
    vanilla, ours = measured
    rows = [
        *(_latency(percent, vanilla, ours) for percent in (50, 95, 99)),
        ("messages/s, eight clients", *(f"{m.rate:.0f}" for m in measured), ours.rate / vanilla.rate),
        (f"message {options.length} of one conversation, p50", *(f"{m.long[1]:.1f} ms" for m in measured), ours.long[1] / vanilla.long[1]),
        ("the same, against messages 3 to 12", *(f"× {m.long[1] / m.long[0]:.2f}" for m in measured), None),
        ("start to first answer", *(f"{m.start:.1f} s" for m in measured), ours.start / vanilla.start),
        ("memory of the engine", *(f"{m.memory['engine']:.0f} MB" for m in measured), ours.memory["engine"] / vanilla.memory["engine"]),
        ("memory of the gateway", "–", f"{ours.memory['gateway']:.0f} MB", None),
        ("memory of the actions", "–", f"{ours.memory['actions']:.0f} MB", None),
    ]  # fmt: skip
    lines = [
        f"| {what} | {a} | {b} | {'–' if r is None else f'{r:.2f}'} |" for what, a, b, r in rows
    ]
    return "\n".join(
        [
            "# Performance",
            "",
            "The search of the directory: [directory.md](directory.md).",
            "",
            f"Made by `make bench-speed` on {os.cpu_count()} cores; {options.messages} messages a figure, in both "
            "languages. Vanilla is Rasa 3.6.21 as `rasa init` makes it (DIET, TED, SQLite tracker store, REST "
            f"channel), trained on {EACH} examples a topic and language of {len(TOPICS)} topics, without a gateway; ours is the whole path, "
            "all topics, through the gateway. Only the ratio of one run means much.",
            "",
            "| what | vanilla | Cyswllt | ratio |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )


def _latency(percent: int, vanilla: Measured, ours: Measured) -> tuple[str, str, str, float]:
    theirs, own = _at(vanilla, percent), _at(ours, percent)
    return f"message, one client: p{percent}", f"{theirs:.1f} ms", f"{own:.1f} ms", own / theirs


def _at(seen: Measured, percent: int) -> float:
    return statistics.quantiles(seen.single, n=100)[percent - 1]


if __name__ == "__main__":
    main()
