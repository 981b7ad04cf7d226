"""Opens the directory's database and brings its tables up to date. SQLite unless told otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from directory.errors import asking

ROOT = Path(__file__).parents[1]
DEFAULT_URL = f"sqlite:///{ROOT / 'var' / 'cyswllt.db'}"
_MIGRATIONS = Path(__file__).parent / "migrations"
WAIT = 5
"""Seconds that another writer, or a lock, is waited for, unless told otherwise."""
# Any number will do, as long as every upgrade of the directory uses the same.
_UPGRADE_LOCK = 7_274_119


def engine(url: str | None = None, wait: int | None = None) -> sa.Engine:
    """Return an engine for *url*, else for CYSWLLT_DATABASE_URL, else for var/cyswllt.db.

    *wait* is how many seconds a lock is waited for; `WAIT` of SQLite and no limit of PostgreSQL if
    not given. Nothing connects yet. Parameters are never logged: they may be what a person typed.
    """
    chosen = _driver(sa.make_url(url or os.environ.get("CYSWLLT_DATABASE_URL") or DEFAULT_URL))
    if chosen.get_backend_name() != "sqlite":
        return _postgresql(chosen, wait)
    seconds = WAIT if wait is None else wait
    made = sa.create_engine(chosen, hide_parameters=True, connect_args={"timeout": seconds})
    sa.event.listen(made, "connect", partial(_settle_sqlite, seconds))
    return made


def _postgresql(url: sa.URL, wait: int | None) -> sa.Engine:
    patience: dict[str, Any] = {}
    if wait is not None:
        told = f"-c lock_timeout={wait * 1000}"
        patience = {
            "connect_args": {"connect_timeout": max(2, wait), "options": told},
            "pool_timeout": wait,
        }
    return sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, **patience)


def _driver(url: sa.URL) -> sa.URL:
    """Use psycopg 3 for PostgreSQL addresses that name no driver."""
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _settle_sqlite(wait: int, connection: Any, _record: Any) -> None:
    """Let readers and one writer work at once, and keep references whole."""
    cursor = connection.cursor()
    for setting in (
        "journal_mode=WAL",
        f"busy_timeout={wait * 1000}",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


@contextmanager
def connect(database: sa.Engine) -> Iterator[sa.Connection]:
    """Lend a connection for reading; LookupUnavailable where the database does not answer.

    No transaction is begun or ended: each would be one more journey to the server.
    """
    with asking(), database.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


def upgrade(database: sa.Engine, revision: str = "head") -> None:
    """Create or change the tables up to *revision*, one process at a time, all or nothing."""
    # Imported here: what only reads the directory does without Alembic's 12 MB.
    from alembic import command
    from alembic.config import Config

    from directory import gathered, listing

    _make_folder(database)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with asking(), database.begin() as connection:
        _alone(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if revision == "head":
            listing.refresh(connection, gathered.ungathered(connection))


def _make_folder(database: sa.Engine) -> None:
    """Make the folder of an SQLite file."""
    file = database.url.database
    if database.dialect.name == "sqlite" and file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)


def _alone(connection: sa.Connection) -> None:
    """Hold other upgrades back until this one is done."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
