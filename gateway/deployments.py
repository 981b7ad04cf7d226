"""Which release runs, on which engines, and how publishing stands: in the database, for all to see.

Several gateways, desks and machines with engines share it; no process is the one that knows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

CURRENT, CANDIDATE, FINISHING = "current", "candidate", "finishing"
FINISH_WITHIN = 30 * 60.0
"""Seconds that conversations have to come to their end on the release they began with."""
ALIVE_WITHIN = 15.0
"""Seconds after its last sign of life that an engine, or a publication, is taken to be gone."""
STEPS = ("waiting", "check", "train", "warm", "gate", "swap")
"""What a publication goes through, in order; then it is `done`, `ready` or one of `FAILED`."""
FAILED = ("refused", "failed", "cancelled", "interrupted")
GOALS = ("candidate", "publish", "rollback")

METADATA = sa.MetaData()
DEPLOYMENT = sa.Table(
    "deployment",
    METADATA,
    sa.Column("release", sa.String(40), primary_key=True),
    sa.Column("role", sa.String(10), nullable=False),
    sa.Column("since", sa.Float, nullable=False),
)
ENGINE = sa.Table(
    "engine",
    METADATA,
    sa.Column("url", sa.String(200), primary_key=True),
    sa.Column("release", sa.String(40), nullable=False),
    sa.Column("ready", sa.Boolean, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
)
PUBLICATION = sa.Table(
    "publication",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("goal", sa.String(10), nullable=False),
    sa.Column("who", sa.String(300), nullable=False),
    sa.Column("step", sa.String(12), nullable=False),
    sa.Column("progress", sa.Float, nullable=False),
    sa.Column("release", sa.String(40)),
    sa.Column("reason", sa.String(40)),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("cancel", sa.Boolean, nullable=False),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("ended", sa.Float),
)
ACTIVE = sa.Table(  # one row at most: two publications at once would train the machine to death
    "publication_active",
    METADATA,
    sa.Column("one", sa.Integer, primary_key=True),
    sa.Column("id", sa.Integer, nullable=False),
)


Detail = str | dict[str, str]
"""One line of what went wrong; where it is a sentence, as editors of each language read it."""


class Busy(Exception):
    """Somebody is publishing already."""


@dataclass(frozen=True)
class Publication:
    """One attempt to publish, as it stands."""

    id: int
    goal: str
    who: str
    step: str
    progress: float
    release: str | None
    reason: str | None
    """Names the sentence that says why it did not come to its end."""
    details: tuple[Detail, ...]
    cancel: bool
    started: float
    ended: float | None


class Deployments:
    """Reads and writes what runs; each method is one transaction. Blocking: call in a thread."""

    def __init__(self, database: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def create(self) -> None:
        """Make the tables that are not there yet."""
        METADATA.create_all(self._database)

    # --- what runs ------------------------------------------------------------------------------

    def roles(self) -> dict[str, str]:
        """Return every release that has to be running, and as what."""
        now = self._clock()
        with self._database.connect() as connection:
            rows = connection.execute(sa.select(DEPLOYMENT)).all()
        return {
            row.release: row.role
            for row in rows
            if row.role != FINISHING or row.since > now - FINISH_WITHIN
        }

    def current(self) -> str | None:
        """Return the release that new conversations go to; None before the first start."""
        return next((name for name, role in self.roles().items() if role == CURRENT), None)

    def engines(self) -> dict[str, list[str]]:
        """Return the engines that are ready and alive, by release."""
        query = sa.select(ENGINE.c.release, ENGINE.c.url).where(
            ENGINE.c.ready, ENGINE.c.seen > self._clock() - ALIVE_WITHIN
        )
        found: dict[str, list[str]] = {}
        with self._database.connect() as connection:
            for row in connection.execute(query.order_by(ENGINE.c.url)):
                found.setdefault(row.release, []).append(row.url)
        return found

    def make_current(self, release: str) -> None:
        """Send new conversations to *release*; those that run finish where they are."""
        now = self._clock()
        with self._database.begin() as connection:
            connection.execute(
                sa.update(DEPLOYMENT)
                .where(DEPLOYMENT.c.role == CURRENT, DEPLOYMENT.c.release != release)
                .values(role=FINISHING, since=now)
            )
            _put(connection, DEPLOYMENT, {"release": release}, {"role": CURRENT, "since": now})

    def make_candidate(self, release: str) -> None:
        """Have *release* started for trying out; an earlier candidate is let go."""
        with self._database.begin() as connection:
            role = connection.execute(
                sa.select(DEPLOYMENT.c.role).where(DEPLOYMENT.c.release == release)
            ).scalar()
            connection.execute(sa.delete(DEPLOYMENT).where(DEPLOYMENT.c.role == CANDIDATE))
            if role not in (CURRENT, FINISHING):
                values = {"role": CANDIDATE, "since": self._clock()}
                _put(connection, DEPLOYMENT, {"release": release}, values)

    def drop_candidate(self) -> None:
        """Let the candidate go: its engine stops."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(DEPLOYMENT).where(DEPLOYMENT.c.role == CANDIDATE))

    def see_engine(self, url: str, release: str, ready: bool) -> None:
        """Record that an engine lives."""
        values = {"release": release, "ready": ready, "seen": self._clock()}
        with self._database.begin() as connection:
            _put(connection, ENGINE, {"url": url}, values)

    def drop_engine(self, url: str) -> None:
        """Record that an engine was stopped."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(ENGINE).where(ENGINE.c.url == url))

    def drop_engines(self, host: str) -> None:
        """Forget the engines of a machine that starts anew."""
        beginning = ENGINE.c.url.startswith(f"{host}:", autoescape=True)
        with self._database.begin() as connection:
            connection.execute(sa.delete(ENGINE).where(beginning))

    # --- publishing -----------------------------------------------------------------------------

    def begin(self, goal: str, who: str, release: str | None = None) -> int:
        """Ask for a publication and return its number; Busy where one is on its way."""
        self.bury()
        now = self._clock()
        values = {"goal": goal, "who": who, "release": release, "started": now, "seen": now}
        with self._database.begin() as connection:
            if connection.execute(sa.select(ACTIVE.c.id)).first():
                raise Busy
            made = connection.execute(
                sa.insert(PUBLICATION).values(
                    step="waiting", progress=0.0, details="[]", cancel=False, **values
                )
            )
            number = int(made.inserted_primary_key[0])  # type: ignore[index]  # one row was made
            try:
                connection.execute(sa.insert(ACTIVE).values(one=1, id=number))
            except sa.exc.IntegrityError:  # another desk was a moment faster
                raise Busy from None
        return number

    def claim(self) -> int | None:
        """Return a publication that waits, for the one machine that asks first."""
        self.bury()
        with self._database.begin() as connection:
            waits = sa.select(PUBLICATION.c.id).where(PUBLICATION.c.step == "waiting")
            number = connection.execute(waits).scalar()
            if number is None:
                return None
            taken = connection.execute(
                sa.update(PUBLICATION)
                .where(PUBLICATION.c.id == number, PUBLICATION.c.step == "waiting")
                .values(step="check", seen=self._clock())
            ).rowcount
        return number if taken else None

    def tell(self, number: int, step: str, progress: float, release: str | None = None) -> bool:
        """Record how far a publication is; False where somebody has asked it to stop."""
        values: dict[str, Any] = {"step": step, "progress": progress, "seen": self._clock()}
        if release:
            values["release"] = release
        chosen = sa.and_(PUBLICATION.c.id == number, PUBLICATION.c.ended.is_(None))
        with self._database.begin() as connection:
            alive = connection.execute(sa.update(PUBLICATION).where(chosen).values(values)).rowcount
            stop = connection.execute(
                sa.select(PUBLICATION.c.cancel).where(PUBLICATION.c.id == number)
            ).scalar()
        return bool(alive) and not stop

    def end(
        self, number: int, step: str, reason: str | None = None, details: tuple[Detail, ...] = ()
    ) -> None:
        """Record how a publication ended; a second end changes nothing."""
        now = self._clock()
        values = {"step": step, "reason": reason, "details": json.dumps(details), "ended": now}
        chosen = sa.and_(PUBLICATION.c.id == number, PUBLICATION.c.ended.is_(None))
        with self._database.begin() as connection:
            connection.execute(sa.update(PUBLICATION).where(chosen).values(seen=now, **values))
            connection.execute(sa.delete(ACTIVE).where(ACTIVE.c.id == number))

    def cancel(self, number: int) -> None:
        """Ask a publication to stop; once it swaps, it is too late."""
        with self._database.begin() as connection:
            connection.execute(
                sa.update(PUBLICATION).where(PUBLICATION.c.id == number).values(cancel=True)
            )

    def bury(self) -> None:
        """Mark a publication whose process has gone as interrupted: the old release still runs."""
        old = self._clock() - ALIVE_WITHIN
        dead = (
            sa.select(PUBLICATION.c.id)
            .where(PUBLICATION.c.ended.is_(None), PUBLICATION.c.step != "waiting")
            .where(PUBLICATION.c.seen < old)
        )
        with self._database.connect() as connection:
            numbers = list(connection.execute(dead).scalars())
        for number in numbers:
            self.end(number, "interrupted", "interrupted")

    def publications(self, most: int = 20) -> list[Publication]:
        """List the attempts to publish, newest first."""
        self.bury()
        query = sa.select(PUBLICATION).order_by(PUBLICATION.c.id.desc()).limit(most)
        with self._database.connect() as connection:
            return [_publication(row) for row in connection.execute(query)]

    def publication(self, number: int) -> Publication:
        """Return one attempt; KeyError if there is none of that number."""
        query = sa.select(PUBLICATION).where(PUBLICATION.c.id == number)
        with self._database.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise KeyError(number)
        return _publication(row)

    def published(self) -> bool:
        """Say whether anything was ever published here: then drafts wait for the desk."""
        query = sa.select(PUBLICATION.c.id).where(PUBLICATION.c.step == "done").limit(1)
        with self._database.connect() as connection:
            return connection.execute(query).first() is not None


def _publication(row: sa.Row[Any]) -> Publication:
    names = Publication.__dataclass_fields__
    values = {name: getattr(row, name) for name in names if name != "details"}
    return Publication(**values, details=tuple(json.loads(row.details)))


def _put(
    connection: sa.Connection, table: sa.Table, keys: dict[str, Any], values: dict[str, Any]
) -> None:
    chosen = sa.and_(*(table.c[name] == value for name, value in keys.items()))
    if not connection.execute(sa.update(table).where(chosen).values(values)).rowcount:
        connection.execute(sa.insert(table).values(**keys, **values))
