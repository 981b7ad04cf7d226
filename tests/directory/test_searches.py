"""Sixty searches in each language, written before the search was built: whom would a helpline name first?

`python -m tests.directory.test_searches` prints the table that docs/searches.md holds.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from bot.language import Language
from directory.opening_hours import LONDON
from directory.search import search, understand

WANTED_SHARE = 0.95
Rows = dict[str, list[dict[str, Any]]]


def _read(name: str) -> Rows:
    rows: Rows = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return rows


SEARCHES = _read("searches.yml")
FURTHER = _read("further_searches.yml")
NOW = datetime(2026, 11, 24, 11, 0, tzinfo=LONDON)


def first_found(connection: sa.Connection, text: str, language: Language) -> str:
    """Return the id of the service that *text* finds first."""
    seen = understand(connection, text)
    found = search(
        connection, query=text, area=seen.area, prison=seen.prison, age=seen.age,
        language=language, now=NOW,
    )  # fmt: skip
    return found.services[0].id if found.services else ""


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_what_a_helpline_worker_would_name_first_comes_first(
    connection: sa.Connection, language: Language
) -> None:
    rows = SEARCHES[language.value]
    wrong = [
        row["text"]
        for row in rows
        if first_found(connection, row["text"], language) not in row["first"]
    ]

    assert len(rows) == 60
    assert len(wrong) <= (1 - WANTED_SHARE) * len(rows), wrong


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_what_was_mended_stays_mended(connection: sa.Connection, language: Language) -> None:
    rows = FURTHER[language.value]
    found = {row["text"]: first_found(connection, row["text"], language) for row in rows}

    assert len(rows) >= 20
    assert [] == [(row["text"], found[row["text"]]) for row in rows
                  if found[row["text"]] not in row["first"]]  # fmt: skip


@pytest.mark.parametrize(
    ("cy", "en"),
    [
        ("cyffuriau yn Llanelli", "drugs in Llanelli"),
        ("canolfan ymwelwyr Abertawe", "Swansea prison visitors centre"),
        ("gwybodaeth i deuluoedd Ynys Môn", "family information Anglesey"),
        ("Byw Heb Ofn", "Live Fear Free"),
    ],
)
def test_both_languages_find_the_same(connection: sa.Connection, cy: str, en: str) -> None:
    welsh = first_found(connection, cy, Language.WELSH)
    english = first_found(connection, en, Language.ENGLISH)

    assert welsh == english


def table(connection: sa.Connection) -> str:
    """Return the searches, what was expected and what is found, as a Markdown table."""
    lines = ["| | search | expected first | found first |", "|---|---|---|---|"]
    for language in Language:
        for row in SEARCHES[language.value]:
            found = first_found(connection, row["text"], language)
            mark = "✓" if found in row["first"] else "✗"
            lines.append(
                f"| {language.value} {mark} | {row['text']} | {', '.join(row['first'])} | {found} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    from directory.database import engine, upgrade
    from directory.seed import seed

    database = engine("sqlite://")
    upgrade(database)
    seed(database)
    with database.connect() as lent:
        print(table(lent))
