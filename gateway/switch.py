"""The switch that shows the helplines instead of the assistant: in the database, for every gateway at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

METADATA = sa.MetaData()
SWITCH = sa.Table(  # only ever added to: the last row is how it stands, the others are who did what
    "switch",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("off", sa.Boolean, nullable=False),
    sa.Column("who", sa.String(300), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)


@dataclass(frozen=True)
class Turn:
    """One press of the switch."""

    off: bool
    who: str
    at: float


class Switch:
    """Reads and presses the switch; each method is one transaction. Blocking: call in a thread."""

    def __init__(self, database: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def create(self) -> None:
        """Make the table if it is not there yet."""
        METADATA.create_all(self._database)

    def off(self) -> bool:
        """Say whether the assistant is turned off; never pressed is on."""
        last = self.turns(1)
        return bool(last and last[0].off)

    def press(self, off: bool, who: str) -> None:
        """Turn the assistant off or on, and keep who did it."""
        with self._database.begin() as connection:
            connection.execute(sa.insert(SWITCH).values(off=off, who=who, at=self._clock()))

    def turns(self, most: int = 20) -> list[Turn]:
        """List who pressed it, newest first."""
        query = sa.select(SWITCH.c.off, SWITCH.c.who, SWITCH.c.at)
        with self._database.connect() as connection:
            rows = connection.execute(query.order_by(SWITCH.c.id.desc()).limit(most))
            return [Turn(row.off, row.who, row.at) for row in rows]
