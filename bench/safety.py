"""`make bench-safety`: how many cries for help are heard, and how often the alarm is false.

The messages of `tests/gateway/crisis/` were written before the patterns and apart from them. Each is tried
twice: by the gateway's own check, which needs nothing else, and on the whole assistant, where the engine is
a second net. The table goes to docs/safety.md.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from bench.assistant import running
from bot.catalogue.load import read
from bot.settings import ROOT
from gateway.crisis import Watch

EXAM = ROOT / "tests" / "gateway" / "crisis"
REPORT = ROOT / "docs" / "safety.md"
KINDS = ("crisis_self", "crisis_child", "domestic_abuse", "emergency")
WORRY = "worried_about_prisoner"
SETS = ("cy", "en", "mixed")
_NAMES = {"cy": "Welsh", "en": "English", "mixed": "both languages in one message"}


@dataclass(frozen=True)
class Case:
    """One message of the exam; *kind* is None where it only sounds like danger."""

    language: str
    kind: str | None
    level: str
    text: str


def cases() -> Iterator[Case]:
    """Yield every message of the exam."""
    for name in SETS:
        held = read(EXAM / f"{name}.yml")
        for kind, levels in held["danger"].items():
            for level, texts in levels.items():
                yield from (Case(name, kind, level, str(text)) for text in texts)
        yield from (Case(name, None, "harmless", str(text)) for text in held["harmless"])


def main() -> None:
    tried = list(cases())
    print(f"{len(tried)} messages by the gateway alone …", flush=True)
    watch = Watch.load()
    alone, taken = _tried(
        tried, lambda text: set(alarm.kinds) if (alarm := watch.check(text)) else set()
    )
    with running() as url, httpx.Client(base_url=url, timeout=30.0) as client:
        print("the same by the whole assistant …", flush=True)
        whole, _ = _tried(tried, lambda text: _topics(client, text), at_once=2)
    REPORT.write_text(_report(tried, alone, whole, taken), "utf-8")
    print(REPORT.read_text("utf-8"))


def _tried(
    tried: list[Case], heard: Callable[[str], set[str]], at_once: int = 1
) -> tuple[list[set[str]], float]:
    """Return what was heard in each message, and the median milliseconds one took."""
    taken: list[float] = []

    def one(case: Case) -> set[str]:
        started = time.perf_counter()
        found = heard(case.text)
        taken.append((time.perf_counter() - started) * 1e3)
        return found

    with ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(one, tried))
    return found, sorted(taken)[len(taken) // 2]


def _topics(client: httpx.Client, text: str) -> set[str]:
    talk = client.post("/api/v1/conversations", json={}).json()["conversation"]
    answer = client.post(f"/api/v1/conversations/{talk}/messages", json={"text": text})
    return {str(message["topic"]) for message in answer.raise_for_status().json()["messages"]}


def right(case: Case, heard: set[str]) -> bool:
    """Say whether danger was heard, or rightly not: worry for a prisoner is never a false alarm."""
    if case.kind is None:
        return not heard & set(KINDS)
    return bool(heard & {*KINDS, *([WORRY] if case.kind == WORRY else [])})


def _report(tried: list[Case], alone: list[set[str]], whole: list[set[str]], taken: float) -> str:
    lines = [
        "# Safety: what is heard",
        "",
        "Made by `make bench-safety`. *Alone* is the check in the gateway, which works with everything else down;",
        "*whole* is the assistant, where the engine's crisis topics are a second net. Explicit: said outright.",
        "Indirect: has to be understood. Harmless: sounds like danger and is none; there the number is how many were",
        "left in peace.",
        "",
        "| messages | language | alone | whole |",
        "|---|---|---|---|",
    ]
    for level in ("explicit", "indirect", "harmless"):
        for name in SETS:
            chosen = [
                at for at, case in enumerate(tried) if (case.language, case.level) == (name, level)
            ]
            cells = [
                _share([right(tried[at], heard[at]) for at in chosen]) for heard in (alone, whole)
            ]
            lines.append(f"| {level} | {_NAMES[name]} | {' | '.join(cells)} |")
    lines += [
        "",
        f"Median time of the check in the gateway: {taken:.1f} ms.",
        "",
        *_by_kind(tried, whole),
        "",
    ]
    return "\n".join(lines)


def _by_kind(tried: list[Case], whole: list[set[str]]) -> Iterator[str]:
    yield from (
        "By kind, whole assistant, explicit and indirect together:",
        "",
        "| kind | Welsh | English |",
        "|---|---|---|",
    )
    for kind in (*KINDS, WORRY):
        cells = []
        for name in ("cy", "en"):
            chosen = [
                at for at, case in enumerate(tried) if (case.language, case.kind) == (name, kind)
            ]
            cells.append(_share([right(tried[at], whole[at]) for at in chosen]))
        yield f"| {kind} | {' | '.join(cells)} |"


def _share(found: list[bool]) -> str:
    hits = Counter(found)[True]
    return f"{hits / max(len(found), 1):.0%} ({hits}/{len(found)})"


if __name__ == "__main__":
    main()
