"""Gateways that start together on one PostgreSQL make its tables once, and none fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from directory.database import engine
from gateway.state import State
from tests.directory import postgres


def test_gateways_that_start_together_make_the_tables_once(postgres_url: str) -> None:
    address = postgres.database(postgres_url, "together")
    databases = [engine(address) for _ in range(6)]
    try:
        with ThreadPoolExecutor(len(databases)) as starting:
            list(starting.map(lambda database: State(database).create(), databases))
        assert State(databases[0]).find("nobody").updated is None
    finally:
        for database in databases:
            database.dispose()
