"""What actions need from outside, opened late: rasa-sdk makes each action without arguments."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from bot import wording
from bot.catalogue.load import Catalogue, load
from bot.release import current, verify
from bot.settings import settings
from directory.database import connect, engine
from directory.errors import LookupUnavailable
from directory.search import understand


@cache
def catalogue() -> Catalogue:
    """Return the answers of the release that runs."""
    chosen = settings()
    releases = Path(chosen.releases)
    served = verify(releases / chosen.release, chosen.secret) if chosen.release else None
    content = (served or current(releases, chosen.secret)).content
    wording.load(content)
    return load(content)


def connection() -> AbstractContextManager[sa.Connection]:
    """Lend a connection to the directory; LookupUnavailable if it does not answer."""
    return connect(_database())


@cache
def _database() -> sa.Engine:
    return engine(settings().database_url)


def warm() -> None:
    """Read everything once before the first person asks: names, needs and answers take a second."""
    catalogue()
    with suppress(LookupUnavailable), connection() as lent:
        understand(lent, "Caernarfon")
