"""Databases for the tests of the directory: the same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from directory.database import engine, upgrade
from directory.opening_hours import LONDON
from directory.seed import seed
from directory.tables import metadata
from tests.directory import postgres

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session", params=BOTH)
def empty(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """Lend a database with tables and nothing in them; tests clear up after themselves."""
    made = _made(request, tmp_path_factory, "empty")
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture(scope="session", params=BOTH)
def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """Lend the directory as it is seeded; tests only read it."""
    made = _made(request, tmp_path_factory, "seeded")
    upgrade(made)
    seed(made)
    yield made
    made.dispose()


def _made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, name: str
) -> sa.Engine:
    """Make an engine for a new database of its own."""
    if request.param == "sqlite":
        return engine(f"sqlite:///{tmp_path_factory.mktemp(name) / 'directory.db'}")
    return engine(postgres.database(request.getfixturevalue("postgres_url"), name))


@pytest.fixture
def cleared(empty: sa.Engine) -> Iterator[sa.Engine]:
    """Lend the empty database and empty it again."""
    yield empty
    with empty.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))


@pytest.fixture
def connection(seeded: sa.Engine) -> Iterator[sa.Connection]:
    with seeded.connect() as lent:
        yield lent


@pytest.fixture
def tuesday() -> datetime:
    """An ordinary Tuesday at eleven in the morning."""
    return datetime(2026, 11, 24, 11, 0, tzinfo=LONDON)
