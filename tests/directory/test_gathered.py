"""Services gathered into one row: the row keeps up with everything it holds the name of."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from bot.language import Language
from directory import queries
from directory.answers import FoundService
from directory.database import upgrade
from directory.files import DATA, read
from directory.gathered import ungathered
from directory.importer import bring_in
from directory.places import area_of
from directory.search import search, understand
from directory.tables import metadata, service_text

# A service of the data and what its card takes from a record of another kind: file, section, id, and
# what is changed there to what; then the field of the card.
RENAMED = [
    ("fis-gwynedd", "local_authorities.yml", "local_authorities", "gwynedd", "name_cy", "area"),
    ("samaritans-cymraeg", "places.yml", "places", "wales", "name_cy", "area"),
    ("shelter-cymru", "services.yml", "organizations", "shelter-cymru", "name_en", "organization"),
    ("berwyn-visitors-centre", "prisons.yml", "prisons", "berwyn", "address_en", "address"),
]


def card(database: sa.Engine, identity: str) -> FoundService:
    with database.connect() as connection:
        found = queries.service(connection, identity, Language.WELSH)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("service", "file", "section", "record", "column", "field"),
    RENAMED,
    ids=[each[2] for each in RENAMED],
)
def test_a_card_follows_what_it_names(
    cleared: sa.Engine,
    tmp_path: Path,
    service: str,
    file: str,
    section: str,
    record: str,
    column: str,
    field: str,
) -> None:
    bring_in(cleared, read(DATA))
    held = yaml.safe_load((DATA / file).read_text("utf-8"))
    [changed] = [each for each in held[section] if each["id"] == record]
    welsh = column.replace("_en", "_cy")
    (tmp_path / file).write_text(
        yaml.safe_dump({section: [{**changed, column: "Newydd", welsh: "Newydd"}]}), "utf-8"
    )
    before = getattr(card(cleared, service), field)
    bring_in(cleared, read(tmp_path))

    assert "Newydd" not in before
    assert "Newydd" in getattr(card(cleared, service), field)


def test_rows_of_an_older_version_are_filled_by_the_upgrade(
    cleared: sa.Engine, tuesday: datetime
) -> None:
    bring_in(cleared, read(DATA))
    before = card(cleared, "shelter-cymru")
    upgrade_from_the_first_tables(cleared)

    with cleared.connect() as connection:
        assert [] == ungathered(connection)
        assert search(connection, query="rent", now=tuesday).services
    assert before.organization == card(cleared, "shelter-cymru").organization


def upgrade_from_the_first_tables(database: sa.Engine) -> None:
    """Take the columns of the second version away, as a database of the first has them not."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(queries.__file__).parent / "migrations"))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    with database.connect() as connection:
        columns = {each["name"] for each in sa.inspect(connection).get_columns("service_text")}
    assert {"service_id", "words"} == columns < {each.name for each in service_text.c}
    upgrade(database)


ASKED = [
    ("shelter-cymru Llanelli", {}),
    ("cyffuriau yng Nghasnewydd", {}),
    ("pwy all helpu yn Styal", {}),
    ("", {"needs": ["housing", "debt_and_benefits"]}),
    ("counselling for my lad", {"age": 14, "open_now": True}),
]


@pytest.mark.parametrize(("text", "options"), ASKED, ids=[each[0] or "needs" for each in ASKED])
def test_a_search_asks_the_database_at_most_three_times(
    connection: sa.Connection, tuesday: datetime, text: str, options: dict[str, Any]
) -> None:
    seen = understand(connection, text)
    area = seen.area or area_of(connection, "Caerdydd")
    asked: list[str] = []

    def note(*event: Any) -> None:
        asked.append(event[2])

    sa.event.listen(connection, "before_cursor_execute", note)
    found = search(connection, query=text, area=area, prison=seen.prison, now=tuesday, **options)

    assert found.services
    assert len(asked) <= 3
    assert metadata.tables["service_text"].name in asked[-1]
