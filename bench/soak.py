"""`make bench-soak`: steady load on two of everything: memory over time, latency, errors.

What was seen is kept in var/bench/soak.json; `--report` writes the page from it anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from bench.load import Load, Sent
from bench.several import House, running
from bot.settings import ROOT, VAR
from launcher import train

EVERY = 10.0
"""Seconds between two looks at the memory."""
SEEN = VAR / "bench" / "soak.json"
REPORT, PLOT = ROOT / "docs" / "soak.md", ROOT / "docs" / "soak.svg"
WATCHED = (
    "gateway-a",
    "gateway-b",
    "engine-a",
    "engine-b",
    "actions-a",
    "actions-b",
    "nginx",
    "redis",
    "postgresql",
    "launcher-a",
    "launcher-b",
)
ALONE = ("launcher-a", "launcher-b")
"""Processes whose children have rows of their own."""
Memory = dict[str, list[tuple[float, float]]]
"""Minutes and megabytes by process."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=10, help="messages a second")
    parser.add_argument("--report", action="store_true", help="only write the page")
    options = parser.parse_args()
    if not options.report:
        SEEN.parent.mkdir(parents=True, exist_ok=True)
        SEEN.write_text(json.dumps(asyncio.run(_soak(options.minutes, options.rate))))
    seen = json.loads(SEEN.read_text())
    REPORT.write_text("\n".join(page(seen)))
    plot(seen)


async def _soak(minutes: float, rate: float) -> dict[str, Any]:
    chosen = train.chosen()
    with tempfile.TemporaryDirectory(prefix="cyswllt-soak-") as folder:
        async with running(Path(folder), ROOT, Path(chosen.releases), chosen.secret) as house:
            load, stopping = Load(house.url, rate, talks=64), asyncio.Event()
            talking = asyncio.create_task(load.run(stopping))
            memory, cpu = await _watch(house, load, minutes)
            stopping.set()
            await talking
    busy = round(os.getloadavg()[2], 1)
    told = _told(load.sent)
    each = {name: round(seconds * 1e3 / told["messages"], 2) for name, seconds in cpu.items()}
    return {"minutes": minutes, "rate": rate, "busy": busy, "memory": memory, "cpu": each, **told}


async def _watch(house: House, load: Load, minutes: float) -> tuple[Memory, dict[str, float]]:
    """Look at every process until the time is up; return its memory, and the seconds it computed."""
    seen: Memory = {name: [] for name in WATCHED}
    found = {name: house.process(name) for name in WATCHED}
    before = _computed(found)
    while load.clock() < minutes * 60 or not load.sent:
        await asyncio.sleep(EVERY)
        for name, process in found.items():
            if process and process.is_running():
                seen[name].append((round(load.clock() / 60, 2), _megabytes(name, process)))
    after = _computed(found)
    return seen, {name: after[name] - before[name] for name in after}


def _computed(found: dict[str, psutil.Process | None]) -> dict[str, float]:
    """Return the processor time of each process that lives, in seconds."""
    return {
        name: float(
            sum(each.cpu_times().user + each.cpu_times().system for each in _family(name, one))
        )
        for name, one in found.items()
        if one and one.is_running()
    }


def _family(name: str, process: psutil.Process) -> list[psutil.Process]:
    """Return a process with those it started, which do its work."""
    return [process, *([] if name in ALONE else process.children(recursive=True))]


def _megabytes(name: str, process: psutil.Process) -> float:
    return round(sum(each.memory_info().rss for each in _family(name, process)) / 1e6, 1)


def _told(sent: Sequence[Sent]) -> dict[str, Any]:
    """Return what became of the messages, minute by minute."""
    by_minute: dict[int, list[float]] = {}
    for each in sent:
        by_minute.setdefault(int(each.at // 60), []).append(each.took * 1e3)
    return {
        "messages": len(sent),
        "lost": sum(each.lost for each in sent),
        "again": sum(each.tries > 1 for each in sent),
        "degraded": sum(each.degraded for each in sent),
        "refused": Counter(why for each in sent for why in each.refused),
        "latency": {minute: _percentiles(took) for minute, took in sorted(by_minute.items())},
        "all": _percentiles([each.took * 1e3 for each in sent]),
    }


def _percentiles(milliseconds: list[float]) -> list[float]:
    """Return p50, p95 and p99."""
    cuts = statistics.quantiles([*milliseconds, milliseconds[-1]], n=100)
    return [round(cuts[at - 1], 1) for at in (50, 95, 99)]


def page(seen: dict[str, Any]) -> list[str]:
    """Write the report as Markdown."""
    p50, p95, p99 = seen["all"]
    return [
        "# Soak",
        "",
        f"Made by `make bench-soak`: {seen['minutes']:.0f} minutes of {seen['rate']:.0f} messages a second in both "
        "languages through nginx, two gateways, two engines with their action servers, PostgreSQL and Redis, all "
        f"on one machine of {os.cpu_count()} cores together with the people who ask. The machine was shared: its "
        f"mean load over the last quarter of an hour was {seen['busy']}. Every fifth message asks the directory.",
        "",
        "| messages | lost | sent again | without the engine | p50 | p95 | p99 |",
        "|---|---|---|---|---|---|---|",
        f"| {seen['messages']} | {seen['lost']} | {seen['again']} | {seen['degraded']} | {p50:.0f} ms | {p95:.0f} ms "
        f"| {p99:.0f} ms |",
        "",
        "![Memory of each process and latency over time](soak.svg)",
        "",
        "| process | after 2 minutes | half-way | at the end | growth an hour, second half | processor, a message |",
        "|---|---|---|---|---|---|",
        *(
            _row(name, points, seen["cpu"][name])
            for name, points in seen["memory"].items()
            if points and name in seen["cpu"]
        ),
        "",
        "A message passes one of each pair: its cost is both rows together. Of PostgreSQL shared memory is counted once for "
        "each connection. A process that was started anew in between has no row.",
        "",
        f"What tries that failed got: {seen['refused'] or 'none failed'}.",
        "",
    ]


def _row(name: str, points: list[tuple[float, float]], cpu: float) -> str:
    early = next((size for minute, size in points if minute >= 2), points[-1][1])
    middle, end = points[len(points) // 2][1], points[-1][1]
    slope = statistics.linear_regression(*zip(*points[len(points) // 2 :], strict=True)).slope
    return f"| {name} | {early:.0f} MB | {middle:.0f} MB | {end:.0f} MB | {slope * 60:+.1f} MB | {cpu:.1f} ms |"


def plot(seen: dict[str, Any]) -> None:
    """Draw memory and latency over time."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "soak", "svg.fonttype": "none"})
    from matplotlib import pyplot

    figure, (above, below) = pyplot.subplots(2, 1, figsize=(8, 7), sharex=True, layout="tight")
    for name, points in seen["memory"].items():
        if points:
            above.plot(*zip(*points, strict=True), label=name)
    above.set(ylabel="memory, MB", yscale="log")
    above.legend(ncols=4, fontsize="small")
    minutes = [int(minute) for minute in seen["latency"]]
    for at, name in enumerate(("p50", "p95", "p99")):
        below.plot(minutes, [values[at] for values in seen["latency"].values()], label=name)
    below.set(ylabel="milliseconds a message", xlabel="minutes", ylim=(0, None))
    below.legend()
    figure.savefig(PLOT, metadata={"Date": None})


if __name__ == "__main__":
    main()
