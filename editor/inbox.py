"""Questions that people chose to send: gathered by likeness, and counts of topics without words."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from rapidfuzz import fuzz

from bot.language import Language
from bot.words import fold
from gateway.questions import UNANSWERED
from gateway.state import ASKED, QUESTION, QUESTION_DAYS

ALIKE = 72.0
"""Likeness (0–100, rapidfuzz's token_set_ratio) from which two questions stand together."""
MOST = 500
"""Questions shown at once, newest first: more would be a list nobody reads to its end."""
FEWEST_SHOWN = 5
"""Counts below this are shown as "fewer than five": a rare topic may be one family."""
COUNTED_FOR = 28
"""Days that the counts on the page cover."""
STATES = ("new", "twin", "crisis")
"""`new`; `twin`: waits for somebody who writes the other language; `crisis`: to be looked at first."""


@dataclass(frozen=True)
class Sent:
    """One question, however often it was sent in the same words."""

    id: str
    text: str
    language: Language
    guesses: tuple[str, ...]
    why: str
    times: int
    newest: float


@dataclass(frozen=True)
class Group:
    """Questions that are alike, in one language."""

    language: Language
    questions: tuple[Sent, ...]

    @property
    def times(self) -> int:
        """Return how often they were sent altogether."""
        return sum(one.times for one in self.questions)

    @property
    def guesses(self) -> tuple[str, ...]:
        """Return what the assistant thought of, most often first."""
        tally: dict[str, float] = {}
        for one in self.questions:
            for place, topic in enumerate(one.guesses):
                tally[topic] = tally.get(topic, 0) + one.times / (1 + place)
        return tuple(sorted(tally, key=lambda topic: -tally[topic]))[:4]


@dataclass(frozen=True)
class Count:
    """How often a topic was the answer lately; None where it was fewer than five times."""

    topic: str
    times: dict[Language, int | None]


class Inbox:
    """Reads and empties the inbox in the shared database. Blocking: call in a thread."""

    def __init__(self, database: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def create(self) -> None:
        """Make the tables that are not there yet: the desk may start before the gateway."""
        for table in (QUESTION, ASKED):
            table.create(self._database, checkfirst=True)

    def groups(self, state: str = "new") -> dict[Language, list[Group]]:
        """Return what is to be done, in groups of like questions, those sent most often first."""
        old = self._clock() - QUESTION_DAYS * 86400
        query = (
            sa.select(QUESTION)
            .where(QUESTION.c.state == state, QUESTION.c.sent >= old)
            .order_by(QUESTION.c.sent.desc())
        )
        with self._database.connect() as connection:
            rows = connection.execute(query).all()
        sent = _once(rows)
        return {
            language: gathered([one for one in sent if one.language == language])
            for language in Language
        }

    def mark(self, ids: Iterable[str], state: str) -> int:
        """Set questions aside for somebody; return how many rows."""
        chosen = QUESTION.c.id.in_(list(ids))
        with self._database.begin() as connection:
            return connection.execute(
                sa.update(QUESTION).where(chosen).values(state=state)
            ).rowcount

    def done(self, ids: Iterable[str]) -> int:
        """Delete questions that were dealt with: what is done need not be kept for thirty days."""
        with self._database.begin() as connection:
            return connection.execute(
                sa.delete(QUESTION).where(QUESTION.c.id.in_(list(ids)))
            ).rowcount

    def counts(self) -> tuple[list[Count], list[Count]]:
        """Return how often nothing was understood, and how often each topic was the answer."""
        since = time.strftime("%Y-%m-%d", time.gmtime(self._clock() - COUNTED_FOR * 86400))
        total = sa.func.sum(ASKED.c.times)
        query = (
            sa.select(ASKED.c.topic, ASKED.c.language, total.label("times"))
            .where(ASKED.c.day >= since)
            .group_by(ASKED.c.topic, ASKED.c.language)
        )
        found: dict[str, dict[Language, int]] = {}
        with self._database.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.topic, {})[Language(row.language)] = int(row.times)
        ordered = sorted(found, key=lambda topic: (-max(found[topic].values()), topic))
        rows = [Count(topic, _shown(found[topic])) for topic in ordered]
        failures = [row for row in rows if row.topic in UNANSWERED]
        return failures, [row for row in rows if row.topic not in UNANSWERED]


def _shown(times: dict[Language, int]) -> dict[Language, int | None]:
    return {
        language: count if count >= FEWEST_SHOWN or not count else None
        for language in Language
        for count in [times.get(language, 0)]
    }


def _once(rows: Iterable[sa.Row[tuple[object, ...]]]) -> list[Sent]:
    """Count the same words as one question."""
    seen: dict[str, Sent] = {}
    for row in rows:
        before = seen.get(row.id)
        seen[row.id] = Sent(
            id=row.id,
            text=row.text,
            language=Language(row.language),
            guesses=before.guesses if before else tuple(json.loads(row.guesses)),
            why=row.why,
            times=before.times + 1 if before else 1,
            newest=before.newest if before else row.sent,
        )
    return list(seen.values())[:MOST]


def gathered(sent: list[Sent]) -> list[Group]:
    """Put like questions together: each joins the first group that it is like."""
    groups: list[list[Sent]] = []
    for one in sent:
        said = fold(one.text)
        home = next(
            (g for g in groups if fuzz.token_set_ratio(said, fold(g[0].text)) >= ALIKE), None
        )
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    made = [Group(group[0].language, tuple(group)) for group in groups]
    return sorted(made, key=lambda group: -group.times)
