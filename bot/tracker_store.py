"""Rasa's tracker store, made to keep what a conversation is about and none of its words.

Rasa stores every event of a conversation, text and all, and re-plays them at each message: slow,
and a promise broken. The rules here look at the latest message and the slots only, so the slots are
all that is kept: one row a conversation, one read and one write a message, however long the talk.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

TABLE = sa.Table(
    "tracker",
    sa.MetaData(),
    sa.Column("sender_id", sa.String(64), primary_key=True),
    sa.Column("slots", sa.Text, nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)


class SlotTrackerStore(TrackerStore):
    """Keeps the slots of each conversation in one row of the shared database.

    Conversations are deleted by the gateway (`gateway.privacy`), which shares the table.
    """

    def __init__(
        self, domain: Domain | None = None, host: str = "", event_broker: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.engine = connect(host)
        make_table(self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        query = sa.select(TABLE.c.slots).where(TABLE.c.sender_id == sender_id)
        with self.engine.connect() as connection:
            slots = connection.execute(query).scalar()
        return None if slots is None else self._tracker(sender_id, json.loads(slots))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the slots; a tracker nobody has spoken to is not worth a row."""
        if not any(isinstance(event, UserUttered) for event in tracker.events):
            return
        row = {
            "slots": json.dumps({k: v for k, v in tracker.current_slot_values().items() if v}),
            "updated": time.time(),
        }
        with self.engine.begin() as connection:
            connection.execute(self._upsert(tracker.sender_id, row))

    async def keys(self) -> Iterable[str]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(TABLE.c.sender_id)).scalars())

    def _tracker(self, sender_id: str, slots: dict[str, Any]) -> DialogueStateTracker:
        tracker = self.init_tracker(sender_id)
        known = [SlotSet(name, value) for name, value in slots.items() if name in tracker.slots]
        for event in (
            ActionExecuted("action_session_start"),
            SessionStarted(),
            *known,
            ActionExecuted("action_listen"),
        ):
            tracker.update(event, self.domain)
        return tracker

    def _upsert(self, sender_id: str, row: dict[str, Any]) -> Any:
        if self.engine.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert
        statement = insert(TABLE).values(sender_id=sender_id, **row)
        return statement.on_conflict_do_update(index_elements=["sender_id"], set_=row)


def connect(url: str) -> Any:
    """Open the shared database as SQLAlchemy 1.4 can, never showing values in an error."""
    url = url.replace("postgresql+psycopg:", "postgresql+psycopg2:")
    if not url.startswith("sqlite"):
        return sa.create_engine(
            url,
            future=True,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 2},
        )
    # SQLAlchemy 1.4 would open the file anew for each statement.
    engine = sa.create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=sa.pool.QueuePool,
        connect_args={"check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _concurrent)
    return engine


def make_table(engine: Any) -> None:
    """Make the table if it is not there; of several that start at once, one makes it."""
    try:
        TABLE.create(engine, checkfirst=True)
    except sa.exc.DBAPIError:
        if not sa.inspect(engine).has_table(TABLE.name):
            raise


def _concurrent(connection: Any, _record: Any) -> None:
    """Let the gateway read while the engine writes, and wait rather than fail for a lock."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=2000"):
        connection.execute(f"PRAGMA {pragma}")
