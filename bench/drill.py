"""Each process is killed in turn under steady load: what people notice, and how long until all is well."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.load import Load, Sent
from bench.several import Fault, House

BACK_WITHIN = 90.0
"""Seconds in which a process must be back."""
STEADY = 2.0
"""Seconds of ordinary load between two faults."""


@dataclass(frozen=True)
class Seen:
    """What one fault did."""

    fault: str
    began: float
    back: float
    """Seconds until the process did its work again."""
    sent: tuple[Sent, ...]
    """The messages sent from the fault until then."""

    @property
    def again(self) -> int:
        """Count the messages that had to be sent more than once."""
        return sum(each.tries > 1 for each in self.sent)

    @property
    def degraded(self) -> int:
        """Count the answers that came without the engine."""
        return sum(each.degraded for each in self.sent)

    @property
    def slowest(self) -> float:
        """Return the longest that anybody waited, in seconds."""
        return max((each.took for each in self.sent), default=0.0)


async def drill(house: House, load: Load, faults: Sequence[Fault]) -> list[Seen]:
    """Let each fault happen and wait until it is over; AssertionError where one never is."""
    marks = []
    for fault in faults:
        await asyncio.sleep(STEADY)
        before, began = house.process(fault.watched), load.clock()
        await asyncio.to_thread(fault.strike, house)
        back = await _back(house, fault, before.pid if before else None)
        marks.append((fault, began, back))
        print(f"  {fault.name}: back after {back:.1f} s", flush=True)
    await asyncio.sleep(STEADY)
    return [
        Seen(fault.name, began, back, _between(load.sent, began, began + back + STEADY))
        for fault, began, back in marks
    ]


async def _back(house: House, fault: Fault, before: int | None) -> float:
    started = time.monotonic()
    while time.monotonic() - started < BACK_WITHIN:
        now = await asyncio.to_thread(house.process, fault.watched)
        new = now is not None and (now.pid != before or not fault.kills)
        if new and await asyncio.to_thread(house.serves, fault.watched):
            return time.monotonic() - started
        await asyncio.sleep(0.2)
    raise AssertionError(f"{fault.name}: not back within {BACK_WITHIN:.0f} s")


def _between(sent: Sequence[Sent], begin: float, end: float) -> tuple[Sent, ...]:
    # Those under way when it happened count too.
    return tuple(each for each in sent if each.at + each.took >= begin and each.at <= end)


def percentile(sent: Sequence[Sent], percent: int) -> float:
    """Return how long that share of messages took at most, in milliseconds."""
    return statistics.quantiles([each.took * 1e3 for each in sent], n=100)[percent - 1]


def table(seen: Sequence[Seen]) -> list[str]:
    """Write what the faults did as rows of Markdown."""
    head = [
        "| what happened | back after | messages meanwhile | sent again | without the engine | longest wait |",
        "|---|---|---|---|---|---|",
    ]
    return head + [
        f"| {each.fault} | {each.back:.1f} s | {len(each.sent)} | {each.again} | {each.degraded} "
        f"| {each.slowest:.1f} s |"
        for each in seen
    ]
