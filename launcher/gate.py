"""The gate: what a candidate must not do worse than what runs, before anybody is answered by it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bot.catalogue.load import Catalogue, read
from bot.language import Language
from bot.release import Release, figures
from bot.settings import ROOT, Settings
from bot.wording import say
from gateway.crisis import Alarm, Watch
from gateway.crisis_patterns import KINDS
from gateway.deployments import Detail
from gateway.engine import Engine
from gateway.released import released_as
from gateway.state import Kept, Memory
from gateway.turn import Asked, Turns
from launcher.conversations import Fault, Messages, fault, rows
from launcher.setup import ENGINE, PYTHON
from launcher.train import engine_environment

MOST_LOST = 1.0
"""Points of accuracy that a language may lose: one point is six or seven of our held-out messages."""
ROUNDED = 0.02
"""Points that four rounded figures may add up to: less than any one message."""
_SECONDS = 10.0
"""How long an engine may take in a rehearsal: the machine is busy, and nobody is waiting."""
Accuracy = dict[str, float]
"""Share of held-out messages understood, by language, in points of a hundred."""


@dataclass(frozen=True)
class Refusal:
    """One reason not to publish; `kind` names its sentence, `details` say where."""

    kind: str
    details: tuple[Detail, ...]


def measured(release: Release, held_out: Path) -> Accuracy:
    """Return how well the model of *release* understands *held_out*, measured once a model."""
    digest = _digest(held_out)
    known = figures(release.folder)
    if known.get("held_out") == digest:
        return dict(known["accuracy"])
    return measure(release.model, held_out)


def measure(model: Path, held_out: Path) -> Accuracy:
    """Try a model on *held_out*, in Rasa's environment."""
    done = subprocess.run(
        [str(ENGINE / PYTHON), "-m", "bot.measure", str(model), str(held_out)],
        cwd=ROOT,
        env=engine_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    counted = json.loads(done.stdout.strip().splitlines()[-1])
    return {
        name: round(100 * each["right"] / each["messages"], 2) for name, each in counted.items()
    }


def figures_of(model: Path, held_out: Path, commit: str, seconds: float) -> dict[str, Any]:
    """Return what is written into a release: its accuracy, on what, and where it came from."""
    accuracy = measure(model, held_out)
    return {
        "commit": commit,
        "accuracy": accuracy,
        "held_out": _digest(held_out),
        "seconds": round(seconds),
    }


def _digest(held_out: Path) -> str:
    whole = b"".join(path.read_bytes() for path in sorted(held_out.glob("*.jsonl")))
    return hashlib.sha256(whole).hexdigest()


def one_message(held_out: Path) -> float:
    """Return how many points one held-out message is worth, in the language that has the fewest."""
    files = ((held_out / f"{language.value}.jsonl").read_text("utf-8") for language in Language)
    return 100 / min(sum(bool(line.strip()) for line in text.splitlines()) for text in files)


def accuracy_refusals(now: Accuracy, then: Accuracy, message: float) -> Iterator[Refusal]:
    """Yield why *then* may not follow *now*: a language understood worse, or Welsh left behind.

    Welsh may fall no more than one *message* further behind: see `one_message`.
    """
    for language in Language:
        before, after = now[language.value], then[language.value]
        if before - after > MOST_LOST:
            yield Refusal("accuracy", (f"{language.own_name}: {before:.1f} % → {after:.1f} %",))
    gaps = [max(0.0, each["en"] - each["cy"]) for each in (now, then)]
    if gaps[1] - gaps[0] > message + ROUNDED:
        each = [f"{la.own_name} {now[la.value]:.1f} % → {then[la.value]:.1f} %" for la in Language]
        yield Refusal("gap", (f"{' · '.join(each)} · {gaps[0]:.1f} → {gaps[1]:.1f}",))


def crisis_refusals(catalogue: Catalogue, watch: Watch, cases: Path) -> Iterator[Refusal]:
    """Yield why danger would not be met.

    Every kind of danger has a card with numbers, in both languages and for a child; and so has every
    message below *cases* in which the check hears that somebody is in danger.
    """
    failed = [*_cards_without_numbers(catalogue, watch), *_not_met(catalogue, watch, cases)]
    if failed:
        yield Refusal("crisis", tuple(failed[:10]))


def _cards_without_numbers(catalogue: Catalogue, watch: Watch) -> Iterator[Detail]:
    for kind in KINDS:
        for child in (False, True):
            alarm = Alarm((kind,), sure=True, child=child)
            if lacking := _lacking(alarm, catalogue, watch):
                names = ", ".join(each.own_name for each in lacking)
                sentence = "child_card" if child else "card"
                yield _sentence(sentence, kind, catalogue, languages=names)


def _sentence(name: str, kind: str, catalogue: Catalogue, **values: object) -> Detail:
    """Say something of a kind of danger as editors of each language read it."""
    said = {}
    for language in Language:
        answer = catalogue.answers[language].get(kind)
        title = answer.title if answer else kind
        said[language.value] = say(f"editor.gate.{name}", language, topic=title, **values)
    return said


def _lacking(alarm: Alarm, catalogue: Catalogue, watch: Watch) -> list[Language]:
    """Name the languages in which a card is not there or has no number to ring."""
    missing = []
    for language in Language:
        try:
            cards = watch.cards(alarm, Memory(language=language), catalogue)
        except KeyError:  # a card that is not written
            missing.append(language)
            continue
        if not all("tel:" in card["text"] for card in cards):
            missing.append(language)
    return missing


def _not_met(catalogue: Catalogue, watch: Watch, cases: Path) -> Iterator[Detail]:
    """Count the cases by kind: what they say is an exam, and is not shown."""
    for path in sorted(cases.glob("*.yml")):
        for kind, levels in read(path)["danger"].items():
            # What the check itself does not notice lies in code, which no editor changes.
            alarms = [alarm for text in levels["explicit"] if (alarm := watch.check(text))]
            missed = sum(bool(_lacking(alarm, catalogue, watch)) for alarm in alarms)
            if missed:
                counted = {"missed": missed, "number": len(alarms), "list": path.name}
                yield _sentence("not_met", kind, catalogue, **counted)


class Rehearsal:
    """Talks to the engine of a release as the gateway would, with nobody listening."""

    def __init__(self, release: Release, url: str, chosen: Settings) -> None:
        self._turns = Turns(
            engine=Engine(url, _SECONDS),
            watch=Watch.load(),
            released=released_as(release.folder, chosen.secret),
            shown=chosen.shown,
        )

    def title(self, topic: str, language: Language) -> str:
        """Return what editors call a topic; what is none keeps its name."""
        answer = self._turns.released.catalogue.answers[language].get(topic)
        return answer.title if answer else topic

    async def fault(self, row: dict[str, Any], language: Language) -> Fault | None:
        """Hold one row of a conversation; return what went wrong."""
        loop = asyncio.get_running_loop()
        say = self._conversation(loop)
        return await asyncio.to_thread(fault, row, language, say)

    def _conversation(self, loop: asyncio.AbstractEventLoop) -> Callable[[str], Messages]:
        key = f"rehearsal-{secrets.token_hex(8)}"
        kept = Kept()

        def say(text: str) -> Messages:
            nonlocal kept
            turn = self._turns.answer(key, Asked(text=text), kept)
            answered = asyncio.run_coroutine_threadsafe(turn, loop).result()
            kept = Kept(answered.memory)
            return answered.messages

        return say

    async def close(self) -> None:
        """Give the connections back."""
        await self._turns.engine.close()


def _said(found: Fault, candidate: Rehearsal) -> Detail:
    """Say what went wrong in a talk as editors of each language read it."""
    return {
        language.value: found.told(language, partial(candidate.title, language=language))
        for language in Language
    }


async def conversation_refusals(
    folder: Path, candidate: Rehearsal, live: Rehearsal | None, going: Callable[[float], None]
) -> list[Refusal]:
    """Return which conversations would go wrong that do not go wrong today, told as they went.

    A row that an editor saved must hold whatever runs today. *going* is told the share done.
    """
    held = rows(folder)
    failed: list[Detail] = []
    for at, row in enumerate(held):
        going(at / len(held))
        for language in Language:
            told = await candidate.fault(row, language)
            excused = told and live and not row["desk"] and await live.fault(row, language)
            if told and not excused:
                failed.append(_said(told, candidate))
    return [Refusal("conversations", tuple(failed[:10]))] if failed else []
