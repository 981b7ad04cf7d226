"""Fills an empty database from the data files; one that holds anything is left alone."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from directory.errors import asking
from directory.files import DATA, read
from directory.importer import Plan, Progress, bring_in, quietly
from directory.tables import local_authority, service


def is_empty(database: sa.Engine) -> bool:
    """Say whether the directory holds nothing yet."""
    with asking(), database.connect() as connection:
        return not any(
            connection.scalar(sa.select(sa.exists().select_from(table)))
            for table in (service, local_authority)
        )


def seed(database: sa.Engine, path: Path = DATA, report: Progress = quietly) -> Plan | None:
    """Fill an empty directory from *path* and return what was done; None where it was not empty."""
    return bring_in(database, read(path), report) if is_empty(database) else None
