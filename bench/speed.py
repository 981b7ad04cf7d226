"""`make bench-speed`: latency, throughput, start-up, memory and cost of a message, three assistants in one run.

Who they are: `bench.contenders`. Ratios are what count: machines differ and are shared. What a figure
has in brackets is the lowest and the highest of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from bench.contenders import (
    EACH,
    LOOKED_UP,
    TOPICS,
    Contender,
    cores,
    cyswllt,
    megabytes,
    questions,
    stock,
    vanilla,
)
from bot.settings import ROOT
from launcher.train import chosen, release

REPORT, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.svg"
CLIENTS = (1, 2, 4, 8, 16)
"""People who ask at once, each as soon as the last answer came."""
AT_ONCE = 8
"""Those of the table."""
EARLY, LATE = slice(2, 12), -10
"""Messages of a long conversation that are compared: the third to the twelfth, and the last ten."""


@dataclass
class Measured:
    """What was seen of one assistant; times in milliseconds."""

    name: str
    start: float
    rounds: list[list[float]] = field(default_factory=list)
    """Of each round: every message of one client, a new conversation each."""
    lookups: list[float] = field(default_factory=list)
    parse: float = 0.0
    """Median of reading a message, nothing else."""
    load: dict[int, tuple[float, float]] = field(default_factory=dict)
    """By clients at once: messages a second, and the 95th percentile."""
    talk: list[float] = field(default_factory=list)
    """Every message of one long conversation."""
    memory: dict[str, float] = field(default_factory=dict)
    """Resident megabytes by process."""
    cpu: dict[str, float] = field(default_factory=dict)
    """Processor time a message, by process."""
    stored: float = 0.0
    """Bytes of the database a message."""

    def at(self, percent: int) -> tuple[float, float, float]:
        """Return a percentile: the median of the rounds, the lowest and the highest."""
        each = sorted(_percentile(one, percent) for one in self.rounds)
        return statistics.median(each), each[0], each[-1]

    @property
    def served(self) -> float:
        """Return messages a second with `AT_ONCE` clients."""
        return self.load[AT_ONCE][0]

    @property
    def growth(self) -> float:
        """Return how much slower the end of a long conversation is than its beginning."""
        return statistics.median(self.talk[LATE:]) / statistics.median(self.talk[EARLY])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200, help="a round and number of clients")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--length", type=int, default=300, help="messages in the long conversation")
    options = parser.parse_args()
    release(chosen())  # not part of any start
    seen = []
    for started in (vanilla, cyswllt, stock):  # stock searches the directory that Cyswllt filled
        with started() as contender:
            print(f"{contender.name}: started in {contender.start:.1f} s", flush=True)
            seen.append(asyncio.run(_measure(contender, options)))
    theirs, ours, between = seen
    plot([theirs, between, ours])
    report = table(theirs, between, ours, options)
    REPORT.write_text(report)
    print(report)


async def _measure(contender: Contender, options: argparse.Namespace) -> Measured:
    seen, said = Measured(contender.name, contender.start), questions()
    async with httpx.AsyncClient(timeout=120) as client:
        await _one_by_one(contender, client, said[:20])  # warm up
        for number in range(options.rounds):
            asked = [said[at % len(said)] for at in range(options.messages)]
            seen.rounds.append(await _one_by_one(contender, client, asked))
            print(f"  round {number + 1}: p50 {seen.at(50)[0]:.1f} ms", flush=True)
        if contender.looks_up:
            seen.lookups = await _one_by_one(contender, client, LOOKED_UP * 40)
        if contender.parse:
            seen.parse = statistics.median(await _parsed(contender.parse, client, said))
        for clients in CLIENTS:
            seen.load[clients] = await _loaded(contender, client, said, clients, options.messages)
            print(f"  {clients} at once: {seen.load[clients][0]:.0f} messages/s", flush=True)
        await _costs(contender, client, said, options.messages, seen)
        seen.talk = await _long(contender, client, said, options.length)
    seen.memory = {name: megabytes(each) for name, each in contender.processes().items()}
    return seen


async def _one_by_one(
    contender: Contender, client: httpx.AsyncClient, said: Sequence[str]
) -> list[float]:
    talks = [await contender.opened(client) for _ in said]
    return [await _timed(contender, client, *each) for each in zip(talks, said, strict=True)]


async def _timed(contender: Contender, client: httpx.AsyncClient, talk: str, text: str) -> float:
    start = time.perf_counter()
    await contender.ask(client, talk, text)
    return (time.perf_counter() - start) * 1e3


async def _parsed(url: str, client: httpx.AsyncClient, said: Sequence[str]) -> list[float]:
    taken = []
    for text in said:
        start = time.perf_counter()
        (await client.post(url, json={"text": text})).raise_for_status()
        taken.append((time.perf_counter() - start) * 1e3)
    return taken


async def _loaded(
    contender: Contender,
    client: httpx.AsyncClient,
    said: Sequence[str],
    clients: int,
    messages: int,
) -> tuple[float, float]:
    talks = [await contender.opened(client) for _ in range(messages)]
    waiting = iter(enumerate(talks))
    taken: list[float] = []

    async def work() -> None:
        for number, talk in waiting:
            taken.append(await _timed(contender, client, talk, said[number % len(said)]))

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(clients)))
    return messages / (time.perf_counter() - start), _percentile(taken, 95)


async def _costs(
    contender: Contender,
    client: httpx.AsyncClient,
    said: Sequence[str],
    messages: int,
    seen: Measured,
) -> None:
    """Measure what messages cost: processor time by process, and room in the database."""
    talks = [await contender.opened(client) for _ in range(messages)]
    processes, stored = contender.processes(), contender.stored()
    before = {name: sum(each.cpu_times()[:2]) for name, each in processes.items()}
    for number, talk in enumerate(talks):
        await contender.ask(client, talk, said[number % len(said)])
    for name, each in processes.items():
        seen.cpu[name] = (sum(each.cpu_times()[:2]) - before[name]) * 1e3 / messages
    seen.stored = (contender.stored() - stored) / messages


async def _long(
    contender: Contender, client: httpx.AsyncClient, said: Sequence[str], length: int
) -> list[float]:
    talk = await contender.opened(client)
    return [
        await _timed(contender, client, talk, said[number % len(said)]) for number in range(length)
    ]


def _percentile(taken: Sequence[float], percent: int) -> float:
    return statistics.quantiles(taken, n=100, method="inclusive")[percent - 1]


def table(theirs: Measured, between: Measured, ours: Measured, options: argparse.Namespace) -> str:
    """Write the report as Markdown."""
    three = (theirs, between, ours)
    bare = [1e3 / seen.served - between.parse for seen in (between, ours)]
    looked = [statistics.median(seen.lookups) / seen.at(50)[0] for seen in (between, ours)]
    rows = [
        *(_latency(percent, three) for percent in (50, 95, 99)),
        ("messages/s, eight clients", *(f"{seen.served:.0f}" for seen in three), _times(ours.served, between.served), _times(ours.served, theirs.served)),
        ("the same, reading left out: ms a message", "–", *(f"{ms:.1f}" for ms in bare), _times(*bare), "–"),
        ("reading a message, p50", f"{theirs.parse:.1f} ms", f"{between.parse:.1f} ms", "the same", "–", "–"),
        (f"message {options.length} of one conversation, p50", *(f"{statistics.median(seen.talk[LATE:]):.1f} ms" for seen in three), *_against(ours, three, lambda seen: statistics.median(seen.talk[LATE:]))),
        ("the same, against messages 3 to 12", *(f"× {seen.growth:.2f}" for seen in three), "–", "–"),
        ("answer from the directory, against a written one", "–", *(f"× {times:.2f}" for times in looked), "–", "–"),
        ("start to first answer", *(f"{seen.start:.1f} s" for seen in three), *_against(ours, three, lambda seen: seen.start)),
        *(_each(f"memory of the {part}", part, three, "memory", "MB") for part in ("engine", "gateway", "actions")),
        *(_each(f"processor time a message, {part}", part, three, "cpu", "ms") for part in ("engine", "gateway", "actions")),
        ("stored a message", *(f"{seen.stored:,.0f} bytes" for seen in three), *_against(ours, three, lambda seen: max(seen.stored, 1))),
    ]  # fmt: skip
    return "\n".join(
        [
            "# Performance",
            "",
            "The search of the directory: [directory.md](directory.md). Half an hour of steady load: [soak.md](soak.md). "
            "What to run for how many people: [scaling.md](scaling.md).",
            "",
            f"Made by `make bench-speed` on {cores()} cores; {options.rounds} rounds of {options.messages} messages, in both "
            "languages; in brackets the lowest and the highest round. The people who ask run on the same cores.",
            "",
            f"- *Vanilla*: Rasa 3.6.21 as `rasa init` makes it (DIET, TED, SQLite tracker store, REST channel), trained on {EACH} "
            f"examples a topic and language of {len(TOPICS)} topics.",
            "- *Stock*: the model of our own release and our action server on Rasa as it comes: its SQL tracker store on SQLite, "
            "its REST channel, its action calls. No gateway.",
            "- *Cyswllt*: the whole path, through the gateway.",
            "",
            "| what | vanilla | stock | Cyswllt | against stock | against vanilla |",
            "|---|---|---|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            "![Latency by percentile, along a conversation, and under load](performance.svg)",
            "",
            "Two engines are not measured against one here: on two cores they would share the one that the people who ask "
            "leave them.",
            "",
        ]
    )


def _times(own: float, other: float) -> str:
    return f"{own / other:.2f}"


def _latency(percent: int, three: Sequence[Measured]) -> tuple[str, ...]:
    each = [seen.at(percent) for seen in three]
    shown = [f"{middle:.1f} ms ({low:.1f}–{high:.1f})" for middle, low, high in each]
    own = each[-1][0]
    ratios = (_times(own, each[1][0]), _times(own, each[0][0]))
    return (f"message, one client: p{percent}", *shown, *ratios)


def _against(ours: Measured, three: Sequence[Measured], figure: object) -> tuple[str, str]:
    assert callable(figure)
    return _times(figure(ours), figure(three[1])), _times(figure(ours), figure(three[0]))


def _each(what: str, part: str, three: Sequence[Measured], kind: str, unit: str) -> tuple[str, ...]:
    """Write a row about one process, which not every assistant has."""
    figures = [getattr(seen, kind).get(part) for seen in three]
    shown = ["–" if figure is None else f"{figure:.1f} {unit}" for figure in figures]
    own = figures[-1]
    ratios = ["–" if other is None else _times(own, other) for other in (figures[1], figures[0])]
    return (what, *shown, *ratios)


def plot(three: Sequence[Measured]) -> None:
    """Draw latency by percentile, along one conversation, and under load."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "speed", "svg.fonttype": "none"})
    from matplotlib import pyplot

    figure, (first, second, third) = pyplot.subplots(3, 1, figsize=(8, 11), layout="tight")
    percents = list(range(1, 100))
    for seen in three:
        first.plot(percents, [seen.at(percent)[0] for percent in percents], label=seen.name)
        second.plot(range(1, len(seen.talk) + 1), seen.talk, label=seen.name, linewidth=0.8)
        rates = [seen.load[clients][0] for clients in CLIENTS]
        third.plot(rates, [seen.load[clients][1] for clients in CLIENTS], "o-", label=seen.name)
    first.set(xlabel="percentile, one client", ylabel="ms a message", ylim=(0, None))
    second.set(xlabel="message of one conversation", ylabel="ms a message", yscale="log")
    third.set(
        xlabel=f"messages a second, {CLIENTS[0]} to {CLIENTS[-1]} clients",
        ylabel="p95, ms",
        ylim=(0, None),
    )
    for each in (first, second, third):
        each.legend()
    figure.savefig(PLOT, metadata={"Date": None})


if __name__ == "__main__":
    main()
