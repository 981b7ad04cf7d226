"""The database: upgrades, settings, and what happens when it does not answer."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.language import Language
from directory import queries
from directory.database import DEFAULT_URL, connect, engine, upgrade
from directory.errors import LookupUnavailable
from directory.places import area_of
from directory.search import search
from directory.seed import is_empty
from directory.tables import metadata, service


def test_the_default_is_sqlite_in_var(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CYSWLLT_DATABASE_URL", raising=False)

    assert engine().url.render_as_string() == DEFAULT_URL


def test_the_setting_names_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYSWLLT_DATABASE_URL", "postgresql://somebody@127.0.0.1/cyswllt")

    assert "postgresql+psycopg" == engine().url.drivername


def test_upgrading_twice_changes_nothing(empty: sa.Engine) -> None:
    upgrade(empty)

    with empty.connect() as connection:
        assert 1 == connection.scalar(sa.text("SELECT count(*) FROM directory_version"))


def test_the_migrations_make_the_tables_we_describe(empty: sa.Engine) -> None:
    with empty.connect() as connection:
        options = {"version_table": "directory_version", "include_object": _ours}
        context = MigrationContext.configure(connection, opts=options)

        assert [] == compare_metadata(context, metadata)


def _ours(
    _object: object, name: str | None, kind: str, _reflected: bool, _compared: object
) -> bool:
    """Leave out tables of others, and the covering index, which only PostgreSQL has."""
    return name in metadata.tables if kind == "table" else name != "ix_service_listing_ranking"


def test_upgrading_makes_the_folder(tmp_path: Path) -> None:
    made = engine(f"sqlite:///{tmp_path / 'new' / 'folder' / 'directory.db'}")
    upgrade(made)

    assert is_empty(made)


def test_sqlite_lets_readers_and_a_writer_work_at_once(tmp_path: Path) -> None:
    with engine(f"sqlite:///{tmp_path / 'directory.db'}").connect() as connection:
        modes = [
            connection.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys")
        ]

    assert ["wal", 1] == modes


_SECRET = "Heol Gyfrinachol 7"


def _ask_everything(connection: sa.Connection, now: datetime) -> list[str]:
    """Ask every kind of question of a database that cannot answer; return those it let through."""
    questions = {
        "search": lambda: search(connection, query=_SECRET, now=now),
        "area_of": lambda: area_of(connection, f"{_SECRET}, LL55 1AA"),
        "service": lambda: queries.service(connection, _SECRET, Language.WELSH, now),
        "services_named": lambda: queries.services_named(
            connection, f"Zyx {_SECRET}", Language.WELSH
        ),
        "prison": lambda: queries.prison(connection, _SECRET),
        "prisons": lambda: queries.prisons(connection),
        "prison_facts": lambda: queries.prison_facts(connection, _SECRET),
        "authorities": lambda: queries.authorities(connection),
        "needs": lambda: queries.needs(connection),
    }
    answered = []
    for name, ask in questions.items():
        try:
            ask()
        except LookupUnavailable as error:
            assert _SECRET not in str(error)
            assert _SECRET not in str(error.__cause__)
        else:
            answered.append(name)
        connection.rollback()
    return answered


def test_a_database_without_tables_is_unavailable_and_logs_nothing_personal(
    tmp_path: Path, tuesday: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    broken = engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with caplog.at_level(logging.DEBUG), broken.connect() as connection:
        answered = _ask_everything(connection, tuesday)

    assert [] == answered
    assert _SECRET not in caplog.text
    assert "LL55" not in caplog.text


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all/directory.db", "postgresql://nobody@127.0.0.1:1/none"],
    ids=["a folder that is not there", "a server that is not there"],
)
def test_no_database_is_unavailable(url: str) -> None:
    with pytest.raises(LookupUnavailable), connect(engine(url)):
        pass


def test_a_database_that_goes_away_in_mid_search(
    cleared: sa.Engine, tuesday: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(LookupUnavailable) as raised,
        connect(cleared) as connection,
    ):
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.close()
        search(connection, query=_SECRET, now=tuesday)

    assert _SECRET not in caplog.text + str(raised.value)


def test_parameters_stay_out_of_errors(empty: sa.Engine) -> None:
    with pytest.raises(sa.exc.DBAPIError) as raised, empty.begin() as connection:
        connection.execute(sa.insert(service).values(id=_SECRET, name_en=_SECRET))

    told = str(raised.value)
    assert "hidden due to hide_parameters" in told
