"""Everything a request needs, put together once when the gateway starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import structlog

from bot.settings import Settings
from directory.database import engine as open_database
from gateway.asking import Asking
from gateway.crisis import Watch
from gateway.deployments import Deployments
from gateway.engine import Engine
from gateway.fleet import Fleet
from gateway.limits import Limits
from gateway.metrics import COUNT_DOWN
from gateway.order import Order
from gateway.released import released
from gateway.state import State
from gateway.switch import Switch
from gateway.turn import Turns

log = structlog.get_logger()


@dataclass
class Door:
    """The parts of the gateway, as one request finds them."""

    settings: Settings
    limits: Limits
    order: Order
    state: State
    fleet: Fleet
    database: sa.Engine
    asking: Asking

    @property
    def turns(self) -> Turns:
        """Return what new conversations are answered with."""
        return self.fleet.current

    def say_unavailable(self) -> None:
        """Log and count that the database did not answer; never what was asked of it."""
        COUNT_DOWN.labels("database").inc()
        log.warning("database.down")


def open_door(settings: Settings) -> Door:
    """Build the gateway's parts from *settings* and the release that runs."""
    database = open_database(settings.database_url, wait=1)
    state = State(database)
    release = released(Path(settings.releases), settings.secret)
    turns = Turns(
        engine=Engine(settings.engine_url, settings.engine_timeout),
        watch=Watch.load(),
        released=release,
        shown=settings.shown,
        turned_off=settings.turned_off == "yes",
    )
    limits = Limits(settings.redis_url, enabled=settings.rate_limit != "off")
    shared = Deployments(database), Switch(database)
    fleet = Fleet(turns, Path(settings.releases), settings.secret, *shared)
    order = Order(settings.redis_url, settings.queue)
    return Door(settings, limits, order, state, fleet, database, Asking())
