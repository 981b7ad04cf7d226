"""What is remembered of a conversation: its language, topics and ids. Never its words."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.language import Language
from gateway.questions import Question

METADATA = sa.MetaData()
CONVERSATION = sa.Table(
    "conversation",
    METADATA,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("memory", sa.Text, nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)
REPLY = sa.Table(  # our own words, kept a short while so that a repeated request is not asked twice
    "reply",
    METADATA,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("request", sa.String(64), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)
ERASED = sa.Table(  # tombstones: an erased conversation stays erased
    "erased",
    METADATA,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)
FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("message", sa.String(160), primary_key=True),
    sa.Column("topic", sa.String(64)),
    sa.Column("language", sa.String(2)),
    sa.Column("value", sa.String(8), nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)
QUESTION = sa.Table(  # sent to the editors by a person who pressed the button: redacted words
    "question",
    METADATA,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("guesses", sa.Text, nullable=False),
    sa.Column("why", sa.String(8), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("sent", sa.Float, nullable=False, index=True),
)
ASKED = sa.Table(  # how often each topic was the answer: numbers only, of no conversation
    "asked",
    METADATA,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("topic", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(2), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)
QUESTION_DAYS = 30
"""Days a question that was sent is kept."""
COUNTED_DAYS = 90
"""Days the counts of topics are kept."""
TRACKER = sa.Table(  # the engine's (`bot.tracker_store`): made by whoever starts first, only deleted from here
    "tracker",
    METADATA,
    sa.Column("sender_id", sa.String(64), primary_key=True),
    sa.Column("slots", sa.Text, nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)


_MAKING = 0x43795377
"""PostgreSQL's advisory lock held while tables are made: any number nobody else uses."""


class StateUnavailable(Exception):
    """The database did not answer; conversations go on without memory."""


@dataclass(frozen=True)
class Memory:
    """What one conversation leaves behind between two messages."""

    language: Language | None = None
    chosen: bool = False
    """True if the person chose the language themselves."""
    topic: str | None = None
    """The topic of the last answer that had one."""
    offered: tuple[str, ...] = ()
    last: str | None = None
    """What the last reply was: a topic or `did_you_mean`."""
    prison: str | None = None
    """The prison of the last answer that was about one."""
    told: bool = False
    """True once the person was told that personal details are not kept."""
    turns: int = 0
    release: str | None = None
    """The release that it began with, and finishes on."""


@dataclass(frozen=True)
class Kept:
    """A conversation as it was found."""

    memory: Memory = field(default_factory=Memory)
    updated: float | None = None
    erased: bool = False
    repeated: str | None = None
    """The reply already given to this very request, as JSON."""
    unknown: bool = False
    """True where the database did not answer: what is remembered must not be written over."""


class State:
    """Reads and writes conversations; each method is one transaction. Blocking: call in a thread."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def create(self) -> None:
        """Make the tables that are not there yet."""
        with self._transaction() as connection:
            if self._engine.dialect.name == "postgresql":
                # Two gateways that start together would both find no table and both make it.
                connection.execute(
                    sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MAKING}
                )
            METADATA.create_all(connection)

    def find(self, key: str, request: str | None = None) -> Kept:
        """Return what is kept of a conversation."""
        with self._transaction() as connection:
            erased = connection.execute(sa.select(ERASED.c.key).where(ERASED.c.key == key)).scalar()
            query = sa.select(CONVERSATION.c.memory, CONVERSATION.c.updated)
            row = connection.execute(query.where(CONVERSATION.c.key == key)).one_or_none()
            repeated = _reply(connection, key, request) if request else None
        memory = remembered(json.loads(row.memory)) if row else Memory()
        return Kept(memory, row.updated if row else None, erased is not None, repeated)

    def keep(
        self,
        key: str,
        memory: Memory,
        request: str | None,
        body: str,
        counted: Iterable[tuple[str, str]] = (),
    ) -> bool:
        """Store a turn; False if the conversation was erased meanwhile, and then nothing stays.

        *counted* are the topics and languages of the reply: the day's counts, of nobody's in particular.
        """
        now = self._clock()
        with self._transaction() as connection:
            if connection.execute(sa.select(ERASED.c.key).where(ERASED.c.key == key)).scalar():
                connection.execute(sa.delete(TRACKER).where(TRACKER.c.sender_id == key))
                return False
            values = {"memory": json.dumps(written_down(memory)), "updated": now}
            self._upsert(connection, CONVERSATION, {"key": key}, values)
            if request:
                kept = {"body": body, "updated": now}
                self._upsert(connection, REPLY, {"key": key, "request": request}, kept)
            self._count(connection, counted)
        return True

    def _count(self, connection: sa.Connection, topics: Iterable[tuple[str, str]]) -> None:
        day = time.strftime("%Y-%m-%d", time.gmtime(self._clock()))
        for topic, language in sorted(topics):  # in one order, so that no two wait for each other
            names = {"day": day, "topic": topic, "language": language}
            once_more = {"times": ASKED.c.times + 1}
            self._upsert(connection, ASKED, names, {"times": 1}, once_more)

    def send(self, key: str, question: Question) -> bool:
        """Keep a question for the editors; False if the conversation was erased."""
        digest = hashlib.sha256(question.text.encode()).hexdigest()[:32]
        values = {
            "language": question.language.value,
            "text": question.text,
            "guesses": json.dumps(question.guesses),
            "why": question.why,
            "state": "new",
            "sent": self._clock(),
        }
        with self._transaction() as connection:
            if connection.execute(sa.select(ERASED.c.key).where(ERASED.c.key == key)).scalar():
                return False
            self._upsert(connection, QUESTION, {"key": key, "id": digest}, values)
        return True

    def rate(self, key: str, message: str, topic: str | None, language: str, value: str) -> None:
        """Store what a person thought of one answer; a second word replaces the first."""
        values = {"topic": topic, "language": language, "value": value, "updated": self._clock()}
        with self._transaction() as connection:
            self._upsert(connection, FEEDBACK, {"key": key, "message": message}, values)

    def erase(self, key: str) -> None:
        """Delete everything of a conversation, now and for any message still being answered."""
        with self._transaction() as connection:
            self._upsert(connection, ERASED, {"key": key}, {"updated": self._clock()})
            _delete(connection, key)

    def forget(self, hours: float) -> int:
        """Delete what has been silent for longer than *hours*; return how many conversations."""
        before = self._clock() - hours * 3600
        with self._transaction() as connection:
            # Tombstones first, as everywhere here: tables taken in two orders end in a deadlock.
            connection.execute(sa.delete(ERASED).where(ERASED.c.updated < before))
            gone = connection.execute(
                sa.delete(CONVERSATION).where(CONVERSATION.c.updated < before)
            ).rowcount
            for table in (REPLY, FEEDBACK):
                connection.execute(sa.delete(table).where(table.c.updated < before))
            connection.execute(sa.delete(TRACKER).where(TRACKER.c.updated < before))
            self._forget_questions(connection)
        return gone

    def _forget_questions(self, connection: sa.Connection) -> None:
        now = self._clock()
        old = now - QUESTION_DAYS * 86400
        connection.execute(sa.delete(QUESTION).where(QUESTION.c.sent < old))
        day = time.strftime("%Y-%m-%d", time.gmtime(now - COUNTED_DAYS * 86400))
        connection.execute(sa.delete(ASKED).where(ASKED.c.day < day))

    def ready(self) -> bool:
        """Say whether the database answers, tables and all."""
        try:
            with self._transaction() as connection:
                connection.execute(sa.select(CONVERSATION.c.key).limit(1))
        except StateUnavailable:
            return False
        return True

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StateUnavailable(type(error).__name__) from error

    def _upsert(
        self,
        connection: sa.Connection,
        table: sa.Table,
        keys: dict[str, Any],
        rest: dict[str, Any],
        again: dict[str, Any] | None = None,
    ) -> None:
        """Write a row; *again* is what changes where it is there already, *rest* if not given."""
        if self._engine.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
        statement = insert(table).values(**keys, **rest)
        connection.execute(
            statement.on_conflict_do_update(index_elements=list(keys), set_=again or rest)
        )


def _reply(connection: sa.Connection, key: str, request: str) -> str | None:
    query = sa.select(REPLY.c.body).where(REPLY.c.key == key, REPLY.c.request == request)
    return connection.execute(query).scalar()


def _delete(connection: sa.Connection, key: str) -> None:
    for table in (CONVERSATION, REPLY, FEEDBACK, QUESTION):
        connection.execute(sa.delete(table).where(table.c.key == key))
    connection.execute(sa.delete(TRACKER).where(TRACKER.c.sender_id == key))


def written_down(memory: Memory) -> dict[str, Any]:
    """Return *memory* as plain values, as it is stored."""
    values = {**vars(memory), "language": memory.language.value if memory.language else None}
    return {name: value for name, value in values.items() if value}


def remembered(values: Mapping[str, Any]) -> Memory:
    """Read what `written_down` wrote; names that are not known are left out."""
    known = {name: value for name, value in values.items() if name in Memory.__dataclass_fields__}
    memory = Memory(**known)
    return replace(
        memory,
        language=Language(memory.language) if memory.language else None,
        offered=tuple(memory.offered),
    )
