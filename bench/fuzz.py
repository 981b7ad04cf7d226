"""`make bench-fuzz`: what anyone may type or send, made up at random, against everything that reads it first.

Redaction, the crisis check, the finding of places and postcodes, payloads, ids and the carried transcript.
Seeded: the same seed makes the same inputs. `python -m bench.fuzz --seed 7 --count 250000`; the outcome goes
to docs/security.md. `tests/gateway/test_fuzz.py` runs some thousands of the same in `make test`.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from types import FrameType

from bot.catalogue.load import load
from bot.gazetteer import Gazetteer
from bot.settings import ROOT
from directory.places import gazetteer
from gateway import questions, tickets
from gateway.crisis import Watch
from gateway.pages.transcript import unpack
from gateway.payload import DETAILS, BadPayload, parse
from gateway.redaction import redact
from gateway.schemas import LONGEST_TEXT
from tests.gateway.planted import Planted, planted

REPORT = ROOT / "docs" / "security.md"
TOO_LONG = 3.0
"""Seconds of processor time after which an input is taken to have blown up: thousands of times the usual."""
PART = 3000
"""Inputs of one part of a run: each part has a seed of its own, the next one up."""
SECRET, KEY = "a secret of the fuzzing", "a" * 32
SIGNS = (
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", " \t\n\r", ".,;:!?-/'\"()[]{}<>",
    "@#&%=+*_~|\\^$£€", "âêîôûŵŷáéïöÂÊŴ", "’“”–—…\u00a0\u2009", "\u200b\u200d\u202e\ufeff\u00ad", "\u0301\u0302\u0308",
    "０１２３ＡＢｃ", "😀👩‍👧🏴", "\x00\x07\x1b\x7f", "مرحباשלום中文",
)  # fmt: skip
BITS = (
    "my son ", "fy mab ", "his name is ", "fy enw i yw ", "A1234BC", "07700 900123", "LL55 2AB", "SA1", "dob ",
    "born 3 May ", "dyddiad geni ", "1989-02-03", "12/03/1989", "14 Mill Street ", "Heol y Bont ", "dwi'n byw yn ",
    "i live at ", "a@b.co", " at x dot com", "4929 1234 5678 9012", "12-34-56", "QQ 12 34 56 C", "HMP Berwyn ",
    "Cardiff ", "Y Barri ", "kill ", "lladd ", "myself ", "fy hun ", "hit me ", "taro ", "not breathing ", "mr ", "'",
    "reference ", "rhif ", "prisoner number ", "car reg ", "I'm ", "called ", "/restart", "EXTERNAL: ", "Siân ", "Rhys ",
    "book_visit", "?prison=", "&place=", "send_question?", "find_service",
)  # fmt: skip
DANGER = (
    "i want to kill myself",
    "dwi eisiau lladd fy hun",
    "he is not breathing",
    "he is beating me",
)


@dataclass(frozen=True)
class Input:
    """Something to read; *secrets* must not survive redaction, *danger* must be heard."""

    text: str
    secrets: tuple[str, ...] = ()
    danger: bool = False


def made_up(seed: int, count: int) -> Iterator[Input]:
    """Yield *count* inputs of every kind, in turn."""
    dice = random.Random(seed)
    details = planted(sys.maxsize, seed)
    for at in range(count):
        yield _MAKERS[at % len(_MAKERS)](dice, details)


def _noise(dice: random.Random, details: Iterator[Planted]) -> Input:
    signs = "".join(dice.sample(SIGNS, dice.randint(1, 4)))
    return Input("".join(dice.choices(signs, k=dice.randint(0, 200))))


def _pieces(dice: random.Random, details: Iterator[Planted]) -> Input:
    """Words that rules look for, in any order, with noise between."""
    said = [
        dice.choice(BITS) if dice.random() < 0.8 else _letters(dice)
        for _ in range(dice.randint(1, 14))
    ]
    return Input(dice.choice(("", " ")).join(said))


def _repeated(dice: random.Random, details: Iterator[Planted]) -> Input:
    """What makes a careless pattern go back and forth: one thing over and over, and then a stumble."""
    one = (
        dice.choice(BITS)
        if dice.random() < 0.5
        else "".join(dice.choices("".join(SIGNS), k=dice.randint(1, 3)))
    )
    times = dice.randint(1, dice.choice((20, 100, LONGEST_TEXT)) // len(one) + 1)
    return Input((one * times)[: LONGEST_TEXT - 8] + _letters(dice))


def _detail(dice: random.Random, details: Iterator[Planted]) -> Input:
    """A detail in a sentence, among others."""
    one = next(details)
    before, after = (
        dice.choice(("", "helo. ", "please help. ", "\n", "diolch! ")) for _ in range(2)
    )
    return Input(f"{before}{one.text}\n{after}", one.secrets)


def _cry(dice: random.Random, details: Iterator[Planted]) -> Input:
    """Danger, in a line of its own among others."""
    about = "".join(dice.choices("bcdfghjklmnpqrstvwxz ", k=dice.randint(0, 60)))
    said = dice.choice(DANGER)
    return Input(f"{about}\n{said.upper() if dice.random() < 0.2 else said}.\n{about}", danger=True)


def _payload(dice: random.Random, details: Iterator[Planted]) -> Input:
    topic = dice.choice((*_topics(), "no_such", "Greet", "/greet", "send_question"))
    pairs = [
        f"{dice.choice((*DETAILS, 'slot', 'x'))}={_letters(dice)}"
        for _ in range(dice.randint(0, 7))
    ]
    return Input(f"{topic}{dice.choice('?????&/ ')}{'&'.join(pairs)}")


_MAKERS = (_noise, _pieces, _repeated, _detail, _cry, _payload)


def _letters(dice: random.Random) -> str:
    return "".join(dice.choices("abcXYZ019_- '.%\n\u0301", k=dice.randint(0, 8)))


@cache
def _topics() -> tuple[str, ...]:
    return tuple(load().topics)


@cache
def _watch() -> Watch:
    return Watch.load()


@cache
def _gazetteer() -> Gazetteer:
    return gazetteer()


# --- what must hold ------------------------------------------------------------------------------


def redaction_takes_details_out_once(one: Input) -> None:
    """No planted detail survives, and what was cleaned is clean."""
    clean = redact(one.text).text
    left = [secret for secret in one.secrets if secret in clean]
    assert not left, f"{left} left in {clean!r}"
    again = redact(clean).text
    assert again == clean, f"cleaned again: {clean!r} became {again!r}"


def danger_is_heard(one: Input) -> None:
    """The check reads anything, and hears danger whatever stands in the other lines."""
    assert bool(_watch().check(one.text)) or not one.danger


def postcodes_are_halved(one: Input) -> None:
    """Of a postcode no more than its outward half is passed on."""
    for mention in _gazetteer().find(one.text):
        if mention.kind == "postcode":
            assert re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?", mention.id), mention


def payloads_are_ours_or_refused(one: Input) -> None:
    """A payload is one of our buttons or BadPayload; an id of ours or BadTicket; nothing else happens."""
    with suppress(BadPayload):
        pressed = parse(one.text, _topics())
        assert pressed.topic in _topics() and pressed.ids.keys() <= DETAILS
    with suppress(BadPayload):
        assert questions.pressed(one.text, SECRET, KEY) is None, "a forged question"
    for read in (
        lambda: tickets.read(SECRET, one.text),
        lambda: tickets.read_message(SECRET, KEY, one.text),
    ):
        with suppress(tickets.BadTicket):
            raise AssertionError(f"a forged id: {read()}")
    assert unpack(SECRET, KEY, one.text) == []


PROPERTIES: tuple[Callable[[Input], None], ...] = (
    redaction_takes_details_out_once,
    danger_is_heard,
    postcodes_are_halved,
    payloads_are_ours_or_refused,
)


@dataclass
class Outcome:
    """What became of a run."""

    tried: int = 0
    broken: list[str] = field(default_factory=list)
    per_property: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_at: str = ""

    def add(self, other: Outcome) -> None:
        """Add what became of another part."""
        self.tried += other.tried
        self.broken += other.broken
        self.per_property += other.per_property
        if other.slowest > self.slowest:
            self.slowest, self.slowest_at = other.slowest, other.slowest_at


def run(seed: int, count: int) -> Outcome:
    """Try every property on every input; what does not hold is listed with its input."""
    outcome = Outcome()
    for one in made_up(seed, count):
        for holds in PROPERTIES:
            _try(holds, one, outcome)
        outcome.tried += 1
    return outcome


def run_together(seed: int, count: int) -> Iterator[Outcome]:
    """Yield what became of each part of a run, on as many processes as there are processors."""
    parts = -(-count // PART)
    with ProcessPoolExecutor() as pool:
        yield from pool.map(run, range(seed, seed + parts), repeat(PART))


def _try(holds: Callable[[Input], None], one: Input, outcome: Outcome) -> None:
    started = time.process_time()
    try:
        with _patience():
            holds(one)
    except Exception as error:  # whatever is raised is a find
        outcome.per_property[holds.__name__] += 1
        outcome.broken.append(
            f"{holds.__name__}: {type(error).__name__}: {error}: {one.text[:300]!r}"
        )
    taken = time.process_time() - started
    if taken > outcome.slowest:
        outcome.slowest, outcome.slowest_at = taken, f"{holds.__name__}: {one.text[:60]!r}"


class Explosion(Exception):
    """An input took thousands of times as long as inputs do."""


@contextmanager
def _patience() -> Iterator[None]:
    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise Explosion(f"more than {TOO_LONG:.0f} s of processor time")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, TOO_LONG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def growth(lengths: tuple[int, ...] = (250, 500, 1000, 2000)) -> tuple[float, str]:
    """Return the steepest exponent by which time grows with length, and of what; 1 is linear, 2 square."""
    worst = (0.0, "")
    repeats = [*BITS, *"0 -.'@a\n", "a ", "A ", "1 ", "Ab ", "0-", "a'", "a-", "\u0301"]
    for name, read in (
        ("redaction", redact),
        ("crisis check", _watch().check),
        ("places", _gazetteer().find),
    ):
        for bit in repeats:
            taken = [_fastest(read, (bit * length)[:length]) for length in lengths]
            exponent = math.log(taken[-1] / taken[0], lengths[-1] / lengths[0])
            worst = max(
                worst,
                (
                    exponent,
                    f"{name} of {bit!r} repeated ({taken[-1] * 1e3:.1f} ms at {lengths[-1]})",
                ),
            )
    return worst


def _fastest(read: Callable[[str], object], text: str) -> float:
    def once() -> float:
        started = time.process_time()
        read(text)
        return time.process_time() - started

    return max(min(once() for _ in range(3)), 1e-6)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261128)
    parser.add_argument("--count", type=int, default=204_000)
    args = parser.parse_args()
    started = time.monotonic()

    outcome = Outcome()
    for part in run_together(args.seed, args.count):
        outcome.add(part)
        told = f"{outcome.tried:,} of {args.count:,}, {len(outcome.broken)} broken"
        print(f"{told}, {time.monotonic() - started:.0f} s", flush=True)
    for line in outcome.broken[:40]:
        print(line)
    exponent, of_what = growth()
    line = (
        f"Seed {args.seed}: {outcome.tried:,} inputs, {len(PROPERTIES)} properties each, "
        f"{len(outcome.broken)} broken. Slowest input: {outcome.slowest * 1e3:.0f} ms of processor time. "
        f"Steepest growth with length: exponent {exponent:.2f}, {of_what}."
    )
    print(line)
    _report(line)
    return 1 if outcome.broken else 0


def _report(line: str) -> None:
    """Put the outcome where docs/security.md has it."""
    text = REPORT.read_text("utf-8")
    REPORT.write_text(
        re.sub(r"(?<=<!-- fuzz -->\n).*(?=\n<!-- end -->)", lambda _: line, text), "utf-8"
    )


if __name__ == "__main__":
    sys.exit(main())
